/** Another context run in the middle of plain code. */
import { resume, YIELD } from './frames.ts';
import type { Context, Cpu } from './types.ts';

/** ns of plain code (an event of the run loop) after which no other context begins or goes on within it: everybody else waits meanwhile. */
const LONGEST_STRETCH = 20_000;

export function may_resume_within(cpu: Cpu): boolean {
  return cpu.now - cpu.world.now < LONGEST_STRETCH;
}

/** Goes on with the context until nothing is left of it, or the stretch is long enough; the run loop does the rest. */
export function resume_within(cpu: Cpu, context: Context): void {
  while (resume(context) === YIELD && may_resume_within(cpu));
}
