/** jiffies: ticks of 1/HZ s. This model's clock starts at 0, Linux's at -5 minutes. */
import type { Cpu } from '../../../machine/types.ts';

export const HZ = 250;
export const TICK_NSEC = 4_000_000;

export function jiffies(cpu: Cpu): number {
  return Math.floor(cpu.now / TICK_NSEC);
}

/** Milliseconds in jiffies, rounded up (include/linux/jiffies.h). */
export function msecs_to_jiffies(ms: number): number {
  return Math.ceil((ms * HZ) / 1000);
}

/** Microseconds in jiffies, rounded up. */
export function usecs_to_jiffies(us: number): number {
  return Math.ceil(us / 4000);
}

/** Nanoseconds in jiffies, rounded up. */
export function nsecs_to_jiffies(ns: number): number {
  return Math.ceil(ns / TICK_NSEC);
}

export function jiffies_to_nsecs(j: number): number {
  return j * TICK_NSEC;
}

export function jiffies_to_msecs(j: number): number {
  return j * 4;
}
