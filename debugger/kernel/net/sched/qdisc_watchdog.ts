/** The alarm clock of disciplines that wait for a moment: fires in the timer interrupt, asks for NET_TX (net/sched/sch_api.c). */
import type { Cpu } from '../../../machine/types.ts';
import type { hrtimer } from '../../include/linux/timer.ts';
import type { Qdisc } from '../../include/net/sch_generic.ts';
import { hrtimer_active, hrtimer_setup, hrtimer_start } from '../../kernel/time/hrtimer.ts';
import { __netif_schedule } from '../core/dev/netif_schedule.ts';

export function qdisc_watchdog_init(q: Qdisc): void {
  q.watchdog = hrtimer_setup('qdisc_watchdog', q);
}

export function qdisc_watchdog(cpu: Cpu, timer: hrtimer): number {
  __netif_schedule(cpu, timer.data as Qdisc);
  return -1;
}

/**
 * Wakes the discipline at `expires` ns or up to `delta_ns` later. A timer that stands in that range already stays as it is. (The kernel may let it run with another that
 * comes within the range; here it runs when the range ends, which is what it programs the hardware for.)
 */
export function qdisc_watchdog_schedule_range_ns(cpu: Cpu, q: Qdisc, expires: number, delta_ns: number): void {
  const timer = q.watchdog!;
  if (hrtimer_active(timer) && timer.expires >= expires + delta_ns && timer.expires <= expires + 2 * delta_ns) return;
  hrtimer_start(cpu, timer, expires + delta_ns);
}
