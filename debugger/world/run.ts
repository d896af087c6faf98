/**
 * The run loop: advances whatever is furthest behind, one event at a time.
 *
 * An event is one of: a machine's hardware acts; a CPU takes its pending interrupts; a CPU goes on with what it was doing
 * (softirq context, else current task) up to the next yield. At the boundary between two events no plain code is under way, so the
 * world is complete in its records: it can be copied, hashed, saved and handed to the other build there.
 */
import { FOREVER } from '../machine/event_queue.ts';
import { resume, start, YIELD } from '../machine/frames.ts';
import { run_hardware_until } from '../machine/hardware.ts';
import { take_interrupts } from '../machine/spend.ts';
import type { Cpu, Host, World } from '../machine/types.ts';
import { TASK_DEAD } from '../kernel/include/linux/sched.ts';
import { beginSoftirqs } from '../kernel/kernel/softirq.ts';
import { isAtRest } from './at_rest.ts';
import { __schedule, preempt_schedule_irq } from '../kernel/kernel/sched/core.ts';

/** Where a run ends: before the event numbered `event`, or before the first event later than `time` ns. */
export interface RunLimit { readonly event: number; readonly time: number }

export type RunEnd = 'limit' | 'ended' | 'halted' | 'stopped';

/**
 * Asked before each event, with its number in `world.event` already, and told whose code runs next (null: hardware acts);
 * an answer of true ends the run there.
 */
export type BeforeEvent = (world: World, next: Cpu | null) => boolean;

/** A gap after which it is worth asking whether anybody waits for what comes (an idle CPU's last tick is one that nobody does), ns. */
const LONG_GAP = 100_000;

/** Runs until the limit, until nothing is left to happen, or until `before` says stop. */
export function run(world: World, limit: RunLimit, before: BeforeEvent | null): RunEnd {
  let end: RunEnd | null = null;
  while (end === null) end = next_event(world, limit, before);
  return end;
}

/** One event, or why there is none. A function of its own, so that the engine optimises it without leaving the loop. */
function next_event(world: World, limit: RunLimit, before: BeforeEvent | null): RunEnd | null {
  if (world.halt !== null) return 'halted';
  if (world.event >= limit.event) return 'limit';
  const cpu = earliest_cpu(world);
  const host = earliest_hardware(world);
  const hardware = host === null ? FOREVER : host.hardware.next;
  const time = cpu === null || hardware <= cpu.now ? hardware : cpu.now;
  if (time === FOREVER || (time - world.now > LONG_GAP && isAtRest(world))) {
    world.ended = true;
    return 'ended';
  }
  if (time > limit.time) return 'limit';
  world.now = time;
  if (before?.(world, time === hardware ? null : cpu)) return 'stopped';
  if (time === hardware) run_hardware_until(host!, time);
  else run_cpu(world, cpu!);
  world.running = null;
  world.context = null;
  world.event++;
  return null;
}

/** The machine whose hardware acts first; the scenario's order decides between equals. */
function earliest_hardware(world: World): Host | null {
  let best = FOREVER;
  let found: Host | null = null;
  for (const host of world.hosts) {
    if (host.hardware.next >= best) continue;
    best = host.hardware.next;
    found = host;
  }
  return found;
}

/** The CPU that is furthest behind. */
function earliest_cpu(world: World): Cpu | null {
  let best = FOREVER;
  let found: Cpu | null = null;
  for (const host of world.hosts) {
    for (const cpu of host.cpus) {
      if (cpu.halted || cpu.now >= best) continue;
      best = cpu.now;
      found = cpu;
    }
  }
  return found;
}

/** One event of a CPU. */
function run_cpu(world: World, cpu: Cpu): void {
  world.running = cpu;
  const start = cpu.now;
  if (cpu.irq_pending.length > 0 && cpu.irq_raised_at[0]! <= cpu.now) take_interrupts(cpu);
  else if (cpu.softirq.frames.length > 0) run_softirq(cpu);
  else if (cpu.softirq_by !== '' && cpu.softirq_count === 0) enter_softirq(cpu);
  else if (may_preempt(cpu)) preempt(cpu);
  else if (cpu.current !== cpu.idle) run_task(cpu);
  const stretch = cpu.now - start;
  if (stretch > world.longest_stretch) world.longest_stretch = stretch;
  if (is_idle(cpu)) halt(cpu);
}

function enter_softirq(cpu: Cpu): void {
  if (cpu.softirq_pending === 0) {
    cpu.softirq_by = '';
    return;
  }
  beginSoftirqs(cpu);
  run_softirq(cpu);
}

function run_softirq(cpu: Cpu): void {
  const mode = cpu.mode;
  cpu.mode = 'si';
  cpu.world.context = cpu.softirq;
  if (resume(cpu.softirq) !== YIELD) cpu.softirq_by = '';
  cpu.mode = mode;
}

/** A task in user mode, or the idle loop, gives way whenever it is asked to; in the kernel only where it may be interrupted for that, and not lazily. */
function may_preempt(cpu: Cpu): boolean {
  if (!cpu.need_resched && !cpu.need_resched_lazy) return false;
  return at_rest(cpu) || (cpu.need_resched && cpu.softirq_count === 0 && cpu.preempt_count === 0);
}

/** The running task holds nothing of the kernel's: it is in user mode, or idle. */
function at_rest(cpu: Cpu): boolean {
  return cpu.current === cpu.idle || cpu.current.mode === 'us';
}

/** In the kernel the interrupted functions stay below on the task's stack. */
function preempt(cpu: Cpu): void {
  if (at_rest(cpu)) {
    __schedule(cpu);
    return;
  }
  start(cpu.current.context, preempt_schedule_irq, cpu);
  run_task(cpu);
}

function run_task(cpu: Cpu): void {
  const task = cpu.current;
  cpu.mode = task.kind === 'ksoftirqd' ? 'si' : task.mode;
  cpu.world.context = task.context;
  if (resume(task.context) !== YIELD) {
    task.__state = TASK_DEAD;
    __schedule(cpu);
  }
}

function is_idle(cpu: Cpu): boolean {
  return cpu.current === cpu.idle && !cpu.need_resched && cpu.softirq.frames.length === 0 && cpu.softirq_by === '';
}

/** Nothing to do: the clock stands until an interrupt; one that is on its way already moves it there. */
function halt(cpu: Cpu): void {
  cpu.mode = 'id';
  if (cpu.irq_pending.length === 0) {
    cpu.halted = true;
    return;
  }
  const until = cpu.irq_raised_at[0]!;
  if (until <= cpu.now) return;
  cpu.spent.id += until - cpu.now;
  cpu.now = until;
}
