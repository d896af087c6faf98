/** The tick: every jiffy on a busy CPU, only when a timer wants it on an idle one (kernel/time/tick-sched.c, NO_HZ idle). */
import { apic_program } from '../../../machine/apic.ts';
import type { Cpu } from '../../../machine/types.ts';
import { TIMER_SOFTIRQ, raise_softirq_irqoff } from '../softirq.ts';
import { sched_tick } from '../sched/core.ts';
import { TICK_NSEC, jiffies } from './jiffies.ts';
import { timerPeek } from './timer_heap.ts';

/** Programs the local APIC for what comes first: an hrtimer, the next tick, or an idle CPU's next wheel timer. */
export function tick_program(cpu: Cpu): void {
  const hrtimer = timerPeek(cpu.host.hrtimer_bases[cpu.id]!);
  const tick = next_tick(cpu);
  let deadline = hrtimer === null ? -1 : hrtimer.when;
  if (tick >= 0 && (deadline < 0 || tick < deadline)) deadline = tick;
  apic_program(cpu, deadline);
}

/** ns of the next tick, -1 when none is wanted. */
function next_tick(cpu: Cpu): number {
  if (cpu.current !== cpu.idle) return (jiffies(cpu) + 1) * TICK_NSEC;
  const timer = timerPeek(cpu.host.timer_bases[cpu.id]!);
  return timer === null ? -1 : Math.max(timer.when, jiffies(cpu) + 1) * TICK_NSEC;
}

/** The tick's work: time slices, and TIMER softirq when a wheel timer is due. */
export function tick_nohz_handler(cpu: Cpu): void {
  sched_tick(cpu);
  run_local_timers(cpu);
}

export function run_local_timers(cpu: Cpu): void {
  const timer = timerPeek(cpu.host.timer_bases[cpu.id]!);
  if (timer !== null && timer.when <= jiffies(cpu)) raise_softirq_irqoff(cpu, TIMER_SOFTIRQ);
}
