/** Softirqs: raised in any context, run after a hard interrupt, when bottom halves are enabled again, or by ksoftirqd (kernel/softirq.c). */
import { start, type Resumable } from '../../machine/frames.ts';
import { is_long_event } from '../../machine/give_way.ts';
import { resume_within } from '../../machine/resume_within.ts';
import { spend } from '../../machine/spend.ts';
import type { Cpu } from '../../machine/types.ts';
import { hrtimer_run_softirq } from './time/hrtimer_softirq.ts';
import { jiffies } from './time/jiffies.ts';
import { run_timer_softirq } from './time/timer_softirq.ts';
import { net_rx_action } from '../net/core/dev/napi.ts';
import { net_tx_action } from '../net/core/dev/net_tx_action.ts';
import { schedule } from './sched/core.ts';
import { try_to_wake_up } from './sched/wake.ts';
import { TASK_INTERRUPTIBLE, TASK_RUNNING } from '../include/linux/sched.ts';
import { tasklet_action } from './tasklet.ts';

export const HI_SOFTIRQ = 0;
export const TIMER_SOFTIRQ = 1;
export const NET_TX_SOFTIRQ = 2;
export const NET_RX_SOFTIRQ = 3;
export const TASKLET_SOFTIRQ = 6;
export const SCHED_SOFTIRQ = 7;
export const HRTIMER_SOFTIRQ = 8;
export const NR_SOFTIRQS = 10;

const MAX_SOFTIRQ_RESTART = 10;
/** msecs_to_jiffies(2) at HZ 250. */
const MAX_SOFTIRQ_TIME = 1;

const softirq_vec: Record<number, (cpu: Cpu) => Resumable<void>> = {
  [TIMER_SOFTIRQ]: run_timer_softirq,
  [NET_TX_SOFTIRQ]: net_tx_action,
  [NET_RX_SOFTIRQ]: net_rx_action,
  [TASKLET_SOFTIRQ]: tasklet_action,
  [HRTIMER_SOFTIRQ]: hrtimer_run_softirq,
};

/** A hard interrupt handler, a softirq or code with bottom halves disabled runs on this CPU. */
export function in_interrupt(cpu: Cpu): boolean {
  return cpu.hardirq_count > 0 || cpu.softirq_count > 0 || cpu.softirq.frames.length > 0;
}

export function __raise_softirq_irqoff(cpu: Cpu, nr: number): void {
  cpu.softirq_pending |= 1 << nr;
}

/** Raises a softirq; outside of interrupts nothing else would run it soon, so ksoftirqd is woken. */
export function raise_softirq_irqoff(cpu: Cpu, nr: number): void {
  __raise_softirq_irqoff(cpu, nr);
  if (!in_interrupt(cpu)) wakeup_softirqd(cpu);
}

export function raise_softirq(cpu: Cpu, nr: number): void {
  raise_softirq_irqoff(cpu, nr);
}

export function wakeup_softirqd(cpu: Cpu): void {
  if (cpu.ksoftirqd.__state !== TASK_RUNNING) try_to_wake_up(cpu, cpu.ksoftirqd);
}

export function local_bh_disable(cpu: Cpu): void {
  cpu.softirq_count++;
}

export function local_bh_enable(cpu: Cpu): void {
  __local_bh_enable_ip(cpu);
}

/** The last enable in task context runs what was raised meanwhile; first of all what an interrupt's end has left to do (invoke_softirq). */
export function __local_bh_enable_ip(cpu: Cpu): void {
  cpu.softirq_count--;
  if (cpu.softirq_pending === 0 || in_interrupt(cpu)) return;
  if (cpu.softirq_by === 'irq_exit_rcu') runSoftirqHere(cpu);
  else do_softirq(cpu);
}

/** Runs what was raised on top of the task, here and now. */
export function do_softirq(cpu: Cpu): void {
  if (in_interrupt(cpu)) return;
  cpu.softirq_by = 'do_softirq';
  runSoftirqHere(cpu);
}

