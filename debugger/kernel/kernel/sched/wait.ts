/** Wait queues (kernel/sched/wait.c). */
import type { Resumable } from '../../../machine/frames.ts';
import type { Cpu } from '../../../machine/types.ts';
import { TASK_INTERRUPTIBLE, TASK_RUNNING, WQ_FLAG_EXCLUSIVE, WQ_FLAG_WOKEN } from '../../include/linux/sched.ts';
import type { task_struct, wait_queue_entry, wait_queue_head } from '../../include/linux/sched.ts';
import { ep_autoremove_wake_function, ep_poll_callback } from '../../fs/eventpoll/wake.ts';
import { pollwake } from '../../fs/select.ts';
import { receiver_wake_function } from '../../net/core/datagram.ts';
import { schedule_timeout } from '../time/sleep_timeout.ts';
import { try_to_wake_up } from './wake.ts';

/** Wake functions by name: (entry, poll key) -> 1 when a task was woken, 0 when not, < 0 to stop. */
const wake_functions: Record<string, (cpu: Cpu, wait: wait_queue_entry, key: number) => number> = {
  default_wake_function, autoremove_wake_function, woken_wake_function, receiver_wake_function, pollwake, ep_poll_callback, ep_autoremove_wake_function,
};

/** An entry for the running task. */
export function init_wait(cpu: Cpu, func: string): wait_queue_entry {
  return { flags: 0, func, private: cpu.current, data: null, head: null };
}

export function add_wait_queue(_cpu: Cpu, head: wait_queue_head, wait: wait_queue_entry): void {
  wait.head = head;
  head.head.unshift(wait);
}

/** Exclusive waiters stand at the end: they are woken after all others, one at a time. */
export function add_wait_queue_exclusive(_cpu: Cpu, head: wait_queue_head, wait: wait_queue_entry): void {
  wait.flags |= WQ_FLAG_EXCLUSIVE;
  wait.head = head;
  head.head.push(wait);
}

export function remove_wait_queue(_cpu: Cpu, head: wait_queue_head, wait: wait_queue_entry): void {
  const at = head.head.indexOf(wait);
  if (at >= 0) head.head.splice(at, 1);
  wait.head = null;
}

export function prepare_to_wait(cpu: Cpu, head: wait_queue_head, wait: wait_queue_entry, state: number): void {
  if (wait.head === null) add_wait_queue(cpu, head, wait);
  cpu.current.__state = state;
}

export function prepare_to_wait_exclusive(cpu: Cpu, head: wait_queue_head, wait: wait_queue_entry, state: number): void {
  if (wait.head === null) add_wait_queue_exclusive(cpu, head, wait);
  cpu.current.__state = state;
}

/** The entry says whether it is exclusive: such stand at the end. */
export function prepare_to_wait_event(cpu: Cpu, head: wait_queue_head, wait: wait_queue_entry, state: number): void {
  if (wait.head === null) {
    if ((wait.flags & WQ_FLAG_EXCLUSIVE) !== 0) add_wait_queue_exclusive(cpu, head, wait);
    else add_wait_queue(cpu, head, wait);
  }
  cpu.current.__state = state;
}

/** One round of wait_event_interruptible_locked_irq() without the sleep: the entry stands behind those that came earlier. */
export function do_wait_intr_irq(cpu: Cpu, head: wait_queue_head, wait: wait_queue_entry): void {
  if (wait.head === null) {
    wait.head = head;
    head.head.push(wait);
  }
  cpu.current.__state = TASK_INTERRUPTIBLE;
}

export function finish_wait(cpu: Cpu, head: wait_queue_head, wait: wait_queue_entry): void {
  cpu.current.__state = TASK_RUNNING;
  if (wait.head !== null) remove_wait_queue(cpu, head, wait);
}

export function __wake_up(cpu: Cpu, head: wait_queue_head, nr_exclusive: number, key: number): number {
  return __wake_up_common(cpu, head, nr_exclusive, key);
}

/** Bit of a poll key beside the events: the wake-up is synchronous (the `sync` argument of wake functions). */
export const WAKE_SYNC = 1 << 26;

/** Like __wake_up: the waker is about to sleep, so the woken task need not be moved (a hint to the scheduler). */
export function __wake_up_sync_key(cpu: Cpu, head: wait_queue_head, key: number): void {
  __wake_up_common(cpu, head, 1, key | WAKE_SYNC);
}

/** Calls each entry's function, until `nr_exclusive` exclusive ones were woken (0: all). */
export function __wake_up_common(cpu: Cpu, head: wait_queue_head, nr_exclusive: number, key: number): number {
  let left = nr_exclusive;
  const entries = head.head;
  for (let i = 0; i < entries.length; ) {
    const wait = entries[i]!;
    const flags = wait.flags;
    const woken = wake_functions[wait.func]!(cpu, wait, key);
    if (woken < 0) break;
    if (entries[i] === wait) i++;
    if (woken > 0 && (flags & WQ_FLAG_EXCLUSIVE) !== 0 && --left === 0) break;
  }
  return left;
}

export function default_wake_function(cpu: Cpu, wait: wait_queue_entry, _key: number): number {
  return try_to_wake_up(cpu, wait.private as task_struct) ? 1 : 0;
}

export function autoremove_wake_function(cpu: Cpu, wait: wait_queue_entry, key: number): number {
  const woken = default_wake_function(cpu, wait, key);
  if (woken > 0 && wait.head !== null) remove_wait_queue(cpu, wait.head, wait);
  return woken;
}

/** Remembers the wake-up even if the task is not asleep yet. */
export function woken_wake_function(cpu: Cpu, wait: wait_queue_entry, key: number): number {
  wait.flags |= WQ_FLAG_WOKEN;
  return default_wake_function(cpu, wait, key);
}

/** Sleeps up to `timeout` jiffies unless woken_wake_function has been called since the last time. */
export function* wait_woken(cpu: Cpu, wait: wait_queue_entry, timeout: number): Resumable<number> {
  cpu.current.__state = TASK_INTERRUPTIBLE;
  let left = timeout;
  if ((wait.flags & WQ_FLAG_WOKEN) === 0) left = yield* schedule_timeout(cpu, timeout);
  cpu.current.__state = TASK_RUNNING;
  wait.flags &= ~WQ_FLAG_WOKEN;
  return left;
}
