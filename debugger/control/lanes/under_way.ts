/** What is under way on a CPU, outermost first, each as one number: the task, its functions, the softirqs on top of it, the interrupt on top of both. */
import type { Context, Cpu } from '../../machine/types.ts';
import { contextDepth, interruptDepth, softirqRuns, taskKey, taskOn } from '../context.ts';
import { functions } from '../debug_info.ts';
import { callAt, currentDepth } from '../probe.ts';
import { interruptName } from '../stack/contexts.ts';

/** Whose time a slice is, as colours tell it. */
export const KINDS = ['user', 'kernel', 'softirq', 'hard interrupt'] as const;
export const [USER, KERNEL, SOFT, HARD] = [0, 1, 2, 3] as const;
export type Kind = typeof USER | typeof KERNEL | typeof SOFT | typeof HARD;

/** kind * SPAN + number of a function, or ROOT + what stands below all its functions. */
const SPAN = 2 ** 40;
const ROOT = 2 ** 32;

export type Key = number;
export const kindOf = (key: Key): Kind => Math.floor(key / SPAN) as Kind;

export function underWay(cpu: Cpu): Key[] {
  const keys: Key[] = [];
  const top = cpu.world.running === cpu ? currentDepth() : 0;
  const interrupt = cpu.hardirq_count > 0 && top > 0 ? interruptDepth() : 0;
  const below = interrupt > 0 ? interrupt - 1 : top;
  const soft = softirqRuns(cpu);
  const first = soft ? (below > 0 ? Math.max(0, contextDepth(cpu) - 1) : 0) : below;
  addTask(keys, cpu, first);
  if (soft) {
    keys.push(SOFT * SPAN + ROOT);
    addContext(keys, SOFT, cpu.softirq, first + 1, below);
  }
  if (interrupt > 0) {
    keys.push(HARD * SPAN + ROOT);
    addCalls(keys, HARD, interrupt, top);
  }
  return keys;
}

function addTask(keys: Key[], cpu: Cpu, top: number): void {
  const task = taskOn(cpu);
  if (task === cpu.idle) {
    addContext(keys, KERNEL, task.context, 1, top);
    return;
  }
  const kind = task.kind === 'ksoftirqd' ? SOFT : KERNEL;
  keys.push((task.kind === 'user' ? USER : kind) * SPAN + ROOT + taskKey(task));
  addContext(keys, kind, task.context, 1, top);
}

/** Frames that wait, and calls `from`..`to` of the probe on them; the first call is the running frame itself, if one runs. */
function addContext(keys: Key[], kind: Kind, { frames }: Context, from: number, to: number): void {
  const running = from <= to ? callAt(from).frame : null;
  const waiting = running !== null && frames.at(-1) === running ? frames.length - 1 : frames.length;
  for (let i = 0; i < waiting; i++) add(keys, kind, frames[i]!.fn);
  addCalls(keys, kind, from, to);
}

function addCalls(keys: Key[], kind: Kind, from: number, to: number): void {
  for (let depth = from; depth <= to; depth++) add(keys, kind, callAt(depth).fn);
}

function add(keys: Key[], kind: Kind, fn: number): void {
  if (isShown(fn)) keys.push(kind * SPAN + fn);
}

/** Helpers of ours and what interprets processes are not the kernel's. */
export function isShown(fn: number): boolean {
  const { kernel, helper } = functions[fn]!;
  return kernel && !helper;
}

/** What to write on it. */
export function nameOf(key: Key, cpu: Cpu): string {
  const number = key % SPAN;
  if (number < ROOT) return functions[number]!.name;
  if (kindOf(key) === HARD) return interruptName(cpu, interruptDepth()) || 'hard interrupt';
  return number === ROOT ? 'softirq' : taskOn(cpu).comm;
}
