/** send(2) on a stream: bytes into skbs, skbs to the network as far as windows allow (net/ipv4/tcp.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import { take_bytes } from '../../../../machine/memory.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { NETIF_F_SG } from '../../../include/linux/netdevice.ts';
import { MAX_SKB_FRAGS, SKBFL_PURE_ZEROCOPY, SKBFL_SHARED_FRAG, SKB_TRUESIZE } from '../../../include/linux/skbuff.ts';
import type { sk_buff, ubuf_info_msgzc } from '../../../include/linux/skbuff.ts';
import { MSG_DONTWAIT, MSG_EOR, MSG_FASTOPEN, MSG_MORE, MSG_OOB, MSG_SPLICE_PAGES, MSG_ZEROCOPY } from '../../../include/linux/socket.ts';
import { SEND_SHUTDOWN } from '../../../include/net/sock.ts';
import type { msghdr, sock } from '../../../include/net/sock.ts';
import {
  SOCK_NOSPACE, TCPF_CLOSE_WAIT, TCPF_ESTABLISHED, TCPHDR_PSH, TCP_CHRONO_SNDBUF_LIMITED, TCP_NAGLE_CORK, TCP_NAGLE_PUSH, TSQF_THROTTLED, after,
} from '../../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import type { tcp_sock } from '../../../include/net/tcp_sock.ts';
import {
  tcp_rtx_and_write_queues_empty, tcp_rtx_queue_empty, tcp_send_head, tcp_skb_can_collapse_to, tcp_write_queue_tail,
} from '../../../include/net/tcp_inlines/queues.ts';
import { tcp_bound_to_half_wnd } from '../../../include/net/tcp_inlines/window.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { copy_from_iter_full } from '../../../lib/iov_iter.ts';
import { EAGAIN, EEXIST, EFAULT, EINPROGRESS, EMSGSIZE, ENOBUFS, EPIPE } from '../../../include/uapi/asm-generic/errno.ts';
import { lock_sock_nested, release_sock, sk_flush_backlog, sk_mem_charge, sk_wmem_schedule, skWriteSpace, sock_sndtimeo } from '../../core/sock.ts';
import { sk_stream_error, sk_stream_memory_free, sk_stream_wait_connect, sk_stream_wait_memory } from '../../core/stream.ts';
import { skb_can_coalesce } from '../../core/skbuff/data.ts';
import { appendLineage } from '../../core/skbuff/lineage.ts';
import { skb_splice_from_iter } from '../../core/skbuff/splice.ts';
import { msg_zerocopy_put_abort, msg_zerocopy_realloc, net_zcopy_put, skb_zcopy, skb_zcopy_pure, skb_zerocopy_iter_stream } from '../../core/skbuff/zerocopy.ts';
import { tcp_rate_check_app_limited } from '../tcp_rate.ts';
import { tcp_chrono_stop } from '../tcp_output/chrono.ts';
import { tcp_current_mss } from '../tcp_output/mss.ts';
import { __tcp_push_pending_frames, tcp_push_one } from '../tcp_output/write_xmit.ts';
import { PAGE_FRAG_SIZE, tcp_stream_alloc_skb, tcp_wmem_schedule } from './alloc.ts';
import { tcp_sendmsg_fastopen } from './sendmsg_fastopen.ts';
import { tcp_tx_timestamp } from './tstamp.ts';
import { tcp_remove_empty_skb, tcp_skb_entail } from './queues.ts';

/** More than half of the largest window the peer ever offered has gone without PSH. */
function forced_push(_cpu: Cpu, tp: tcp_sock): boolean {
  return after(tp.write_seq, (tp.pushed_seq + (tp.max_window >>> 1)) >>> 0);
}

export function tcp_mark_push(_cpu: Cpu, tp: tcp_sock, skb: sk_buff): void {
  TCP_SKB_CB(skb).tcp_flags |= TCPHDR_PSH;
  tp.pushed_seq = tp.write_seq;
}

/** A small skb waits while others of this socket are still in the host: it may yet grow. */
function tcp_should_autocork(cpu: Cpu, sk: sock, skb: sk_buff, size_goal: number): boolean {
  return skb.len < size_goal && cpu.host.knobs.sysctl_tcp_autocorking! !== 0 && !tcp_rtx_queue_empty(sk) && sk.sk_wmem_alloc > skb.truesize
    && tcp_skb_can_collapse_to(skb);
}

