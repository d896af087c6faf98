/** Mutexes (kernel/locking/mutex.c): who comes second spins while the owner runs on another CPU, and sleeps when it does not. */
import type { Resumable } from '../../../machine/frames.ts';
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { mutex } from '../../include/linux/mutex.ts';
import { TASK_RUNNING, TASK_UNINTERRUPTIBLE } from '../../include/linux/sched.ts';
import { waitFor } from '../../net/core/wait_reason.ts';
import { schedule } from '../sched/core.ts';
import { wake_up_process } from '../sched/wake.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../time/sleep_timeout.ts';

/** The running task owns it from here to mutex_unlock(). */
export function* mutex_lock(cpu: Cpu, lock: mutex): Resumable<void> {
  if (lock.owner !== null) yield* __mutex_lock_slowpath(cpu, lock);
  if (lock.released_on !== cpu.id && lock.released > cpu.now) spend(cpu, lock.released - cpu.now);
  lock.owner = cpu.current;
}

export function* __mutex_lock_slowpath(cpu: Cpu, lock: mutex): Resumable<void> {
  yield* mutex_optimistic_spin(cpu, lock);
  if (lock.owner === null) return;
  const self = cpu.current;
  lock.wait_list.push(self);
  while (lock.owner !== null) {
    self.__state = TASK_UNINTERRUPTIBLE;
    waitFor(cpu, `${lock.name}, which ${lock.owner.comm} holds`, MAX_SCHEDULE_TIMEOUT);
    yield* schedule(cpu);
    cpu.current.wait = null;
  }
  self.__state = TASK_RUNNING;
  lock.wait_list.splice(lock.wait_list.indexOf(self), 1);
}

/** The owner is about to let go if it runs: to wait for that is cheaper than to sleep. */
export function* mutex_optimistic_spin(cpu: Cpu, lock: mutex): Resumable<void> {
  while (lock.owner !== null && lock.owner.cpu !== cpu && lock.owner.cpu.current === lock.owner && !cpu.need_resched) {
    spend(cpu, cpu.costs.mutex_spin);
    yield;
  }
}

export function mutex_unlock(cpu: Cpu, lock: mutex): void {
  lock.owner = null;
  lock.released = cpu.now;
  lock.released_on = cpu.id;
  if (lock.wait_list.length > 0) __mutex_unlock_slowpath(cpu, lock);
}

/** Wakes the one that has waited longest; it takes the mutex if nobody is quicker. */
export function __mutex_unlock_slowpath(cpu: Cpu, lock: mutex): void {
  wake_up_process(cpu, lock.wait_list[0]!);
}
