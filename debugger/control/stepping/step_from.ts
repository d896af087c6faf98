/** Where a step begins: at the stop itself, or where another thread stands meanwhile. */
import type { World } from '../../machine/types.ts';
import type { task_struct } from '../../kernel/include/linux/sched.ts';
import { cpuKey, HARDIRQ, SOFTIRQ, TASK, taskKey } from '../context.ts';
import { frameLine } from '../locals.ts';
import type { Plan } from '../plan.ts';
import { cpuOfThread, taskOfThread } from '../threads.ts';
import type { Cpu, Context } from '../../machine/types.ts';
import { Into, type StepTarget } from './into.ts';
import type { Position } from './position.ts';
import type { StepKind } from './step.ts';

export function stepFrom(
  world: World,
  { how, thread, into }: { how: StepKind; thread: number; into?: StepTarget },
  here: Position | null,
): NonNullable<Plan['step']> {
  const task = taskOfThread(world, thread);
  if (task !== undefined) return { how, from: waitingTask(task) };
  const cpu = cpuOfThread(world, thread) ?? world.running;
  if (here !== null && (cpu === null || cpuKey(cpu) === here.cpu))
    return { how, from: here, ...(into === undefined ? {} : { into: new Into(into) }) };
  return { how, from: cpu === null ? anywhere(0) : standingCpu(cpu) };
}

function waitingTask(task: task_struct): Position {
  return waiting(task.context, { cpu: cpuKey(task.cpu), level: TASK, task: taskKey(task) });
}

/** A CPU whose code does not run at this moment stands between two of its events. */
function standingCpu(cpu: Cpu): Position {
  if (cpu.softirq.frames.length > 0)
    return waiting(cpu.softirq, { cpu: cpuKey(cpu), level: SOFTIRQ, task: taskKey(cpu.current) });
  if (cpu.current !== cpu.idle) return waitingTask(cpu.current);
  return anywhere(cpuKey(cpu));
}

function waiting(context: Context, where: Pick<Position, 'cpu' | 'level' | 'task'>): Position {
  const top = context.frames.at(-1);
  return {
    ...where,
    depth: context.frames.length,
    tick: -1,
    fn: top?.fn ?? -2,
    line: top === undefined ? -1 : frameLine(top),
    softirqRuns: false,
    helper: false,
  };
}

/** Nothing runs there: whatever comes next on this CPU is the next step. */
function anywhere(cpu: number): Position {
  return {
    cpu,
    level: HARDIRQ,
    task: -1,
    depth: Number.MAX_SAFE_INTEGER,
    tick: -1,
    fn: -2,
    line: -1,
    softirqRuns: false,
    helper: false,
  };
}
