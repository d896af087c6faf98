/** Receiving datagrams: taking one off the queue, waiting for one, copying it out (net/core/datagram.c). */
import { perKib } from '../../../machine/costs.ts';
import type { Resumable } from '../../../machine/frames.ts';
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { file, poll_table } from '../../include/linux/fs.ts';
import {
  EPOLLERR, EPOLLHUP, EPOLLIN, EPOLLOUT, EPOLLPRI, EPOLLRDHUP, EPOLLRDNORM, EPOLLWRBAND, EPOLLWRNORM,
} from '../../include/linux/poll.ts';
import { SOCK_SELECT_ERR_QUEUE } from '../../include/linux/net_tstamp.ts';
import { TASK_INTERRUPTIBLE } from '../../include/linux/sched.ts';
import type { wait_queue_entry } from '../../include/linux/sched.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { MSG_DONTWAIT, MSG_PEEK } from '../../include/linux/socket.ts';
import { RCV_SHUTDOWN, SHUTDOWN_MASK } from '../../include/net/sock.ts';
import type { msghdr, sock, socket } from '../../include/net/sock.ts';
import { faultIn, reachable } from '../../lib/iov_iter.ts';
import { EAGAIN, EFAULT, EINVAL, ENOENT } from '../../include/uapi/asm-generic/errno.ts';
import { autoremove_wake_function, finish_wait, init_wait, prepare_to_wait_exclusive } from '../../kernel/sched/wait.ts';
import { schedule_timeout } from '../../kernel/time/sleep_timeout.ts';
import { poll_wait } from '../../fs/select.ts';
import { csum_add, csum_fold, csum_partial, skb_checksum_complete, skb_csum_unnecessary, sumPacket } from './skbuff/checksum.ts';
import { skb_copy_bits } from './skbuff/data.ts';
import { consume_skb } from './skbuff/free.ts';
import { sock_error, sock_rcvtimeo } from './sock/options.ts';
import { sock_flag } from './sock/timestamping.ts';
import { sock_writeable } from './sock/wmem.ts';
import { waitFor } from './wait_reason.ts';

/** Answer of __skb_wait_for_more_packets: the socket is shut down for reading, end of data. */
export const WAIT_SHUTDOWN = -4096;

/** A receiver does not care for room to send. */
export function receiver_wake_function(cpu: Cpu, wait: wait_queue_entry, key: number): number {
  if (key !== 0 && (key & (EPOLLIN | EPOLLERR)) === 0) return 0;
  return autoremove_wake_function(cpu, wait, key);
}

/**
 * Sleeps until the queue is no longer empty, up to `timeo` jiffies. Answers what is left of them, a negative errno, or WAIT_SHUTDOWN.
 * Waiters are exclusive: a packet wakes one of them.
 */
export function* __skb_wait_for_more_packets(cpu: Cpu, sk: sock, queue: sk_buff[], timeo: number): Resumable<number> {
  const wait = init_wait(cpu, 'receiver_wake_function');
  prepare_to_wait_exclusive(cpu, sk.sk_wq, wait, TASK_INTERRUPTIBLE);
  let left = sock_error(sk);
  if (left === 0) {
    left = timeo;
    if (queue.length === 0) {
      if ((sk.sk_shutdown & RCV_SHUTDOWN) !== 0) left = WAIT_SHUTDOWN;
      else {
        waitFor(cpu, 'a datagram in sk_receive_queue', timeo);
        left = yield* schedule_timeout(cpu, timeo);
        cpu.current.wait = null;
      }
    }
  }
  finish_wait(cpu, sk.sk_wq, wait);
  return left;
}

/** Where SO_PEEK_OFF lets a look begin: bytes to pass over, afterwards those of the packet that was found. */
export interface peek_offset { off: number }

/** The first packet of the queue, taken off unless it is only looked at; `peek`: the first one that is not passed over. */
export function __skb_try_recv_from_queue(_cpu: Cpu, queue: sk_buff[], flags: number, peek: peek_offset | null = null): sk_buff | null {
  if (queue.length === 0) return null;
  if ((flags & MSG_PEEK) === 0) return queue.shift()!;
  let off = peek === null ? -1 : peek.off;
  for (const skb of queue) {
    if (off >= skb.len && (off > 0 || skb.peeked)) {
      off -= skb.len;
      continue;
    }
    if (skb.len === 0) skb.peeked = true;
    skb.users++;
    if (peek !== null) peek.off = Math.max(off, 0);
    return skb;
  }
  return null;
}

/** A packet that was looked at turns out bad: it leaves the queue, as others have by now. Whether somebody else has been faster. */
export function __sk_queue_drop_skb(cpu: Cpu, sk: sock, sk_queue: sk_buff[], skb: sk_buff, flags: number, destructor: (cpu: Cpu, sk: sock, skb: sk_buff) => void): number {
  let err = 0;
  if ((flags & MSG_PEEK) !== 0) {
    const at = sk_queue.indexOf(skb);
    err = at < 0 ? -ENOENT : 0;
    if (at >= 0) {
      sk_queue.splice(at, 1);
      skb.users--;
      destructor(cpu, sk, skb);
    }
  }
  sk.sk_drops++;
  return err;
}

