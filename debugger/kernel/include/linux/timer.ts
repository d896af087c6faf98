/** struct timer_list and struct hrtimer (include/linux/timer.h, hrtimer.h). */
import type { Cpu } from '../../../machine/types.ts';

/** It need not wake an idle CPU: it fires at the first tick that comes anyway. */
export const TIMER_DEFERRABLE = 0x00080000;

/** A timer on the wheel: fires in TIMER softirq of the CPU that armed it, at a jiffy not before `expires`. */
export interface timer_list {
  /** jiffies */
  expires: number;
  /** Name in the table of timer functions (kernel/time/timer.ts). */
  function: string;
  /** TIMER_DEFERRABLE or 0 */
  flags: number;
  data: unknown;
  pending: boolean;
  /** The jiffy of its bucket on the wheel: when it really fires. */
  bucket: number;
  cpu: Cpu | null;
  /** Of its entry in the base; an entry with another number is stale. */
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

/** What waits in a base: (when, seq) orders it; stale when its timer has moved on. */
export interface timer_entry<T> { when: number; seq: number; timer: T }

/** Pending timers of a CPU as a binary heap; `next_seq` numbers the entries. */
export interface timer_base<T> { heap: timer_entry<T>[]; next_seq: number }
