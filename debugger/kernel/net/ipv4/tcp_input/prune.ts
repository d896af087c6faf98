/** Making room in a full receive buffer (net/ipv4/tcp_input.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { SKB_WITH_OVERHEAD } from '../../../include/linux/skbuff.ts';
import { PAGE_SIZE } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { TCPHDR_FIN, TCPHDR_SYN, after, before } from '../../../include/net/tcp.ts';
import { TCP_SKB_CB, createTcpSkbCb } from '../../../include/net/tcp_sock.ts';
import { tcp_adjust_rcv_ssthresh, tcp_under_memory_pressure, tcp_win_from_space } from '../../../include/net/tcp_inlines/window.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { alloc_skb } from '../../core/skbuff/alloc.ts';
import { skb_copy_bits, skb_put } from '../../core/skbuff/data.ts';
import { __kfree_skb } from '../../core/skbuff/free.ts';
import { sk_rmem_schedule, skb_set_owner_r } from '../../core/sock.ts';
import { mergeLineage } from '../../core/skbuff/lineage.ts';
import { segmentValues, tcp_drop_reason } from './drop.ts';
import { tcp_sack_reset } from './options.ts';
import { tcp_clamp_window } from './space.ts';

function tcp_can_ingest(_cpu: Cpu, sk: sock): boolean {
  return sk.sk_rmem_alloc <= sk.sk_rcvbuf;
}

/** Memory for `size` bytes more; 0, or -1 when there is none to be had. */
export function tcp_try_rmem_schedule(cpu: Cpu, sk: sock, skb: sk_buff, size: number): number {
  if (tcp_can_ingest(cpu, sk) && sk_rmem_schedule(cpu, sk, skb, size)) return 0;
  if (tcp_prune_queue(cpu, sk, skb) < 0) return -1;
  while (!sk_rmem_schedule(cpu, sk, skb, size)) if (!tcp_prune_ofo_queue(cpu, sk, skb)) return -1;
  return 0;
}

/** Takes the skb at `at` out of the queue: its bytes stand elsewhere. */
function tcp_collapse_one(cpu: Cpu, list: sk_buff[], at: number): void {
  const skb = list[at]!;
  list.splice(at, 1);
  __kfree_skb(cpu, skb);
  NET_INC_STATS(cpu, 'TCPRcvCollapsed');
}

/** @helper The first skb from `head` on, before `tail`, that is worth collapsing; its position, -1 none. `range.start` moves on to it. */
function firstToCollapse(cpu: Cpu, sk: sock, list: sk_buff[], head: number, range: { start: number; tail: sk_buff | null }): number {
  let at = head;
  while (at < list.length && list[at] !== range.tail) {
    const skb = list[at]!;
    const tcb = TCP_SKB_CB(skb);
    if (!before(range.start, tcb.end_seq)) {
      tcp_collapse_one(cpu, list, at);
      continue;
    }
    const control = (tcb.tcp_flags & (TCPHDR_SYN | TCPHDR_FIN)) !== 0;
    if (!control && (tcp_win_from_space(sk, skb.truesize) > skb.len || before(tcb.seq, range.start))) return at;
    const next = list[at + 1];
    if (next !== undefined && next !== range.tail && tcb.end_seq !== TCP_SKB_CB(next).seq) return control ? -1 : at;
    range.start = tcb.end_seq;
    at++;
  }
  return -1;
}

/** Copies the bytes of the skbs from position `head` to (not with) `tail` into fewer, tightly filled ones. */
function tcp_collapse(cpu: Cpu, sk: sock, list: sk_buff[], head: number, tail: sk_buff | null, start_: number, end: number): void {
  const range = { start: start_, tail };
  let at = firstToCollapse(cpu, sk, list, head, range);
  if (at < 0) return;
  let start = range.start;
  while (before(start, end)) {
    let copy = Math.min(SKB_WITH_OVERHEAD(PAGE_SIZE), (end - start) >>> 0);
    const old = list[at]!;
    const nskb = alloc_skb(cpu, copy, old.lineage);
    const tcb = createTcpSkbCb(start, start, TCP_SKB_CB(old).tcp_flags);
    tcb.ack_seq = TCP_SKB_CB(old).ack_seq;
    nskb.cb = tcb;
    nskb.lineage = old.lineage;
    list.splice(at, 0, nskb);
    at++;
    while (copy > 0) {
      const skb = list[at]!;
      const from = TCP_SKB_CB(skb);
      const size = Math.min(copy, (from.end_seq - start) | 0);
      if (size > 0) {
        skb_copy_bits(skb, (start - from.seq) >>> 0, nskb.head, skb_put(nskb, size), size);
        if (skb !== old) mergeLineage(cpu, nskb, skb);
        tcb.end_seq = (tcb.end_seq + size) >>> 0;
        copy -= size;
        start = (start + size) >>> 0;
      }
      if (before(start, from.end_seq)) continue;
      tcp_collapse_one(cpu, list, at);
      const next = list[at];
      if (next === undefined || next === tail || (TCP_SKB_CB(next).tcp_flags & (TCPHDR_SYN | TCPHDR_FIN)) !== 0) {
        skb_set_owner_r(cpu, nskb, sk);
        return;
      }
    }
    skb_set_owner_r(cpu, nskb, sk);
  }
}