/** Softirqs in the middle of plain code. What would take too long there is left over: the run loop goes on with it at the task's next yield. @helper */
function runSoftirqHere(cpu: Cpu): void {
  if (is_long_event(cpu)) return;
  const mode = cpu.mode;
  cpu.mode = 'si';
  beginSoftirqs(cpu);
  resume_within(cpu, cpu.softirq);
  if (cpu.softirq.frames.length === 0) cpu.softirq_by = '';
  cpu.mode = mode;
}

/** As in Linux: after do_softirq() through __do_softirq, at the end of an interrupt directly. @helper */
export function beginSoftirqs(cpu: Cpu): void {
  if (cpu.softirq_by === 'do_softirq') start(cpu.softirq, __do_softirq, cpu);
  else start(cpu.softirq, handle_softirqs, cpu, false);
}

/** End of a hard interrupt: pending softirqs run, unless the interrupt cut into one or into code with bottom halves disabled. */
export function irq_exit_rcu(cpu: Cpu): void {
  spend(cpu, cpu.costs.hardirq_exit);
  cpu.hardirq_count--;
  if (!in_interrupt(cpu) && cpu.softirq_pending !== 0) invoke_softirq(cpu);
  cpu.hardirq_count++;
}

/** Plain code that was cut into goes on first: the softirq begins where that enables bottom halves next, or yields. */
function invoke_softirq(cpu: Cpu): void {
  if (cpu.softirq_by === '') cpu.softirq_by = 'irq_exit_rcu';
}

export function* __do_softirq(cpu: Cpu): Resumable<void> {
  yield* handle_softirqs(cpu, false);
}

/**
 * Runs raised softirqs in the order of their numbers, again while new ones are raised: up to ten rounds, two ms (one jiffy),
 * and no need_resched; then ksoftirqd goes on. A task woken here sets that on an idle CPU only, else need_resched_lazy.
 */
export function* handle_softirqs(cpu: Cpu, ksirqd: boolean): Resumable<void> {
  const end = jiffies(cpu) + MAX_SOFTIRQ_TIME;
  let max_restart = MAX_SOFTIRQ_RESTART;
  spend(cpu, cpu.costs.softirq_entry);
  for (;;) {
    let pending = cpu.softirq_pending;
    cpu.softirq_pending = 0;
    for (let nr = 0; nr < NR_SOFTIRQS; nr++) {
      if ((pending & (1 << nr)) === 0) continue;
      countSoftirq(cpu, nr);
      yield* softirq_vec[nr]!(cpu);
    }
    pending = cpu.softirq_pending;
    if (pending === 0) break;
    max_restart--;
    if (jiffies(cpu) < end && !cpu.need_resched && max_restart > 0) continue;
    if (!ksirqd) wakeup_softirqd(cpu);
    break;
  }
}

/** @helper /proc/softirqs */
function countSoftirq(cpu: Cpu, nr: number): void {
  const row = cpu.host.softirq_counts[nr]!;
  row[cpu.id] = row[cpu.id]! + 1;
}

/** The loop of ksoftirqd/n: sleeps until woken, then runs softirqs as a task, so that other tasks get their share. */
export function* smpboot_thread_fn(cpu: Cpu): Resumable<void> {
  for (;;) {
    if (cpu.softirq_pending === 0) {
      cpu.current.__state = TASK_INTERRUPTIBLE;
      cpu.current.wait = { what: 'softirqs to be handed over', until: -1, since: cpu.now, event: cpu.world.event };
      yield* schedule(cpu);
      cpu.current.wait = null;
    }
    if (cpu.softirq_pending !== 0) yield* run_ksoftirqd(cpu);
    if (cpu.need_resched) yield* schedule(cpu);
  }
}

export function* run_ksoftirqd(cpu: Cpu): Resumable<void> {
  if (cpu.softirq_pending === 0) return;
  cpu.softirq_count++;
  yield* handle_softirqs(cpu, true);
  cpu.softirq_count--;
  yield;
}
