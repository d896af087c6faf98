/** struct timer_list and struct hrtimer (include/linux/timer.h, hrtimer.h). */
import type { Cpu } from '../../../machine/types.ts';

/** A timer on the wheel: fires in TIMER softirq of the CPU that armed it, at a jiffy not before `expires`. */
export interface timer_list {
  /** jiffies */
  expires: number;
  /** Name in the table of timer functions (kernel/time/timer.ts). */
  function: string;
  data: unknown;
  pending: boolean;
  cpu: Cpu | null;
  seq: number;
}

/** A timer with ns resolution: fires in the local timer interrupt. */
export interface hrtimer {
  /** ns */
  expires: number;
  /** Name in the table of hrtimer functions (kernel/time/hrtimer.ts). */
  function: string;
  data: unknown;
  pending: boolean;
  cpu: Cpu | null;
  seq: number;
}
