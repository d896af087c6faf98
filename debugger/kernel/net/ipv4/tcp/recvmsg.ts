/** recv(2) on a stream (net/ipv4/tcp.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { MSG_DONTWAIT, MSG_ERRQUEUE, MSG_OOB, MSG_PEEK, MSG_TRUNC, MSG_WAITALL } from '../../../include/linux/socket.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { sk_busy_loop, sk_can_busy_loop } from '../../../include/net/busy_poll.ts';
import { RCV_SHUTDOWN, TCP_CLOSE, TCP_ESTABLISHED, TCP_LISTEN } from '../../../include/net/sock.ts';
import type { msghdr, sock } from '../../../include/net/sock.ts';
import { TCPHDR_FIN, TCPHDR_SYN, TCP_URG_READ, TCP_URG_VALID, after } from '../../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import { tcp_inq_hint } from './inq.ts';
import { tcp_fast_path_check } from '../../../include/net/tcp_inlines/receive_path.ts';
import { faultIn, reachable } from '../../../lib/iov_iter.ts';
import { EAGAIN, EFAULT, EINVAL, ENOTCONN } from '../../../include/uapi/asm-generic/errno.ts';
import { add_wait_queue, init_wait, remove_wait_queue, wait_woken } from '../../../kernel/sched/wait.ts';
import { skb_copy_datagram_msg } from '../../core/datagram.ts';
import { __sk_flush_backlog, lock_sock_nested, release_sock, sock_error, sock_rcvlowat, sock_rcvtimeo } from '../../core/sock.ts';
import { waitFor } from '../../core/wait_reason.ts';
import { ip_recv_error } from '../ip_sockglue/recverr.ts';
import { tcp_rcv_space_adjust } from '../tcp_input/space.ts';
import { tcp_recv_timestamp, tcp_update_recv_tstamps } from './tstamp.ts';
import { tcp_cleanup_rbuf, tcp_eat_recv_skb } from './cleanup.ts';

/** Sleeps until something else than `skb` is last in the receive queue; answers what is left of `timeo` jiffies (net/core/sock.c). */
export function* sk_wait_data(cpu: Cpu, sk: sock, timeo: number, skb: sk_buff | null): Resumable<number> {
  const wait = init_wait(cpu, 'woken_wake_function');
  const queue = sk.sk_receive_queue;
  let left = timeo;
  add_wait_queue(cpu, sk.sk_wq, wait);
  yield* release_sock(cpu, sk);
  if ((queue.length === 0 ? null : queue[queue.length - 1]!) === skb) {
    waitFor(cpu, 'data to read', left);
    left = yield* wait_woken(cpu, wait, left);
    cpu.current.wait = null;
  }
  yield* lock_sock_nested(cpu, sk);
  remove_wait_queue(cpu, sk.sk_wq, wait);
  return left;
}

/** SO_PEEK_OFF follows what was looked at, and goes back by what was read (include/net/sock.h). @helper */
function sk_peek_offset_fwd(sk: sock, val: number): void {
  sk.sk_peek_off = Math.max(sk.sk_peek_off + val, 0);
}

/** The one byte of urgent data. */
function tcp_recv_urg(cpu: Cpu, sk: sock, msg: msghdr, len: number, flags: number): number {
  const tp = sk.tcp!;
  if (sk.sk_urginline || tp.urg_data === 0 || tp.urg_data === TCP_URG_READ) return -EINVAL;
  if (sk.sk_state === TCP_CLOSE && !sk.sk_done) return -ENOTCONN;
  if ((tp.urg_data & TCP_URG_VALID) === 0) return sk.sk_state === TCP_CLOSE || (sk.sk_shutdown & RCV_SHUTDOWN) !== 0 ? 0 : -EAGAIN;
  const byte = tp.urg_data & 0xff;
  if ((flags & MSG_PEEK) === 0) tp.urg_data = TCP_URG_READ;
  msg.msg_flags |= MSG_OOB;
  if (len === 0) {
    msg.msg_flags |= MSG_TRUNC;
    return 0;
  }
  if ((flags & MSG_TRUNC) !== 0) return 1;
  if (reachable(msg.iter, 1) === 0) return -EFAULT;
  faultIn(cpu, msg.iter, 1);
  msg.iter.bytes[msg.iter.offset] = byte;
  msg.iter.offset++;
  msg.iter.count--;
  return 1;
}

