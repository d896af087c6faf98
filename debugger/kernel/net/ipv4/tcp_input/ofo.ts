/** Segments that came before their turn (net/ipv4/tcp_input.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import { TCPHDR_FIN, after, before } from '../../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import type { tcp_sock } from '../../../include/net/tcp_sock.ts';
import { tcp_is_sack } from '../../../include/net/tcp_inlines/congestion.ts';
import { inet_csk_schedule_ack } from '../../../include/net/inet_connection_sock.ts';
import { seqPosition } from '../../../include/net/tcp_inlines/queues.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { skb_condense, skb_try_coalesce } from '../../core/skbuff/coalesce.ts';
import { kfree_skb_partial, kfree_skb_reason } from '../../core/skbuff/free.ts';
import { sk_mem_charge, skDataReady, skb_set_owner_r } from '../../core/sock.ts';
import { mergeLineage } from '../../core/skbuff/lineage.ts';
import { segmentValues, tcp_drop_reason } from './drop.ts';
import { tcp_data_ecn_check } from './ecn.ts';
import { tcp_fin } from './fin.ts';
import { memoryValues } from '../../core/sock/memory.ts';
import { tcp_try_rmem_schedule } from './prune.ts';
import { tcp_measure_rcv_mss } from './rcv_mss.ts';
import { tcp_dsack_extend, tcp_dsack_set, tcp_sack_new_ofo_skb } from './selective_acks.ts';
import { tcp_grow_window, tcp_rcvbuf_grow } from './space.ts';

/** rcv_nxt goes on. */
export function tcp_rcv_nxt_update(_cpu: Cpu, tp: tcp_sock, seq: number): void {
  tp.bytes_received += (seq - tp.rcv_nxt) >>> 0;
  tp.rcv_nxt = seq;
}

export function skb_rbtree_purge(cpu: Cpu, tp: tcp_sock): void {
  const queue = tp.out_of_order_queue;
  while (queue.length > 0) kfree_skb_reason(cpu, queue.shift()!, 'NOT_SPECIFIED', { condition: 'out_of_order_queue is purged', values: {} });
  tp.ooo_last_skb = null;
}

/** @helper What happened to the head of the segment that was joined to another; null: it could not be joined. */
export interface Coalesced { stolen: boolean }
const STOLEN: Coalesced = Object.freeze({ stolen: true });
const COPIED: Coalesced = Object.freeze({ stolen: false });

/** Joins `from` to the segment before it, if that costs little. */
export function tcp_try_coalesce(cpu: Cpu, sk: sock, to: sk_buff, from: sk_buff): Coalesced | null {
  const tcb = TCP_SKB_CB(to);
  const next = TCP_SKB_CB(from);
  if (next.seq !== tcb.end_seq || to.decrypted !== from.decrypted || tcb.eor) return null;
  const result = skb_try_coalesce(cpu, to, from);
  if (result === null) return null;
  mergeLineage(cpu, to, from);
  sk.sk_rmem_alloc += result.delta;
  sk_mem_charge(sk, result.delta);
  NET_INC_STATS(cpu, 'TCPRcvCoalesce');
  tcb.end_seq = next.end_seq;
  tcb.ack_seq = next.ack_seq;
  tcb.tcp_flags |= next.tcp_flags;
  if (next.has_rxtstamp) {
    tcb.has_rxtstamp = true;
    to.tstamp = from.tstamp;
  }
  return result.stolen ? STOLEN : COPIED;
}

function tcp_ooo_try_coalesce(cpu: Cpu, sk: sock, to: sk_buff, from: sk_buff): Coalesced | null {
  const res = tcp_try_coalesce(cpu, sk, to, from);
  if (res !== null) to.shinfo.gso_segs = Math.min(Math.max(1, to.shinfo.gso_segs) + Math.max(1, from.shinfo.gso_segs), 0xffff);
  return res;
}

/** A hole was filled: what follows moves to the receive queue. */
export function tcp_ofo_queue(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  const queue = tp.out_of_order_queue;
  const receive = sk.sk_receive_queue;
  const dsack_high = tp.rcv_nxt;
  while (queue.length > 0) {
    const skb = queue[0]!;
    const tcb = TCP_SKB_CB(skb);
    if (after(tcb.seq, tp.rcv_nxt)) break;
    if (before(tcb.seq, dsack_high)) tcp_dsack_extend(cpu, sk, tcb.seq, before(tcb.end_seq, dsack_high) ? tcb.end_seq : dsack_high);
    queue.shift();
    if (!after(tcb.end_seq, tp.rcv_nxt)) {
      tcp_drop_reason(cpu, sk, skb, 'TCP_OFO_DROP', '!after(end_seq, tp->rcv_nxt)', segmentValues(sk, skb));
      continue;
    }
    const eaten = receive.length > 0 ? tcp_try_coalesce(cpu, sk, receive[receive.length - 1]!, skb) : null;
    tcp_rcv_nxt_update(cpu, tp, tcb.end_seq);
    const fin = (tcb.tcp_flags & TCPHDR_FIN) !== 0;
    if (eaten === null) receive.push(skb);
    else kfree_skb_partial(cpu, skb, eaten.stolen);
    if (fin) {
      tcp_fin(cpu, sk);
      break;
    }
  }
  if (queue.length === 0) tp.ooo_last_skb = null;
}