/** Sends what was written, unless it is better to wait. */
export function tcp_push(cpu: Cpu, sk: sock, flags: number, mss_now: number, nonagle: number, size_goal: number): void {
  const tp = sk.tcp!;
  const skb = tcp_write_queue_tail(sk);
  if (skb === null) return;
  if ((flags & MSG_MORE) === 0 || forced_push(cpu, tp)) tcp_mark_push(cpu, tp, skb);
  if ((flags & MSG_OOB) !== 0) tp.snd_up = tp.write_seq;
  if (tcp_should_autocork(cpu, sk, skb, size_goal)) {
    if ((sk.sk_tsq_flags & TSQF_THROTTLED) === 0) {
      NET_INC_STATS(cpu, 'TCPAutoCorking');
      sk.sk_tsq_flags |= TSQF_THROTTLED;
    }
    if (sk.sk_wmem_alloc > skb.truesize) return;
  }
  __tcp_push_pending_frames(cpu, sk, mss_now, (flags & MSG_MORE) !== 0 ? TCP_NAGLE_CORK : nonagle);
}

/** Bytes that one skb should carry: a multiple of the MSS. */
function tcp_xmit_size_goal(_cpu: Cpu, sk: sock, mss_now: number, large_allowed: boolean): number {
  if (!large_allowed) return mss_now;
  const tp = sk.tcp!;
  const new_size_goal = tcp_bound_to_half_wnd(tp, sk.sk_gso_max_size);
  let size_goal = tp.gso_segs * mss_now;
  if (new_size_goal < size_goal || new_size_goal >= size_goal + mss_now) {
    tp.gso_segs = Math.min(Math.floor(new_size_goal / mss_now), sk.sk_gso_max_segs);
    size_goal = tp.gso_segs * mss_now;
  }
  return Math.max(size_goal, mss_now);
}

/** Where tcp_send_mss() leaves how many bytes one skb should carry. */
interface size_goal_p { size_goal: number }

/** The segment size of the moment. */
export function tcp_send_mss(cpu: Cpu, sk: sock, goal: size_goal_p, flags: number): number {
  const mss_now = tcp_current_mss(cpu, sk);
  goal.size_goal = tcp_xmit_size_goal(cpu, sk, mss_now, (flags & MSG_OOB) === 0);
  return mss_now;
}

/** A page to fill: the socket's, or a new one of 32 KiB when that is full. */
export function sk_page_frag_refill(cpu: Cpu, sk: sock): void {
  const frag = sk.sk_frag;
  if (frag.page !== null && frag.offset < frag.size) return;
  frag.page = take_bytes(cpu.world.memory, PAGE_FRAG_SIZE);
  frag.offset = 0;
  frag.size = PAGE_FRAG_SIZE;
}

/** Copies `copy` of the user's bytes behind those of the skb; answers that, or -EFAULT. @helper */
function copyIn(cpu: Cpu, sk: sock, skb: sk_buff, msg: msghdr, copy: number, merge: boolean): number {
  const frag = sk.sk_frag;
  const { offset, bvec } = msg.iter;
  const piece = bvec === null ? msg.lineage : bvec[0]!.lineage;
  const at = bvec === null ? offset : bvec[0]!.at;
  const page = frag.page!;
  if (!copy_from_iter_full(cpu, msg.iter, copy, page, frag.offset)) return -EFAULT;
  const frags = skb.shinfo.frags;
  if (merge) frags[frags.length - 1]!.size += copy;
  else frags.push({ page, offset: frag.offset, size: copy });
  skb.len += copy;
  skb.data_len += copy;
  skb.truesize += copy;
  sk.sk_wmem_queued += copy;
  sk_mem_charge(sk, copy);
  appendLineage(cpu, skb, piece, at, copy);
  frag.offset += copy;
  const tcb = TCP_SKB_CB(skb);
  sk.tcp!.write_seq = (sk.tcp!.write_seq + copy) >>> 0;
  tcb.end_seq = (tcb.end_seq + copy) >>> 0;
  tcb.tcp_gso_segs = 0;
  return copy;
}

