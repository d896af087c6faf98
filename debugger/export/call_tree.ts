/**
 * Who called whom, when, in which context: a tree for every system call, softirq run and hard interrupt. Fed by the probe, one call
 * of `enter` for each function entered.
 */
import type { Cpu, World } from '../machine/types.ts';
import {
  contextDepth,
  HARDIRQ,
  interruptDepth,
  type Level,
  levelOf,
  SOFTIRQ,
  softirqRuns,
  TASK,
} from '../control/context.ts';
import { functions } from '../control/debug_info.ts';
import { callAt, currentDepth, frameDepth } from '../control/probe.ts';
import { factAt } from './facts.ts';
import type { task_struct } from '../kernel/include/linux/sched.ts';

export interface CallNode {
  readonly fn: string;
  /** ns on the CPU's clock. */
  readonly time: number;
  readonly calls: (CallNode | Entered)[];
  readonly helper: boolean;
  /** An inline function of a header: nobody's step on the way of a packet. */
  readonly inline: boolean;
  /** What a tracepoint would tell here. */
  readonly fact: string | null;
}

/** Where another context cut in: the number of its tree. */
export interface Entered {
  readonly enters: number;
}

export type ContextName = 'task' | 'softirq' | 'hardirq' | 'ksoftirqd';

export interface CallRoot {
  readonly number: number;
  readonly host: string;
  readonly cpu: number;
  readonly context: ContextName;
  readonly task: string;
  /** -1: it cut in nowhere. */
  readonly on: number;
  readonly onFunction: string;
  readonly node: CallNode;
}

/** An entry on the shadow stack of a context. The interpreter's functions are there too, since kernel functions lie on them. */
interface Open {
  readonly depth: number;
  readonly node: CallNode | null;
  readonly root: number;
}

/** Trees beyond this many calls are not kept: a terminal is no place for more. */
export const CALL_LIMIT = 2_000_000;

/** Functions of kernel threads that never return: each round of theirs is a tree of its own, not a branch of one that began long ago. */
const THREAD_MAINS: ReadonlySet<string> = new Set(['smpboot_thread_fn', 'napi_threaded_poll']);

export class CallTree {
  readonly roots: CallRoot[] = [];
  calls = 0;
  readonly #stacks = new Map<string, Open[]>();
  readonly #facts: boolean;
  #world: World | null = null;
  #task: task_struct | null = null;

  /** With facts a run takes longer. */
  constructor(facts: boolean) {
    this.#facts = facts;
  }

  /** An event begins: code at task level belongs to this task, even while the scheduler puts another in its place. */
  startEvent(world: World, next: Cpu | null): void {
    this.#world = world;
    this.#task = next?.current ?? null;
  }

  enter(fn: number): void {
    const cpu = this.#world?.running;
    if (cpu === null || cpu === undefined || this.calls >= CALL_LIMIT) return;
    const level = levelOf(cpu);
    const depth = this.#depth(cpu, level);
    const stack = this.#stack(cpu, level);
    while (stack.length > 0 && stack.at(-1)!.depth >= depth) stack.pop();
    const { kernel, name, helper, file } = functions[fn]!;
    if (!kernel || THREAD_MAINS.has(name)) stack.push({ depth, node: null, root: -1 });
    else
      stack.push(
        this.#open(
          cpu,
          level,
          depth,
          {
            fn: name,
            time: cpu.now,
            calls: [],
            helper,
            inline: file.startsWith('include/'),
            fact: this.#facts ? factAt(this.#world!, name, currentDepth()) : null,
          },
          stack.at(-1),
        ),
      );
  }

  #open(cpu: Cpu, level: Level, depth: number, node: CallNode, parent: Open | undefined): Open {
    this.calls++;
    if (parent?.node) {
      parent.node.calls.push(node);
      return { depth, node, root: parent.root };
    }
    const below = level === TASK ? null : this.#innermostBelow(cpu, level);
    const number = this.roots.length;
    below?.node?.calls.push({ enters: number });
    this.roots.push({
      number,
      host: cpu.host.name,
      cpu: cpu.id,
      ...this.#identity(level),
      on: below?.root ?? -1,
      onFunction: below?.node?.fn ?? '',
      node,
    });
    return { depth, node, root: number };
  }

  #identity(level: Level): { context: ContextName; task: string } {
    const task = this.#task!;
    const name = task.kind === 'idle' ? '<idle>' : task.comm;
    if (level === HARDIRQ) return { context: 'hardirq', task: name };
    if (level === SOFTIRQ) return { context: 'softirq', task: name };
    return { context: task.kind === 'ksoftirqd' ? 'ksoftirqd' : 'task', task: name };
  }

  /** What is open on this CPU under a context that begins. Of what lies there only what is still under way counts. */
  #innermostBelow(cpu: Cpu, level: Level): Open | null {
    const softirq = level === HARDIRQ && softirqRuns(cpu);
    const below = this.#stack(cpu, softirq ? SOFTIRQ : TASK);
    const top = level === HARDIRQ ? interruptDepth() - 1 : Math.max(0, contextDepth(cpu) - 1);
    const alive = softirq ? cpu.softirq.frames.length + top - frameDepth(top) : this.#taskDepth(top);
    return below.findLast((open) => open.depth <= alive && !open.node?.helper) ?? null;
  }

  #depth(cpu: Cpu, level: Level): number {
    if (level === HARDIRQ) return currentDepth() - interruptDepth() + 1;
    if (level === SOFTIRQ) return cpu.softirq.frames.length + currentDepth() - contextDepth(cpu);
    return this.#taskDepth(currentDepth());
  }

  #taskDepth(plain: number): number {
    return this.#task!.context.frames.length + plain - (plain > 0 && callAt(1).frame !== null ? 1 : 0);
  }

  #stack(cpu: Cpu, level: Level): Open[] {
    const key = `${cpu.host.index}/${level === TASK ? `task ${this.#task!.pid}` : `${level} on ${cpu.id}`}`;
    let stack = this.#stacks.get(key);
    if (stack === undefined) this.#stacks.set(key, (stack = []));
    return stack;
  }
}
