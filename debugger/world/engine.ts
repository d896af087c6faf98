/** What a build of the engine offers to whoever drives it: the same in the fast and in the debug bundle. */
import { idt_setup } from '../kernel/arch/x86/kernel/irq.ts';

export { takeSeen, watchFor } from 'netpath:watch';
export { tapFrames } from '../machine/frame_tap.ts';
export { buildWorld } from './build.ts';
export { run } from './run.ts';
export type { BeforeEvent, RunEnd, RunLimit } from './run.ts';

/** A world may come here under way, built by the other build. */
idt_setup();