/** The bytes that the user writes now go into this skb, or one is made for them; null when there is no room. @helper */
function writableSkb(cpu: Cpu, sk: sock, size_goal: number): sk_buff | null {
  const tail = tcp_write_queue_tail(sk);
  if (tail !== null && size_goal > tail.len && tcp_skb_can_collapse_to(tail)) return tail;
  return newSegment(cpu, sk);
}

/** @helper */
function newSegment(cpu: Cpu, sk: sock): sk_buff | null {
  if (!sk_stream_memory_free(cpu, sk)) return null;
  const skb = tcp_stream_alloc_skb(cpu, sk, tcp_rtx_and_write_queues_empty(sk), sk.write_lineage);
  if (skb !== null) tcp_skb_entail(cpu, sk, skb);
  return skb;
}

/** As much as fits the last skb; how many bytes, 0: no room, or a negative errno. `zc`: as pages of the user, for whom `zc` stands, else copied. @helper */
function fillSkb(cpu: Cpu, sk: sock, msg: msghdr, size_goal: number, zc: ubuf_info_msgzc | null): number {
  const tp = sk.tcp!;
  if (zc !== null) return fillZerocopy(cpu, sk, msg, size_goal, zc);
  let skb = writableSkb(cpu, sk, size_goal);
  if (skb === null) return 0;
  sk_page_frag_refill(cpu, sk);
  const frag = sk.sk_frag;
  let merge = skb_can_coalesce(skb, frag.page!, frag.offset);
  if (!merge && skb.shinfo.frags.length >= MAX_SKB_FRAGS) {
    tcp_mark_push(cpu, tp, skb);
    skb = newSegment(cpu, sk);
    if (skb === null) return 0;
    merge = false;
  }
  if (skb_zcopy_pure(skb) && !tcp_downgrade_zcopy_pure(cpu, sk, skb)) return 0;
  const { bvec, count } = msg.iter;
  const room = Math.min(size_goal - skb.len, bvec === null ? count : bvec[0]!.bv_len, frag.size - frag.offset);
  const copy = tcp_wmem_schedule(cpu, sk, room);
  return copy > 0 ? copyIn(cpu, sk, skb, msg, copy, merge) : copy;
}

/** Copied bytes come behind a user's pages: from now on all of the skb is charged. False when memory is short. */
function tcp_downgrade_zcopy_pure(cpu: Cpu, sk: sock, skb: sk_buff): boolean {
  const extra = skb.truesize - SKB_TRUESIZE(skb.head.length);
  if (!sk_wmem_schedule(cpu, sk, extra)) return false;
  sk_mem_charge(sk, extra);
  skb.shinfo.flags &= ~SKBFL_PURE_ZEROCOPY;
  return true;
}

/** fillSkb() with pages that the skb keeps as they are (MSG_SPLICE_PAGES). @helper */
function fillSpliced(cpu: Cpu, sk: sock, msg: msghdr, size_goal: number): number {
  let skb = writableSkb(cpu, sk, size_goal);
  for (;;) {
    if (skb === null) return 0;
    if (skb_zcopy_pure(skb) && !tcp_downgrade_zcopy_pure(cpu, sk, skb)) return 0;
    const copy = tcp_wmem_schedule(cpu, sk, Math.min(size_goal - skb.len, msg.iter.count));
    if (copy <= 0) return 0;
    const err = skb_splice_from_iter(cpu, skb, msg.iter, copy);
    if (err > 0) {
      skb.shinfo.flags |= SKBFL_SHARED_FRAG;
      sk.sk_wmem_queued += err;
      sk_mem_charge(sk, err);
      return advance(sk, skb, err);
    }
    if (err !== -EMSGSIZE) return err;
    tcp_mark_push(cpu, sk.tcp!, skb);
    skb = newSegment(cpu, sk);
  }
}

