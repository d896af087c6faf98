/**
 * Threads as a client of DAP sees them: one for each CPU, and one for each process that sleeps, and worker in its work. Their numbers come from the
 * scenario's order alone, so they are the same after a seek and after a restart.
 */
import type { Cpu, World } from '../machine/types.ts';
import type { task_struct } from '../kernel/include/linux/sched.ts';
import { bitNames } from '../inspect/summary.ts';
import { relative } from '../inspect/format/time.ts';
import { HARDIRQ, levelOf, SOFTIRQ, taskOn } from './context.ts';

export interface ThreadInfo {
  readonly id: number;
  readonly name: string;
}

const CPUS_PER_HOST = 1000;
const FIRST_TASK = 1_000_000;
const TASKS_PER_HOST = 100_000;

export const cpuThread = (cpu: Cpu): number => cpu.host.index * CPUS_PER_HOST + cpu.id + 1;
export const taskThread = (task: task_struct): number => FIRST_TASK + task.cpu.host.index * TASKS_PER_HOST + task.pid;

export function cpuOfThread(world: World, id: number): Cpu | undefined {
  return id >= FIRST_TASK
    ? undefined
    : world.hosts[Math.floor((id - 1) / CPUS_PER_HOST)]?.cpus[(id - 1) % CPUS_PER_HOST];
}

export function taskOfThread(world: World, id: number): task_struct | undefined {
  if (id < FIRST_TASK) return undefined;
  const host = world.hosts[Math.floor((id - FIRST_TASK) / TASKS_PER_HOST)];
  return host?.tasks.find((task) => task.pid === (id - FIRST_TASK) % TASKS_PER_HOST);
}

export function listThreads(world: World): ThreadInfo[] {
  const cpus = world.hosts.flatMap((host) => host.cpus);
  const asleep = world.hosts.flatMap((host) =>
    host.tasks.filter((task) => isFollowed(task) && task !== taskOn(task.cpu) && !isDead(task)),
  );
  return [
    ...cpus.map((cpu) => ({ id: cpuThread(cpu), name: `${cpu.host.name} cpu${cpu.id} [${cpuState(cpu)}]` })),
    ...asleep.map((task) => ({
      id: taskThread(task),
      name: `${task.cpu.host.name} ${task.comm} [${waitText(task, world.now)}]`,
    })),
  ];
}

/** The scenario's processes, and kernel workers that sleep in the middle of some work. */
const isFollowed = (task: task_struct): boolean =>
  task.kind === 'user' || (task.kind === 'kworker' && task.wait !== null && task.wait.what !== 'work');

const isDead = (task: task_struct): boolean => (task.__state & 0x80) !== 0;

function cpuState(cpu: Cpu): string {
  const level = levelOf(cpu);
  if (level === HARDIRQ) return 'hard interrupt';
  if (level === SOFTIRQ) return 'softirq';
  const task = taskOn(cpu);
  return task === cpu.idle ? 'idle' : task.comm;
}

export function waitText(task: task_struct, now: number): string {
  if (task.wait === null || task.__state === 0)
    return task.__state === 0 ? 'ready to run' : bitNames(task.__state, 'task', 'ready').toLowerCase();
  return task.wait.until >= 0 ? `${task.wait.what}, until ${relative(task.wait.until, now)}` : task.wait.what;
}

/** Where a stop without running code is shown: the CPU that did something last. */
export function threadOf(world: World): number {
  const cpus = world.hosts.flatMap((host) => host.cpus);
  const last =
    world.running ??
    cpus.reduce<Cpu | undefined>((best, cpu) => (best === undefined || cpu.now > best.now ? cpu : best), undefined);
  return last === undefined ? 1 : cpuThread(last);
}
