/** Timers on the wheel: cheap to arm, fire in TIMER softirq, late by up to the granularity of their level (kernel/time/timer.c). */
import type { Cpu } from '../../../machine/types.ts';
import { TIMER_DEFERRABLE } from '../../include/linux/timer.ts';
import type { timer_base, timer_list } from '../../include/linux/timer.ts';
import { HZ, jiffies } from './jiffies.ts';
import { tick_program } from './tick.ts';
import { timerPush } from './timer_heap.ts';

export { HZ, jiffies, jiffies_to_msecs, jiffies_to_nsecs, msecs_to_jiffies, nsecs_to_jiffies, usecs_to_jiffies } from './jiffies.ts';

const LVL_CLK_SHIFT = 3;
const LVL_DEPTH = 9;
const LVL_SLOTS_BELOW = 63;

/** A timer that is not armed; `func` names a row of the table in timer_softirq.ts. */
export function timer_setup(func: string, data: unknown, flags = 0): timer_list {
  return { expires: 0, function: func, flags, data, pending: false, bucket: 0, cpu: null, seq: 0 };
}

/** The jiffy at which the wheel looks at a timer's bucket: never before `expires`, later by the granularity of its level. */
export function calc_wheel_index(expires: number, clk: number): number {
  const delta = expires - clk;
  if (delta < 0) return clk + 1;
  let level = 0;
  while (level < LVL_DEPTH - 1 && delta >= LVL_SLOTS_BELOW << (level * LVL_CLK_SHIFT)) level++;
  const gran = 1 << (level * LVL_CLK_SHIFT);
  return (Math.floor(expires / gran) + 1) * gran;
}

/** The wheel of this CPU that the timer belongs on. */
function get_timer_this_cpu_base(cpu: Cpu, tflags: number): timer_base<timer_list> {
  return (tflags & TIMER_DEFERRABLE ? cpu.host.timer_bases_def : cpu.host.timer_bases)[cpu.id]!;
}

/** Arms or moves a timer to `expires` (jiffies). Answers whether it was pending. */
export function mod_timer(cpu: Cpu, timer: timer_list, expires: number): boolean {
  const was_pending = timer.pending;
  const bucket = calc_wheel_index(expires, jiffies(cpu));
  timer.expires = expires;
  if (was_pending && timer.bucket === bucket) return true;
  timer.pending = true;
  timer.bucket = bucket;
  timer.cpu = cpu;
  timerPush(get_timer_this_cpu_base(cpu, timer.flags), bucket, timer);
  tick_program(cpu);
  return was_pending;
}

/** Disarms a timer; answers whether it was pending. */
export function timer_delete(_cpu: Cpu, timer: timer_list): boolean {
  const was_pending = timer.pending;
  timer.pending = false;
  return was_pending;
}

/** A moment at about `j` that falls on a whole second, a little apart on each CPU, so that timers without hurry come together. */
export function round_jiffies(cpu: Cpu, j: number): number {
  const skewed = j + cpu.id * 3;
  const rem = skewed % HZ;
  const rounded = skewed - rem + (rem < HZ / 4 ? 0 : HZ) - cpu.id * 3;
  return rounded > jiffies(cpu) ? rounded : j;
}

export function timer_pending(timer: timer_list): boolean {
  return timer.pending;
}