/** fillSkb() with the user's own pages. @helper */
function fillZerocopy(cpu: Cpu, sk: sock, msg: msghdr, size_goal: number, uarg: ubuf_info_msgzc): number {
  const tp = sk.tcp!;
  let skb = writableSkb(cpu, sk, size_goal);
  for (;;) {
    if (skb === null) return 0;
    let copy = Math.min(size_goal - skb.len, msg.iter.count);
    if (skb.len === 0) skb.shinfo.flags |= SKBFL_PURE_ZEROCOPY;
    if (!skb_zcopy_pure(skb)) copy = tcp_wmem_schedule(cpu, sk, copy);
    if (copy === 0) return 0;
    const offset = msg.iter.offset;
    const err = skb_zerocopy_iter_stream(cpu, sk, skb, msg, copy, uarg);
    if (err > 0) {
      appendLineage(cpu, skb, msg.lineage, offset, err);
      return advance(sk, skb, err);
    }
    if (err !== -EMSGSIZE && err !== -EEXIST) return err;
    tcp_mark_push(cpu, tp, skb);
    skb = newSegment(cpu, sk);
  }
}

/** `copy` more bytes stand in the last skb. @helper */
function advance(sk: sock, skb: sk_buff, copy: number): number {
  const tcb = TCP_SKB_CB(skb);
  sk.tcp!.write_seq = (sk.tcp!.write_seq + copy) >>> 0;
  tcb.end_seq = (tcb.end_seq + copy) >>> 0;
  tcb.tcp_gso_segs = 0;
  return copy;
}

export function* tcp_sendmsg(cpu: Cpu, sk: sock, msg: msghdr, size: number): Resumable<number> {
  yield* lock_sock_nested(cpu, sk);
  const ret = yield* tcp_sendmsg_locked(cpu, sk, msg, size);
  yield* release_sock(cpu, sk);
  return ret;
}

/** An error ends the call, unless bytes were taken before it. @helper */
function sendError(cpu: Cpu, sk: sock, flags: number, err: number): number {
  const answer = sk_stream_error(cpu, sk, flags, err);
  if (answer === -EAGAIN && tcp_rtx_and_write_queues_empty(sk)) {
    skWriteSpace(cpu, sk);
    tcp_chrono_stop(cpu, sk, TCP_CHRONO_SNDBUF_LIMITED);
  }
  return answer;
}

/** Sends the full skb at the end of the queue when it is time to. @helper */
function pushFull(cpu: Cpu, sk: sock, mss_now: number): void {
  const tp = sk.tcp!;
  const skb = tcp_write_queue_tail(sk)!;
  if (forced_push(cpu, tp)) {
    tcp_mark_push(cpu, tp, skb);
    __tcp_push_pending_frames(cpu, sk, mss_now, TCP_NAGLE_PUSH);
  } else if (skb === tcp_send_head(sk)) {
    tcp_push_one(cpu, sk, mss_now);
  }
}

