/** Sleeping with a limit (kernel/time/sleep_timeout.c, hrtimer.c nanosleep). */
import type { Resumable } from '../../../machine/frames.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { hrtimer, timer_list } from '../../include/linux/timer.ts';
import { TASK_INTERRUPTIBLE, TASK_RUNNING, TASK_UNINTERRUPTIBLE } from '../../include/linux/sched.ts';
import type { task_struct } from '../../include/linux/sched.ts';
import { schedule } from '../sched/core.ts';
import { wake_up_process } from '../sched/wake.ts';
import { hrtimer_cancel, hrtimer_setup, hrtimer_start } from './hrtimer.ts';
import { jiffies, mod_timer, timer_delete, timer_setup } from './timer.ts';

export const MAX_SCHEDULE_TIMEOUT = 0x7fffffffffff;

/** Sleeps until woken or `timeout` jiffies have passed; answers what is left of them (MAX_SCHEDULE_TIMEOUT: no limit). */
export function* schedule_timeout(cpu: Cpu, timeout: number): Resumable<number> {
  if (timeout === MAX_SCHEDULE_TIMEOUT) {
    yield* schedule(cpu);
    return timeout;
  }
  const expire = jiffies(cpu) + timeout;
  const timer = timer_setup('process_timeout', cpu.current);
  cpu.current.timeout = timer;
  mod_timer(cpu, timer, expire);
  yield* schedule(cpu);
  timer_delete(cpu, timer);
  cpu.current.timeout = null;
  return Math.max(expire - jiffies(cpu), 0);
}

/** Nothing but the time ends it. */
export function* schedule_timeout_uninterruptible(cpu: Cpu, timeout: number): Resumable<number> {
  cpu.current.__state = TASK_UNINTERRUPTIBLE;
  return yield* schedule_timeout(cpu, timeout);
}

export function process_timeout(cpu: Cpu, timer: timer_list): void {
  wake_up_process(cpu, timer.data as task_struct);
}

/** Sleeps until woken or the clock reads `expires` ns (-1: no limit); true when the time was up. */
export function* schedule_hrtimeout_range(cpu: Cpu, expires: number): Resumable<boolean> {
  return yield* schedule_hrtimeout_range_clock(cpu, expires);
}

export function* schedule_hrtimeout_range_clock(cpu: Cpu, expires: number): Resumable<boolean> {
  if (expires < 0) {
    yield* schedule(cpu);
    return false;
  }
  const timer = hrtimer_setup('hrtimer_wakeup', cpu.current);
  cpu.current.sleeper = timer;
  hrtimer_start(cpu, timer, expires);
  if (timer.pending) yield* schedule(cpu);
  const up = !hrtimer_cancel(cpu, timer);
  cpu.current.sleeper = null;
  cpu.current.__state = TASK_RUNNING;
  return up;
}

/** Sleeps until a moment between `min` and `max` us from now. Other interrupts may end it from `min` on; left alone, as here, it is `max`. `what` is told to who asks. */
export function* usleep_range(cpu: Cpu, max: number, what: string): Resumable<void> {
  const until = cpu.now + max * 1000;
  cpu.current.__state = TASK_UNINTERRUPTIBLE;
  cpu.current.wait = { what, until, since: cpu.now, event: cpu.world.event };
  yield* schedule_hrtimeout_range(cpu, until);
  cpu.current.wait = null;
}

/** nanosleep(2): sleeps at least `ns`. */
export function* hrtimer_nanosleep(cpu: Cpu, ns: number): Resumable<number> {
  const timer = hrtimer_setup('hrtimer_wakeup', cpu.current);
  return yield* do_nanosleep(cpu, timer, cpu.now + ns);
}

export function* do_nanosleep(cpu: Cpu, timer: hrtimer, expires: number): Resumable<number> {
  const task = cpu.current;
  task.__state = TASK_INTERRUPTIBLE;
  task.wait = { what: 'sleep', until: expires, since: cpu.now, event: cpu.world.event };
  task.sleeper = timer;
  hrtimer_start(cpu, timer, expires);
  if (timer.pending) yield* schedule(cpu);
  hrtimer_cancel(cpu, timer);
  task.sleeper = null;
  task.wait = null;
  task.__state = TASK_RUNNING;
  return 0;
}