/** Each contiguous range of the out-of-order queue by itself. */
function tcp_collapse_ofo_queue(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  const queue = tp.out_of_order_queue;
  let sum_tiny = 0;
  let at = 0;
  while (at < queue.length) {
    const head = queue[at]!;
    let start = TCP_SKB_CB(head).seq;
    let end = TCP_SKB_CB(head).end_seq;
    let range_truesize = head.truesize;
    let next = at + 1;
    while (next < queue.length && !after(TCP_SKB_CB(queue[next]!).seq, end) && !before(TCP_SKB_CB(queue[next]!).end_seq, start)) {
      const tcb = TCP_SKB_CB(queue[next]!);
      range_truesize += queue[next]!.truesize;
      if (before(tcb.seq, start)) start = tcb.seq;
      if (after(tcb.end_seq, end)) end = tcb.end_seq;
      next++;
    }
    const tail = queue[next] ?? null;
    if (range_truesize !== head.truesize || (end - start) >>> 0 >= SKB_WITH_OVERHEAD(PAGE_SIZE)) {
      tcp_collapse(cpu, sk, queue, at, tail, start, end);
    } else {
      sum_tiny += range_truesize;
      if (sum_tiny > sk.sk_rcvbuf >> 3) return;
    }
    if (tail === null) break;
    at = queue.indexOf(tail);
  }
  tp.ooo_last_skb = queue.length > 0 ? queue[queue.length - 1]! : null;
}

/** Throws away segments out of order, the latest first, an eighth of the buffer at a time. True when there were any. */
export function tcp_prune_ofo_queue(cpu: Cpu, sk: sock, in_skb: sk_buff): boolean {
  const tp = sk.tcp!;
  const queue = tp.out_of_order_queue;
  let pruned = false;
  let goal = sk.sk_rcvbuf >> 3;
  while (queue.length > 0) {
    const skb = queue[queue.length - 1]!;
    if (after(TCP_SKB_CB(in_skb).seq, TCP_SKB_CB(skb).seq)) break;
    pruned = true;
    queue.pop();
    goal -= skb.truesize;
    tcp_drop_reason(cpu, sk, skb, 'TCP_OFO_QUEUE_PRUNE', 'sk_rmem_alloc > sk_rcvbuf', { ...segmentValues(sk, skb), sk_rmem_alloc: sk.sk_rmem_alloc, sk_rcvbuf: sk.sk_rcvbuf });
    if (queue.length > 0 && goal > 0) continue;
    if (tcp_can_ingest(cpu, sk) && !tcp_under_memory_pressure(sk)) break;
    goal = sk.sk_rcvbuf >> 3;
  }
  tp.ooo_last_skb = queue.length > 0 ? queue[queue.length - 1]! : null;
  if (pruned) {
    NET_INC_STATS(cpu, 'OfoPruned');
    if (tp.rx_opt.sack_ok !== 0) tcp_sack_reset(cpu, tp.rx_opt);
  }
  return pruned;
}

/** The buffer is full, or memory is short: collapses, then prunes. Less than 0: the segment cannot be taken. */
function tcp_prune_queue(cpu: Cpu, sk: sock, in_skb: sk_buff): number {
  const tp = sk.tcp!;
  if (sk.sk_rmem_alloc === 0) return -1;
  NET_INC_STATS(cpu, 'PruneCalled');
  if (!tcp_can_ingest(cpu, sk)) tcp_clamp_window(cpu, sk);
  else if (tcp_under_memory_pressure(sk)) tcp_adjust_rcv_ssthresh(sk);
  if (tcp_can_ingest(cpu, sk)) return 0;
  tcp_collapse_ofo_queue(cpu, sk);
  if (sk.sk_receive_queue.length > 0) tcp_collapse(cpu, sk, sk.sk_receive_queue, 0, null, tp.copied_seq, tp.rcv_nxt);
  if (tcp_can_ingest(cpu, sk)) return 0;
  tcp_prune_ofo_queue(cpu, sk, in_skb);
  if (tcp_can_ingest(cpu, sk)) return 0;
  NET_INC_STATS(cpu, 'RcvPruned');
  tp.pred_flags = 0;
  return -1;
}