/** Where the reader is, and how far it has come; `tss`: when the last segment came, ns, 0: not known; `peek_offset`: where SO_PEEK_OFF lets a look begin. */
interface read_state { seq: number; peek_offset: number; copied: number; len: number; urg_hole: number; last: sk_buff | null; tss: number }

/** @helper */
function createReadState(sk: sock, len: number, peek: boolean): read_state {
  const peek_offset = peek ? Math.max(sk.sk_peek_off, 0) : 0;
  return { seq: (sk.tcp!.copied_seq + peek_offset) >>> 0, peek_offset, copied: 0, len, urg_hole: 0, last: null, tss: 0 };
}

/** The skb that holds the next byte (or the FIN); null: none does. @helper */
function findSkb(sk: sock, state: read_state): sk_buff | null {
  for (const skb of sk.sk_receive_queue) {
    const tcb = TCP_SKB_CB(skb);
    state.last = skb;
    const offset = ((state.seq - tcb.seq) >>> 0) - ((tcb.tcp_flags & TCPHDR_SYN) !== 0 ? 1 : 0);
    if (offset < skb.len || (tcb.tcp_flags & TCPHDR_FIN) !== 0) return skb;
  }
  return null;
}

/** Why the call ends though it has not what it wanted: null when it may wait. @helper */
function endOfRead(sk: sock, copied: number, timeo: number): number | null {
  if (copied > 0) return timeo === 0 || sk.sk_err !== 0 || sk.sk_state === TCP_CLOSE || (sk.sk_shutdown & RCV_SHUTDOWN) !== 0 ? copied : null;
  if (sk.sk_done) return 0;
  if (sk.sk_err !== 0) return sock_error(sk);
  if ((sk.sk_shutdown & RCV_SHUTDOWN) !== 0) return 0;
  if (sk.sk_state === TCP_CLOSE) return -ENOTCONN;
  return timeo === 0 ? -EAGAIN : null;
}

/** Copies what this skb has; true: that was the end of the stream, or there is nowhere to copy to. @helper */
function readSkb(cpu: Cpu, sk: sock, skb: sk_buff, msg: msghdr, flags: number, state: read_state): boolean {
  const tp = sk.tcp!;
  const tcb = TCP_SKB_CB(skb);
  const peek = (flags & MSG_PEEK) !== 0;
  let offset = ((state.seq - tcb.seq) >>> 0) - ((tcb.tcp_flags & TCPHDR_SYN) !== 0 ? 1 : 0);
  let used = Math.min(skb.len - offset, state.len);
  if (used > 0) {
    if (tp.urg_data !== 0) {
      const urg_offset = (tp.urg_seq - state.seq) >>> 0;
      if (urg_offset === 0 && !sk.sk_urginline) {
        state.seq = (state.seq + 1) >>> 0;
        if (!peek) tp.copied_seq = state.seq;
        state.urg_hole++;
        offset++;
        used--;
      } else if (urg_offset !== 0 && urg_offset < used) {
        used = urg_offset;
      }
    }
    if (used > 0) {
      if ((flags & MSG_TRUNC) === 0) {
        if (skb_copy_datagram_msg(cpu, skb, offset, msg, used) !== 0) {
          if (state.copied === 0) state.copied = -EFAULT;
          return true;
        }
        msg.read.push(skb.lineage);
      }
      state.seq = (state.seq + used) >>> 0;
      state.copied += used;
      state.len -= used;
      if (!peek) tp.copied_seq = state.seq;
      if (sk.sk_peek_off >= 0) sk_peek_offset_fwd(sk, peek ? used : -used);
      tcp_rcv_space_adjust(cpu, sk);
    }
    if (tp.urg_data !== 0 && after(tp.copied_seq, tp.urg_seq)) {
      tp.urg_data = 0;
      tcp_fast_path_check(sk);
    }
    if (tcb.has_rxtstamp) tcp_update_recv_tstamps(skb, state);
    if (used + offset < skb.len) return false;
  }
  const fin = (tcb.tcp_flags & TCPHDR_FIN) !== 0;
  if (fin) {
    state.seq = (state.seq + 1) >>> 0;
    if (!peek) tp.copied_seq = state.seq;
  }
  if (!peek) tcp_eat_recv_skb(cpu, sk, skb);
  return fin;
}

