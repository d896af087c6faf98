/** Where calls lie: in which context, and how far up in its stack. Said so that it means the same in every copy of the world. */
import type { Context, Cpu, World } from '../machine/types.ts';
import type { task_struct } from '../kernel/include/linux/sched.ts';
import { cpuKey, depthInContext, levelOf, SOFTIRQ, taskKey, taskOn } from './context.ts';

export interface Place {
  /** The context's name, the same in every copy of the world. */
  readonly key: string;
  readonly context: Context;
  readonly index: number;
}

/** A call under way. One that waits, or has waited, is known by its place; any other began in the event that runs, and by its depth there. */
export type CallPlace =
  | { readonly kind: 'plain'; readonly fn: number; readonly depth: number }
  | { readonly kind: 'frame'; readonly fn: number; readonly key: string; readonly index: number };

export function contextsOf(world: World): { key: string; context: Context; cpu: Cpu }[] {
  return world.hosts.flatMap((host) => [
    ...host.cpus.map((cpu) => ({ key: softirqKey(cpu), context: cpu.softirq, cpu })),
    ...host.tasks.map((task) => ({ key: contextKey(task), context: task.context, cpu: task.cpu })),
  ]);
}

export const softirqKey = (cpu: Cpu): string => `softirq ${cpuKey(cpu)}`;
export const contextKey = (task: task_struct): string => `task ${taskKey(task)}`;

/** Of the call that has just been entered, in a task or a softirq. */
export function placeOf(cpu: Cpu): Place {
  const level = levelOf(cpu);
  const index = depthInContext(cpu, level) - 1;
  if (level === SOFTIRQ) return { key: softirqKey(cpu), context: cpu.softirq, index };
  const task = taskOn(cpu);
  return { key: contextKey(task), context: task.context, index };
}