/** Answers the bytes taken, or a negative errno. */
export function* tcp_sendmsg_locked(cpu: Cpu, sk: sock, msg: msghdr, size: number): Resumable<number> {
  spend(cpu, cpu.costs.tcp_sendmsg);
  const tp = sk.tcp!;
  const flags = msg.msg_flags;
  let timeo = sock_sndtimeo(sk, (flags & MSG_DONTWAIT) !== 0);
  let copied = 0;
  let copied_syn = 0;
  let err = 0;
  let segments = 0;
  let uarg: ubuf_info_msgzc | null = null;
  let zc: ubuf_info_msgzc | null = null;
  if ((flags & MSG_ZEROCOPY) !== 0 && size > 0 && sk.sk_zerocopy) {
    const tail = tcp_write_queue_tail(sk);
    uarg = msg_zerocopy_realloc(cpu, sk, size, tail === null ? null : skb_zcopy(tail));
    if (uarg === null) return sendError(cpu, sk, flags, -ENOBUFS);
    if ((sk.sk_route_caps & NETIF_F_SG) !== 0) zc = uarg;
    else uarg.zerocopy = false;
  }
  const splice = (flags & MSG_SPLICE_PAGES) !== 0 && msg.iter.bvec !== null && (sk.sk_route_caps & NETIF_F_SG) !== 0;
  if (((flags & MSG_FASTOPEN) !== 0 || sk.inet.defer_connect) && !tp.repair) {
    const sent = { copied: 0 };
    err = yield* tcp_sendmsg_fastopen(cpu, sk, msg, sent, size, uarg);
    copied_syn = sent.copied;
    if (err === -EINPROGRESS && copied_syn > 0) return copied_syn;
    if (err !== 0) {
      if (uarg !== null) msg_zerocopy_put_abort(cpu, sk, uarg);
      return sendError(cpu, sk, flags, err);
    }
  }
  tcp_rate_check_app_limited(cpu, sk);
  if (((1 << sk.sk_state) & ~(TCPF_ESTABLISHED | TCPF_CLOSE_WAIT)) !== 0 && tp.tfo.fastopen_rsk === null) {
    timeo = yield* sk_stream_wait_connect(cpu, sk, timeo);
    if (timeo < 0) {
      if (copied_syn > 0) return copied_syn;
      if (uarg !== null) msg_zerocopy_put_abort(cpu, sk, uarg);
      return sendError(cpu, sk, flags, timeo);
    }
  }
  sk.write_lineage = msg.lineage;
  const goal: size_goal_p = { size_goal: 0 };
  let mss_now = tcp_send_mss(cpu, sk, goal, flags);
  if (sk.sk_err !== 0 || (sk.sk_shutdown & SEND_SHUTDOWN) !== 0) err = -EPIPE;
  while (err === 0 && msg.iter.count > 0) {
    if (segments >= 16) {
      segments = 0;
      const flushed = yield* sk_flush_backlog(cpu, sk);
      if (flushed) {
        mss_now = tcp_send_mss(cpu, sk, goal, flags);
        if (sk.sk_err !== 0 || (sk.sk_shutdown & SEND_SHUTDOWN) !== 0) {
          err = -EPIPE;
          continue;
        }
      }
    }
    const copy = splice ? fillSpliced(cpu, sk, msg, goal.size_goal) : fillSkb(cpu, sk, msg, goal.size_goal, zc);
    if (copy > 0) {
      const skb = tcp_write_queue_tail(sk)!;
      if (copied === 0) TCP_SKB_CB(skb).tcp_flags &= ~TCPHDR_PSH;
      copied += copy;
      if (msg.iter.count === 0) {
        if ((flags & MSG_EOR) !== 0) TCP_SKB_CB(skb).eor = true;
      } else if (skb.len >= goal.size_goal && (flags & MSG_OOB) === 0) {
        segments++;
        pushFull(cpu, sk, mss_now);
        yield;
      }
      continue;
    }
    if (copy < 0) {
      err = copy;
      break;
    }
    sk.sk_socket!.flags |= SOCK_NOSPACE;
    tcp_remove_empty_skb(cpu, sk);
    if (copied > 0) tcp_push(cpu, sk, flags & ~MSG_MORE, mss_now, TCP_NAGLE_PUSH, goal.size_goal);
    timeo = yield* sk_stream_wait_memory(cpu, sk, timeo);
    if (timeo < 0) err = timeo;
    mss_now = tcp_send_mss(cpu, sk, goal, flags);
  }
  sk.write_lineage = null;
  if (err !== 0) tcp_remove_empty_skb(cpu, sk);
  if (copied > 0) {
    if (sk.sk_tsflags !== 0) tcp_tx_timestamp(cpu, sk, sk.sk_tsflags);
    tcp_push(cpu, sk, flags, mss_now, tp.nonagle, goal.size_goal);
    if (uarg !== null) net_zcopy_put(cpu, uarg);
    yield;
    return copied + copied_syn;
  }
  if (copied_syn > 0) return copied_syn;
  if (uarg !== null && err !== 0) msg_zerocopy_put_abort(cpu, sk, uarg);
  return err !== 0 ? sendError(cpu, sk, flags, err) : 0;
}

/** A splice has ended before its time: what waited for more goes. */
export function* tcp_splice_eof(cpu: Cpu, sk: sock): Resumable<void> {
  if (tcp_write_queue_tail(sk) === null) return;
  yield* lock_sock_nested(cpu, sk);
  const goal: size_goal_p = { size_goal: 0 };
  const mss_now = tcp_send_mss(cpu, sk, goal, 0);
  tcp_push(cpu, sk, 0, mss_now, sk.tcp!.nonagle, goal.size_goal);
  yield* release_sock(cpu, sk);
}
