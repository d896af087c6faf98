/**
 * The tick: every jiffy on a busy CPU, and once more after it has become idle; then only when a timer that is not deferrable wants it
 * (kernel/time/tick-sched.c, NO_HZ idle; kernel/sched/idle.c stops the tick when one has come while idle, as cpuidle is not there to decide).
 */
import { apic_program } from '../../../machine/apic.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { timer_base, timer_list } from '../../include/linux/timer.ts';
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
  if (!cpu.tick_stopped) return (jiffies(cpu) + 1) * TICK_NSEC;
  const timer = timerPeek(cpu.host.timer_bases[cpu.id]!);
  return timer === null ? -1 : Math.max(timer.when, jiffies(cpu) + 1) * TICK_NSEC;
}

/** The tick's work: time slices, and TIMER softirq when a wheel timer is due. */
export function tick_nohz_handler(cpu: Cpu): void {
  sched_tick(cpu);
  run_local_timers(cpu);
  if (cpu.current === cpu.idle) cpu.tick_stopped = true;
}

/** Whether the local timer interrupt that came is (also) the tick's. @helper */
export function tickIsDue(cpu: Cpu): boolean {
  if (jiffies(cpu) <= cpu.last_tick) return false;
  if (!cpu.tick_stopped) return true;
  return isDue(cpu, cpu.host.timer_bases[cpu.id]!);
}

/** The CPU gets a task: ticks again, from the next jiffy on. */
export function tick_nohz_idle_exit(cpu: Cpu): void {
  if (!cpu.tick_stopped) return;
  cpu.tick_stopped = false;
  cpu.last_tick = jiffies(cpu);
}

export function run_local_timers(cpu: Cpu): void {
  if (isDue(cpu, cpu.host.timer_bases[cpu.id]!) || isDue(cpu, cpu.host.timer_bases_def[cpu.id]!)) raise_softirq_irqoff(cpu, TIMER_SOFTIRQ);
}

/** @helper */
function isDue(cpu: Cpu, base: timer_base<timer_list>): boolean {
  const timer = timerPeek(base);
  return timer !== null && timer.when <= jiffies(cpu);
}