/** All bytes of it are there, or it is superseded. @helper */
function dropMerged(cpu: Cpu, sk: sock, skb: sk_buff, condition: string): void {
  NET_INC_STATS(cpu, 'TCPOFOMerge');
  tcp_drop_reason(cpu, sk, skb, 'TCP_OFOMERGE', condition, segmentValues(sk, skb));
}

/** Puts the segment at its place. Null when it was joined to one before it or dropped: nothing is left to account for. @helper */
function insertOfo(cpu: Cpu, sk: sock, skb: sk_buff): sk_buff | null {
  const tp = sk.tcp!;
  const queue = tp.out_of_order_queue;
  const { seq, end_seq } = TCP_SKB_CB(skb);
  let joined = tcp_ooo_try_coalesce(cpu, sk, tp.ooo_last_skb!, skb);
  let at = queue.length;
  if (joined === null && before(seq, TCP_SKB_CB(tp.ooo_last_skb!).end_seq)) {
    at = seqPosition(queue, seq);
    const skb1 = queue[at]!;
    const one = TCP_SKB_CB(skb1);
    if (!before(seq, one.seq)) {
      if (!after(end_seq, one.end_seq)) {
        dropMerged(cpu, sk, skb, '!after(end_seq, TCP_SKB_CB(skb1)->end_seq)');
        tcp_dsack_set(cpu, sk, seq, end_seq);
        return null;
      }
      if (after(seq, one.seq)) {
        tcp_dsack_set(cpu, sk, seq, one.end_seq);
        at++;
      } else {
        queue.splice(at, 1);
        tcp_dsack_extend(cpu, sk, one.seq, one.end_seq);
        dropMerged(cpu, sk, skb1, 'skb covers skb1');
      }
    } else if (at > 0) {
      joined = tcp_ooo_try_coalesce(cpu, sk, queue[at - 1]!, skb);
    }
  }
  if (joined !== null) {
    if (tcp_is_sack(tp)) tcp_grow_window(cpu, sk, skb, true);
    kfree_skb_partial(cpu, skb, joined.stolen);
    return null;
  }
  queue.splice(at, 0, skb);
  removeCovered(cpu, sk, at, end_seq);
  return skb;
}

/** Segments behind position `at` that end before `end_seq` are superfluous. @helper */
function removeCovered(cpu: Cpu, sk: sock, at: number, end_seq: number): void {
  const tp = sk.tcp!;
  const queue = tp.out_of_order_queue;
  while (at + 1 < queue.length) {
    const skb1 = queue[at + 1]!;
    const one = TCP_SKB_CB(skb1);
    if (!after(end_seq, one.seq)) break;
    if (before(end_seq, one.end_seq)) {
      tcp_dsack_extend(cpu, sk, one.seq, end_seq);
      break;
    }
    queue.splice(at + 1, 1);
    tcp_dsack_extend(cpu, sk, one.seq, one.end_seq);
    dropMerged(cpu, sk, skb1, '!before(end_seq, TCP_SKB_CB(skb1)->end_seq)');
  }
  if (at + 1 === queue.length) tp.ooo_last_skb = queue[at]!;
}

/** A segment beyond a hole. */
export function tcp_data_queue_ofo(cpu: Cpu, sk: sock, skb: sk_buff): void {
  const tp = sk.tcp!;
  const { seq, end_seq } = TCP_SKB_CB(skb);
  tcp_data_ecn_check(cpu, sk, skb);
  if (tcp_try_rmem_schedule(cpu, sk, skb, skb.truesize) !== 0) {
    NET_INC_STATS(cpu, 'TCPOFODrop');
    skDataReady(cpu, sk);
    tcp_drop_reason(cpu, sk, skb, 'PROTO_MEM', 'tcp_try_rmem_schedule(sk, skb, skb->truesize)', {
      truesize: skb.truesize, sk_rmem_alloc: sk.sk_rmem_alloc, sk_rcvbuf: sk.sk_rcvbuf, ...memoryValues(sk),
    });
    return;
  }
  tcp_measure_rcv_mss(cpu, sk, skb);
  tp.pred_flags = 0;
  inet_csk_schedule_ack(sk.icsk!);
  tp.rcv_ooopack += Math.max(1, skb.shinfo.gso_segs);
  NET_INC_STATS(cpu, 'TCPOFOQueue');
  let queued: sk_buff | null = skb;
  if (tp.out_of_order_queue.length === 0) {
    if (tcp_is_sack(tp)) {
      tp.rx_opt.num_sacks = 1;
      tp.selective_acks[0]!.start_seq = seq;
      tp.selective_acks[0]!.end_seq = end_seq;
    }
    tp.out_of_order_queue.push(skb);
    tp.ooo_last_skb = skb;
  } else {
    queued = insertOfo(cpu, sk, skb);
    if (tcp_is_sack(tp)) tcp_sack_new_ofo_skb(cpu, sk, seq, end_seq);
  }
  if (queued !== null) {
    if (tcp_is_sack(tp)) tcp_grow_window(cpu, sk, skb, false);
    skb_condense(skb);
    skb_set_owner_r(cpu, skb, sk);
  }
  if (sk.sk_socket !== null) tcp_rcvbuf_grow(cpu, sk, tp.rcvq_space.space);
}