/** Answers the bytes read, 0 at the end of the stream, or a negative errno. */
export function* tcp_recvmsg_locked(cpu: Cpu, sk: sock, msg: msghdr, len: number, flags: number): Resumable<number> {
  spend(cpu, cpu.costs.tcp_recvmsg);
  const tp = sk.tcp!;
  if (sk.sk_state === TCP_LISTEN) return -ENOTCONN;
  if ((flags & MSG_OOB) !== 0) return tcp_recv_urg(cpu, sk, msg, len, flags);
  let timeo = sock_rcvtimeo(sk, (flags & MSG_DONTWAIT) !== 0);
  const peek = (flags & MSG_PEEK) !== 0;
  const state = createReadState(sk, len, peek);
  const target = sock_rcvlowat(sk, (flags & MSG_WAITALL) !== 0, len);
  while (state.len > 0) {
    if (tp.urg_data !== 0 && tp.urg_seq === state.seq && state.copied > 0) break;
    state.last = sk.sk_receive_queue[sk.sk_receive_queue.length - 1] ?? null;
    const skb = findSkb(sk, state);
    if (skb !== null) {
      const end = readSkb(cpu, sk, skb, msg, flags, state);
      if (end) break;
      yield;
      continue;
    }
    if (state.copied >= target && sk.sk_backlog.queue.length === 0) break;
    const ended = endOfRead(sk, state.copied, timeo);
    if (ended !== null) {
      state.copied = ended;
      break;
    }
    if (state.copied >= target) {
      yield* __sk_flush_backlog(cpu, sk);
    } else {
      tcp_cleanup_rbuf(cpu, sk, state.copied);
      if (cpu.softirq_pending !== 0) yield;
      timeo = yield* sk_wait_data(cpu, sk, timeo, state.last);
    }
    if (peek && (state.seq - state.peek_offset - state.copied - state.urg_hole) >>> 0 !== tp.copied_seq) state.seq = (tp.copied_seq + state.peek_offset) >>> 0;
  }
  if (state.tss !== 0 && sk.sk_flags !== 0) tcp_recv_timestamp(cpu, msg, sk, state.tss);
  tcp_cleanup_rbuf(cpu, sk, state.copied);
  if (cpu.softirq_pending !== 0) yield;
  return state.copied;
}

export function* tcp_recvmsg(cpu: Cpu, sk: sock, msg: msghdr, size: number, flags: number): Resumable<number> {
  if ((flags & MSG_ERRQUEUE) !== 0) return ip_recv_error(cpu, sk, msg, size);
  if (sk_can_busy_loop(sk) && sk.sk_receive_queue.length === 0 && sk.sk_state === TCP_ESTABLISHED) yield* sk_busy_loop(cpu, sk, (flags & MSG_DONTWAIT) !== 0);
  yield* lock_sock_nested(cpu, sk);
  const tell = sk.tcp!.recvmsg_inq;
  const ret = yield* tcp_recvmsg_locked(cpu, sk, msg, size, flags);
  yield* release_sock(cpu, sk);
  if (tell && ret >= 0) put_cmsg_inq(cpu, sk, msg);
  return ret;
}

/** @helper TCP_CM_INQ, where recvmsg has left room for it. */
function put_cmsg_inq(cpu: Cpu, sk: sock, msg: msghdr): void {
  const inq = tcp_inq_hint(cpu, sk);
  if (msg.msg_controllen > 0) msg.cmsg.inq = inq;
}