/** The first packet, or null when there is none now; a pending error goes first, as a negative errno. */
function __skb_try_recv_datagram(cpu: Cpu, sk: sock, queue: sk_buff[], flags: number): sk_buff | number | null {
  const err = sock_error(sk);
  return err !== 0 ? err : __skb_try_recv_from_queue(cpu, queue, flags);
}

/** The next packet of the queue, after a sleep if need be; 0 at the end of data, or a negative errno. */
export function* __skb_recv_datagram(cpu: Cpu, sk: sock, queue: sk_buff[], flags: number): Resumable<sk_buff | number> {
  let timeo = sock_rcvtimeo(sk, (flags & MSG_DONTWAIT) !== 0);
  for (;;) {
    const skb = __skb_try_recv_datagram(cpu, sk, queue, flags);
    if (skb !== null) return skb;
    if (timeo === 0) return -EAGAIN;
    timeo = yield* __skb_wait_for_more_packets(cpu, sk, queue, timeo);
    if (timeo === WAIT_SHUTDOWN) return 0;
    if (timeo < 0) return timeo;
  }
}

export function* skb_recv_datagram(cpu: Cpu, sk: sock, flags: number): Resumable<sk_buff | number> {
  return yield* __skb_recv_datagram(cpu, sk, sk.sk_receive_queue, flags);
}

/** The packet has been read. */
export function skb_free_datagram(cpu: Cpu, skb: sk_buff): void {
  consume_skb(cpu, skb);
}

/** Copies `len` bytes at `offset` of the packet to the user's buffer; 0, or -EFAULT and none are. */
export function skb_copy_datagram_iter(cpu: Cpu, skb: sk_buff, offset: number, msg: msghdr, len: number): number {
  return __skb_datagram_iter(cpu, skb, offset, msg, len);
}

export function __skb_datagram_iter(cpu: Cpu, skb: sk_buff, offset: number, msg: msghdr, len: number): number {
  const iter = msg.iter;
  if (reachable(iter, len) < len) return -EFAULT;
  spend(cpu, perKib(cpu.costs.copy_to_user_kib, len));
  faultIn(cpu, iter, len);
  skb_copy_bits(skb, offset, iter.bytes, iter.offset, len);
  iter.offset += len;
  iter.count -= len;
  return 0;
}

/** @helper */
export function skb_copy_datagram_msg(cpu: Cpu, skb: sk_buff, offset: number, msg: msghdr, len: number): number {
  return skb_copy_datagram_iter(cpu, skb, offset, msg, len);
}

/** Copies all from `hlen` on and verifies the checksum meanwhile; -EINVAL when it is wrong (the copy is void then), -EFAULT when there is nowhere to copy to. */
export function skb_copy_and_csum_datagram_msg(cpu: Cpu, skb: sk_buff, hlen: number, msg: msghdr): number {
  const chunk = skb.len - hlen;
  if (chunk === 0) return 0;
  if (msg.iter.count < chunk) {
    if (!skb_csum_unnecessary(skb) && skb_checksum_complete(cpu, skb) !== 0) return -EINVAL;
    return skb_copy_datagram_msg(cpu, skb, hlen, msg, msg.iter.count);
  }
  const csum = csum_partial(skb.head, skb.data, hlen, skb.csum);
  spend(cpu, perKib(cpu.costs.csum_kib, chunk));
  if (csum_fold(csum_add(csum, sumPacket(skb, hlen, chunk, 0))) !== 0) return -EINVAL;
  return __skb_datagram_iter(cpu, skb, hlen, msg, chunk);
}

/** @helper include/net/sock.h: waits on the socket of this file. */
export function sock_poll_wait(cpu: Cpu, filp: file, sock: socket, wait: poll_table | null): void {
  poll_wait(cpu, filp, sock.wq, wait);
}

/** What a datagram socket is ready for. */
export function datagram_poll(cpu: Cpu, filp: file, sock: socket, wait: poll_table | null): number {
  const sk = sock.sk!;
  sock_poll_wait(cpu, filp, sock, wait);
  let mask = 0;
  if (sk.sk_err !== 0 || sk.sk_error_queue.length > 0) mask |= EPOLLERR | (sock_flag(sk, SOCK_SELECT_ERR_QUEUE) ? EPOLLPRI : 0);
  if ((sk.sk_shutdown & RCV_SHUTDOWN) !== 0) mask |= EPOLLRDHUP | EPOLLIN | EPOLLRDNORM;
  if ((sk.sk_shutdown & SHUTDOWN_MASK) === SHUTDOWN_MASK) mask |= EPOLLHUP;
  if (sk.sk_receive_queue.length > 0) mask |= EPOLLIN | EPOLLRDNORM;
  if (sock_writeable(sk)) mask |= EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND;
  return mask;
}
