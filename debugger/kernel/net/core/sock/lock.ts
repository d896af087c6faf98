/**
 * The lock of a socket (net/core/sock.c): system calls own it, and may sleep while they do; softirqs take only its spinlock, and put
 * packets on the backlog while somebody owns it.
 */
import type { Resumable } from '../../../../machine/frames.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { TASK_UNINTERRUPTIBLE } from '../../../include/linux/sched.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import { ENOBUFS } from '../../../include/uapi/asm-generic/errno.ts';
import { local_bh_disable, local_bh_enable } from '../../../kernel/softirq.ts';
import { schedule } from '../../../kernel/sched/core.ts';
import { __wake_up, finish_wait, init_wait, prepare_to_wait_exclusive } from '../../../kernel/sched/wait.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../../kernel/time/sleep_timeout.ts';
import { releaseCb, sk_backlog_rcv } from '../sock_callbacks.ts';
import { waitFor } from '../wait_reason.ts';

/** @helper */
export function sock_owned_by_user(sk: sock): boolean {
  return sk.sk_lock.owned;
}

/** Takes the spinlock from a softirq. Another CPU that held it later than now keeps this one spinning. */
export function bh_lock_sock(cpu: Cpu, sk: sock): void {
  const lock = sk.sk_lock;
  if (lock.slock_cpu !== cpu.id && lock.slock_released > cpu.now) spend(cpu, lock.slock_released - cpu.now);
}

export function bh_unlock_sock(cpu: Cpu, sk: sock): void {
  sk.sk_lock.slock_released = cpu.now;
  sk.sk_lock.slock_cpu = cpu.id;
}

/** @helper spin_lock_bh(&sk->sk_lock.slock) */
function lockSlock(cpu: Cpu, sk: sock): void {
  local_bh_disable(cpu);
  bh_lock_sock(cpu, sk);
}

/** @helper spin_unlock_bh(&sk->sk_lock.slock) */
function unlockSlock(cpu: Cpu, sk: sock): void {
  bh_unlock_sock(cpu, sk);
  local_bh_enable(cpu);
}

/** The running task owns the socket from here to release_sock(). */
export function* lock_sock_nested(cpu: Cpu, sk: sock): Resumable<void> {
  lockSlock(cpu, sk);
  if (sk.sk_lock.owned) yield* __lock_sock(cpu, sk);
  sk.sk_lock.owned = true;
  sk.sk_lock.owner = cpu.current;
  unlockSlock(cpu, sk);
}

/** Sleeps until the owner lets go. */
export function* __lock_sock(cpu: Cpu, sk: sock): Resumable<void> {
  const wait = init_wait(cpu, 'autoremove_wake_function');
  for (;;) {
    prepare_to_wait_exclusive(cpu, sk.sk_lock.wq, wait, TASK_UNINTERRUPTIBLE);
    unlockSlock(cpu, sk);
    waitFor(cpu, 'the lock of the socket', MAX_SCHEDULE_TIMEOUT);
    yield* schedule(cpu);
    cpu.current.wait = null;
    lockSlock(cpu, sk);
    if (!sk.sk_lock.owned) break;
  }
  finish_wait(cpu, sk.sk_lock.wq, wait);
}

/** @helper */
export function sock_release_ownership(sk: sock): void {
  sk.sk_lock.owned = false;
  sk.sk_lock.owner = null;
}

/** Ends the ownership: what came in meanwhile is processed first, by the task. */
export function* release_sock(cpu: Cpu, sk: sock): Resumable<void> {
  lockSlock(cpu, sk);
  if (sk.sk_backlog.queue.length > 0) yield* __release_sock(cpu, sk);
  releaseCb(cpu, sk);
  sock_release_ownership(sk);
  if (sk.sk_lock.wq.head.length > 0) __wake_up(cpu, sk.sk_lock.wq, 1, 0);
  unlockSlock(cpu, sk);
}

/** Processes the backlog with bottom halves on, so that it may grow meanwhile. */
export function* __release_sock(cpu: Cpu, sk: sock): Resumable<void> {
  while (sk.sk_backlog.queue.length > 0) {
    const list = sk.sk_backlog.queue;
    sk.sk_backlog.queue = [];
    unlockSlock(cpu, sk);
    for (const skb of list) {
      sk_backlog_rcv(cpu, sk, skb);
      yield;
    }
    lockSlock(cpu, sk);
  }
  sk.sk_backlog.len = 0;
  sk.sk_backlog.rmem_alloc = 0;
}

/** In the middle of a long read: lets the backlog in. */
export function* __sk_flush_backlog(cpu: Cpu, sk: sock): Resumable<void> {
  lockSlock(cpu, sk);
  yield* __release_sock(cpu, sk);
  releaseCb(cpu, sk);
  unlockSlock(cpu, sk);
}

/** @helper Answers whether there was something to flush. */
export function* sk_flush_backlog(cpu: Cpu, sk: sock): Resumable<boolean> {
  if (sk.sk_backlog.queue.length === 0) return false;
  yield* __sk_flush_backlog(cpu, sk);
  return true;
}

/** @helper Whether backlog and receive queue together hold more than `limit`. */
export function sk_rcvqueues_full(sk: sock, limit: number): boolean {
  return sk.sk_backlog.len + sk.sk_rmem_alloc > limit;
}

/** @helper */
export function __sk_add_backlog(sk: sock, skb: sk_buff): void {
  sk.sk_backlog.queue.push(skb);
}

/** The socket is owned: its owner will process the packet. */
export function sk_add_backlog(_cpu: Cpu, sk: sock, skb: sk_buff, limit: number): number {
  if (sk_rcvqueues_full(sk, limit)) return -ENOBUFS;
  __sk_add_backlog(sk, skb);
  sk.sk_backlog.len += skb.truesize;
  return 0;
}
