/** Timers of ns resolution: run in the local timer interrupt (kernel/time/hrtimer.c). */
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { hrtimer } from '../../include/linux/timer.ts';
import type { task_struct } from '../../include/linux/sched.ts';
import { napi_watchdog } from '../../net/core/dev/napi.ts';
import { qdisc_watchdog } from '../../net/sched/qdisc_watchdog.ts';
import { tcp_hrtimer_functions } from '../../net/ipv4/tcp_timer.ts';
import { wake_up_process } from '../sched/wake.ts';
import { tickIsDue, tick_nohz_handler, tick_program } from './tick.ts';
import { jiffies } from './jiffies.ts';
import { timerPeek, timerPop, timerPush } from './timer_heap.ts';

/** hrtimer functions by name; an answer >= 0 restarts the timer at that moment (ns). */
const hrtimer_functions: Record<string, (cpu: Cpu, timer: hrtimer) => number> = { hrtimer_wakeup, napi_watchdog, qdisc_watchdog };

export const HRTIMER_NORESTART = -1;

/** A timer that is not armed; `func` names a row of the table above or of tcp_hrtimer_functions. */
export function hrtimer_setup(func: string, data: unknown): hrtimer {
  return { expires: 0, function: func, data, pending: false, cpu: null, seq: 0 };
}

/** Arms or moves a timer to `expires` (ns, absolute). */
export function hrtimer_start(cpu: Cpu, timer: hrtimer, expires: number): void {
  if (timer.pending && timer.expires === expires && timer.cpu === cpu) return;
  timer.pending = true;
  timer.expires = expires;
  timer.cpu = cpu;
  timerPush(cpu.host.hrtimer_bases[cpu.id]!, expires, timer);
  tick_program(cpu);
}

export function hrtimer_cancel(_cpu: Cpu, timer: hrtimer): boolean {
  const was_pending = timer.pending;
  timer.pending = false;
  return was_pending;
}

export function hrtimer_active(timer: hrtimer): boolean {
  return timer.pending;
}

/** The local timer interrupt: expired hrtimers, and the tick when a jiffy has begun. */
export function hrtimer_interrupt(cpu: Cpu): void {
  spend(cpu, cpu.costs.timer_interrupt);
  __hrtimer_run_queues(cpu);
  if (tickIsDue(cpu)) {
    cpu.last_tick = jiffies(cpu);
    tick_nohz_handler(cpu);
  }
  tick_program(cpu);
}

export function __hrtimer_run_queues(cpu: Cpu): void {
  const base = cpu.host.hrtimer_bases[cpu.id]!;
  for (;;) {
    const entry = timerPeek(base);
    if (entry === null || entry.when > cpu.now) break;
    timerPop(base);
    __run_hrtimer(cpu, entry.timer);
  }
}

export function __run_hrtimer(cpu: Cpu, timer: hrtimer): void {
  timer.pending = false;
  const run = hrtimer_functions[timer.function] ?? tcp_hrtimer_functions[timer.function]!;
  const again = run(cpu, timer);
  if (again >= 0 && !timer.pending) hrtimer_start(cpu, timer, again);
}

/** A sleeper's time is up. */
export function hrtimer_wakeup(cpu: Cpu, timer: hrtimer): number {
  wake_up_process(cpu, timer.data as task_struct);
  return HRTIMER_NORESTART;
}
