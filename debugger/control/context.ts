/** Whose code runs: a task, the softirqs on top of it, or a hard interrupt on top of both. A step belongs to one of these. */
import { functionNumber } from './debug_info.ts';
import { callAt, currentDepth, frameDepth, park, startEvent, unpark } from './probe.ts';
import type { Cpu } from '../machine/types.ts';
import type { task_struct } from '../kernel/include/linux/sched.ts';

export const TASK = 0;
export const SOFTIRQ = 1;
export const HARDIRQ = 2;
export type Level = typeof TASK | typeof SOFTIRQ | typeof HARDIRQ;

const COMMON_INTERRUPT = functionNumber('common_interrupt');

export function levelOf(cpu: Cpu): Level {
  if (cpu.hardirq_count > 0) return HARDIRQ;
  return softirqRuns(cpu) ? SOFTIRQ : TASK;
}

/** Whether softirqs run on this CPU, be it below a hard interrupt. Those that do_softirq left over wait until the task yields. */
export function softirqRuns(cpu: Cpu): boolean {
  if (cpu.softirq.frames.length === 0) return false;
  const depth = cpu.world.running === cpu ? contextDepth(cpu) : 0;
  return depth === 0 || !taskOn(cpu).context.frames.includes(callAt(depth).frame!);
}

/** Depth in the probe of the frame that runs, below a hard interrupt; 0 where none does. */
export function contextDepth(cpu: Cpu): number {
  return frameDepth(cpu.hardirq_count > 0 ? Math.max(0, interruptDepth() - 1) : currentDepth());
}

/** Depth in the probe of a hard interrupt's first call; 0 where none is under way. */
export function interruptDepth(): number {
  for (let d = currentDepth(); d > 0; d--) if (callAt(d).fn === COMMON_INTERRUPT) return d;
  return 0;
}

/**
 * The task that runs at task level. Once the scheduler has put another into `current`, the rest of the event is still the old one's.
 * One engine thread runs one event at a time, so its state is the module's, as the probe's is.
 */
const event: { task: task_struct | null } = { task: null };

/** Told before each event whose code runs next. */
export function beginEvent(next: Cpu | null): void {
  startEvent();
  event.task = next?.current ?? null;
}

export function taskOn(cpu: Cpu): task_struct {
  return cpu.world.running === cpu && event.task !== null ? event.task : cpu.current;
}

/** For whoever runs another world meanwhile: gives back what puts it right again. */
export function parkEvent(): () => void {
  const { task } = event;
  const parked = park();
  return () => {
    unpark(parked);
    event.task = task;
  };
}

/** How deep the running code is nested within its own context. */
export function depthInContext(cpu: Cpu, level: Level): number {
  if (level === HARDIRQ) return currentDepth() - interruptDepth() + 1;
  if (level === SOFTIRQ) return cpu.softirq.frames.length + currentDepth() - contextDepth(cpu);
  const frames = taskOn(cpu).context.frames.length;
  return frames + currentDepth() - (currentDepth() > 0 && callAt(1).frame !== null ? 1 : 0);
}

/** A task by a number that stays the same in every copy of the world. */
export function taskKey(task: task_struct): number {
  return task.cpu.host.index * 65536 + task.pid;
}

/** A CPU likewise. */
export function cpuKey(cpu: Cpu): number {
  return cpu.host.index * 1024 + cpu.id;
}
