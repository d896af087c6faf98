/** The alarm clock of disciplines that wait for a moment: fires in the timer interrupt, asks for NET_TX (net/sched/sch_api.c). */
import type { Cpu } from '../../../machine/types.ts';
import type { hrtimer } from '../../include/linux/timer.ts';
import type { Qdisc } from '../../include/net/sch_generic.ts';
import { hrtimer_setup, hrtimer_start } from '../../kernel/time/hrtimer.ts';
import { __netif_schedule } from '../core/dev/netif_schedule.ts';

export function qdisc_watchdog_init(q: Qdisc): void {
  q.watchdog = hrtimer_setup('qdisc_watchdog', q);
}

export function qdisc_watchdog(cpu: Cpu, timer: hrtimer): number {
  __netif_schedule(cpu, timer.data as Qdisc);
  return -1;
}

/** Wakes the discipline at `expires` ns. */
export function qdisc_watchdog_schedule_range_ns(cpu: Cpu, q: Qdisc, expires: number): void {
  hrtimer_start(cpu, q.watchdog!, expires);
}
