/** Another context run in the middle of plain code. */
import { resume } from './frames.ts';
import type { Context, Cpu } from './types.ts';

/** Goes on with the context until nothing is left of it, or the event is long enough; the run loop does the rest. */
export function resume_within(cpu: Cpu, context: Context): void {
  const { world } = cpu;
  const outer = world.context;
  world.context = null;
  resume(context);
  world.context = outer;
}
