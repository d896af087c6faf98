/** The write queue, the retransmission queue and the marks in them (include/net/tcp.h). */
import { SKBFL_PURE_ZEROCOPY } from '../../linux/skbuff.ts';
import type { sk_buff } from '../../linux/skbuff.ts';
import type { sock } from '../sock.ts';
import { after } from '../tcp.ts';
import { TCP_SKB_CB } from '../tcp_sock.ts';
import type { tcp_sock } from '../tcp_sock.ts';

/** Segments that an skb makes. @helper */
export function tcp_skb_pcount(skb: sk_buff): number {
  return TCP_SKB_CB(skb).tcp_gso_segs;
}

/** @helper */
export function tcp_skb_mss(skb: sk_buff): number {
  return TCP_SKB_CB(skb).tcp_gso_size;
}

/** @helper */
export function tcp_send_head(sk: sock): sk_buff | null {
  return sk.sk_write_queue.length > 0 ? sk.sk_write_queue[0]! : null;
}

/** @helper */
export function tcp_write_queue_tail(sk: sock): sk_buff | null {
  const queue = sk.sk_write_queue;
  return queue.length > 0 ? queue[queue.length - 1]! : null;
}

/** @helper */
export function tcp_write_queue_empty(sk: sock): boolean {
  return sk.tcp!.write_seq === sk.tcp!.snd_nxt;
}

/** @helper */
export function tcp_rtx_queue_head(sk: sock): sk_buff | null {
  return sk.tcp_rtx_queue.length > 0 ? sk.tcp_rtx_queue[0]! : null;
}

/** @helper */
export function tcp_rtx_queue_empty(sk: sock): boolean {
  return sk.tcp_rtx_queue.length === 0;
}

/** @helper */
export function tcp_rtx_and_write_queues_empty(sk: sock): boolean {
  return sk.tcp_rtx_queue.length === 0 && tcp_write_queue_empty(sk);
}

/** Position of the first skb in a queue ordered by sequence number that does not end at or before `seq`. @helper */
export function seqPosition(queue: readonly sk_buff[], seq: number): number {
  let low = 0;
  let high = queue.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (after((queue[middle]!.cb as { end_seq: number }).end_seq, seq)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Position of an skb that is in the retransmission queue. @helper */
export function rtxPosition(sk: sock, skb: sk_buff): number {
  const queue = sk.tcp_rtx_queue;
  if (queue[0] === skb) return 0;
  const at = seqPosition(queue, TCP_SKB_CB(skb).seq);
  return queue[at] === skb ? at : queue.indexOf(skb);
}

/** @helper */
export function skb_rb_next(sk: sock, skb: sk_buff): sk_buff | null {
  return sk.tcp_rtx_queue[rtxPosition(sk, skb) + 1] ?? null;
}

/** @helper */
export function tcp_highest_sack_seq(tp: tcp_sock): number {
  if (tp.sacked_out === 0) return tp.snd_una;
  if (tp.highest_sack === null) return tp.snd_nxt;
  return TCP_SKB_CB(tp.highest_sack).seq;
}

/** @helper */
export function tcp_advance_highest_sack(sk: sock, skb: sk_buff): void {
  sk.tcp!.highest_sack = skb_rb_next(sk, skb);
}

/** @helper */
export function tcp_highest_sack_replace(sk: sock, old: sk_buff, replacement: sk_buff | null): void {
  if (old === sk.tcp!.highest_sack) sk.tcp!.highest_sack = replacement;
}

/** @helper */
export function tcp_clear_all_retrans_hints(tp: tcp_sock): void {
  tp.retransmit_skb_hint = null;
}

/** Appending to an skb on the write queue is allowed. @helper */
export function tcp_skb_can_collapse_to(skb: sk_buff): boolean {
  return !TCP_SKB_CB(skb).eor;
}

/** @helper */
export function tcp_skb_can_collapse(to: sk_buff, from: sk_buff): boolean {
  return !TCP_SKB_CB(to).eor && to.decrypted === from.decrypted && (to.shinfo.flags & SKBFL_PURE_ZEROCOPY) === (from.shinfo.flags & SKBFL_PURE_ZEROCOPY);
}

/** @helper */
export function tcp_notsent_lowat(sk: sock): number {
  return sk.tcp!.notsent_lowat || sk.host.knobs.sysctl_tcp_notsent_lowat!;
}
