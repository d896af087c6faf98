/** Cutting, trimming and joining skbs on the write and retransmission queues (net/ipv4/tcp_output.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { SKB_TRUESIZE } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  GSO_LEGACY_MAX_SIZE, TCPCB_LOST, TCPCB_SACKED_ACKED, TCPCB_SACKED_RETRANS, TCPHDR_FIN, TCPHDR_PSH, TCP_FRAG_IN_RTX_QUEUE, TCP_FRAG_IN_WRITE_QUEUE, before,
} from '../../../include/net/tcp.ts';
import { TCP_SKB_CB, createTcpSkbCb } from '../../../include/net/tcp_sock.ts';
import { tcp_is_reno } from '../../../include/net/tcp_inlines/congestion.ts';
import { rtxPosition, tcp_skb_can_collapse, tcp_skb_mss, tcp_skb_pcount } from '../../../include/net/tcp_inlines/queues.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { skb_unclone_keeptruesize } from '../../core/skbuff/clone.ts';
import { skb_shift, skb_split } from '../../core/skbuff/coalesce.ts';
import { createLineage } from '../../core/skbuff/lineage.ts';
import { sk_mem_charge, sk_mem_uncharge } from '../../core/sock.ts';
import { tcp_stream_alloc_skb } from '../tcp/alloc.ts';
import { tcp_wmem_free_skb } from '../tcp/queues.ts';
import { tcp_fragment_tstamp, tcp_has_tx_tstamp, tcp_skb_collapse_tstamp } from './tstamp.ts';
import { skb_zcopy_pure } from '../../core/skbuff/zerocopy.ts';

/** How many segments an skb makes at `mss_now`. */
export function tcp_set_skb_tso_segs(_cpu: Cpu, skb: sk_buff, mss_now: number): number {
  const tcb = TCP_SKB_CB(skb);
  if (skb.len <= mss_now) {
    tcb.tcp_gso_size = 0;
    tcb.tcp_gso_segs = 1;
    return 1;
  }
  tcb.tcp_gso_size = mss_now;
  tcb.tcp_gso_segs = Math.floor((skb.len + mss_now - 1) / mss_now);
  return tcb.tcp_gso_segs;
}

/** An skb that was sent makes `decr` segments fewer: the counts of what is outstanding follow. */
export function tcp_adjust_pcount(_cpu: Cpu, sk: sock, skb: sk_buff, decr: number): void {
  const tp = sk.tcp!;
  const sacked = TCP_SKB_CB(skb).sacked;
  tp.packets_out -= decr;
  if ((sacked & TCPCB_SACKED_ACKED) !== 0) tp.sacked_out -= decr;
  if ((sacked & TCPCB_SACKED_RETRANS) !== 0) tp.retrans_out -= decr;
  if ((sacked & TCPCB_LOST) !== 0) tp.lost_out -= decr;
  if (tcp_is_reno(tp) && decr > 0) tp.sacked_out -= Math.min(tp.sacked_out, decr);
}

/** Inserts `buff` behind `skb` in its queue. */
export function tcp_insert_write_queue_after(_cpu: Cpu, skb: sk_buff, buff: sk_buff, sk: sock, tcp_queue: number): void {
  if (tcp_queue === TCP_FRAG_IN_WRITE_QUEUE) sk.sk_write_queue.splice(sk.sk_write_queue.indexOf(skb) + 1, 0, buff);
  else sk.tcp_rtx_queue.splice(rtxPosition(sk, skb) + 1, 0, buff);
}

/** An empty skb for what follows `len` bytes of `skb`, with sequence numbers, flags and memory divided. @helper */
function splitOff(cpu: Cpu, sk: sock, skb: sk_buff, len: number): sk_buff | null {
  const buff = tcp_stream_alloc_skb(cpu, sk, true, skb.lineage);
  if (buff === null) return null;
  const nlen = skb.len - len;
  const tcb = TCP_SKB_CB(skb);
  sk.sk_wmem_queued += buff.truesize;
  sk_mem_charge(sk, buff.truesize);
  buff.truesize += nlen;
  skb.truesize -= nlen;
  const cut = (tcb.seq + len) >>> 0;
  const rest = createTcpSkbCb(cut, tcb.end_seq, tcb.tcp_flags);
  buff.cb = rest;
  tcb.end_seq = cut;
  tcb.tcp_flags &= ~(TCPHDR_FIN | TCPHDR_PSH);
  rest.eor = tcb.eor;
  tcb.eor = false;
  return buff;
}

/** The two pieces come from the one skb that was written. @helper */
function divideLineage(cpu: Cpu, skb: sk_buff, buff: sk_buff, len: number): void {
  const whole = skb.lineage;
  buff.lineage = createLineage(cpu, 'segment', buff.id, [whole], whole.offset + len, whole.length - len);
  skb.lineage = createLineage(cpu, 'segment', skb.id, [whole], whole.offset, len);
}

/** Cuts an skb in two, wherever it is. 0, or a negative errno when the queue has grown too large already (CVE-2019-11478). */
export function tcp_fragment(cpu: Cpu, sk: sock, tcp_queue: number, skb: sk_buff, len: number, mss_now: number): number {
  const rtx = sk.tcp_rtx_queue;
  const limit = sk.sk_sndbuf + 2 * SKB_TRUESIZE(GSO_LEGACY_MAX_SIZE);
  if (sk.sk_wmem_queued / 2 > limit && tcp_queue !== TCP_FRAG_IN_WRITE_QUEUE && skb !== rtx[0] && skb !== rtx[rtx.length - 1]) {
    NET_INC_STATS(cpu, 'TCPWqueueTooBig');
    return -12;
  }
  skb_unclone_keeptruesize(cpu, skb);
  const buff = splitOff(cpu, sk, skb, len);
  if (buff === null) return -12;
  const tcb = TCP_SKB_CB(skb);
  const rest = TCP_SKB_CB(buff);
  rest.sacked = tcb.sacked;
  divideLineage(cpu, skb, buff, len);
  skb_split(skb, buff, len);
  buff.tstamp = skb.tstamp;
  buff.skb_mstamp_ns = skb.skb_mstamp_ns;
  if (tcp_has_tx_tstamp(skb)) tcp_fragment_tstamp(cpu, skb, buff);
  const old_factor = tcb.tcp_gso_segs;
  tcp_set_skb_tso_segs(cpu, skb, mss_now);
  tcp_set_skb_tso_segs(cpu, buff, mss_now);
  rest.tx = tcb.tx;
  if (!before(sk.tcp!.snd_nxt, rest.end_seq)) {
    const diff = old_factor - tcb.tcp_gso_segs - rest.tcp_gso_segs;
    if (diff !== 0) tcp_adjust_pcount(cpu, sk, skb, diff);
  }
  tcp_insert_write_queue_after(cpu, skb, buff, sk, tcp_queue);
  return 0;
}

/** Cuts an skb of the write queue that was never sent. */
export function tso_fragment(cpu: Cpu, sk: sock, skb: sk_buff, len: number, mss_now: number): number {
  const buff = splitOff(cpu, sk, skb, len);
  if (buff === null) return -12;
  divideLineage(cpu, skb, buff, len);
  skb_split(skb, buff, len);
  if (tcp_has_tx_tstamp(skb)) tcp_fragment_tstamp(cpu, skb, buff);
  tcp_set_skb_tso_segs(cpu, skb, mss_now);
  tcp_set_skb_tso_segs(cpu, buff, mss_now);
  tcp_insert_write_queue_after(cpu, skb, buff, sk, TCP_FRAG_IN_WRITE_QUEUE);
  return 0;
}

/** Forgets the first `len` bytes of paged data. */
export function __pskb_trim_head(_cpu: Cpu, skb: sk_buff, len: number): number {
  const frags = skb.shinfo.frags;
  let eat = len;
  let whole = 0;
  while (whole < frags.length && frags[whole]!.size <= eat) eat -= frags[whole++]!.size;
  if (whole > 0) frags.splice(0, whole);
  if (eat > 0) {
    const frag = frags[0]!;
    frag.offset += eat;
    frag.size -= eat;
  }
  skb.data_len -= len;
  skb.len = skb.data_len;
  return len;
}

/** The first `len` bytes were acknowledged. */
export function tcp_trim_head(cpu: Cpu, sk: sock, skb: sk_buff, len: number): number {
  skb_unclone_keeptruesize(cpu, skb);
  const delta_truesize = __pskb_trim_head(cpu, skb, len);
  const tcb = TCP_SKB_CB(skb);
  tcb.seq = (tcb.seq + len) >>> 0;
  const whole = skb.lineage;
  skb.lineage = createLineage(cpu, 'segment', skb.id, [whole], whole.offset + len, whole.length - len);
  skb.truesize -= delta_truesize;
  sk.sk_wmem_queued -= delta_truesize;
  if (!skb_zcopy_pure(skb)) sk_mem_uncharge(cpu, sk, delta_truesize);
  if (tcp_skb_pcount(skb) > 1) tcp_set_skb_tso_segs(cpu, skb, tcp_skb_mss(skb));
  return 0;
}

/** All of `src` has moved to `dst`, the one before it on the write queue. */
export function tcp_eat_one_skb(cpu: Cpu, sk: sock, dst: sk_buff, src: sk_buff): void {
  const to = TCP_SKB_CB(dst);
  const from = TCP_SKB_CB(src);
  to.tcp_flags |= from.tcp_flags;
  to.eor = from.eor;
  if (tcp_has_tx_tstamp(src)) tcp_skb_collapse_tstamp(cpu, dst, src);
  sk.sk_write_queue.splice(sk.sk_write_queue.indexOf(src), 1);
  tcp_wmem_free_skb(cpu, sk, src);
}

/** The first skb of the write queue is smaller than could be sent: bytes of the second fill it up. */
export function tcp_grow_skb(cpu: Cpu, sk: sock, skb: sk_buff, amount: number): void {
  const next_skb = sk.sk_write_queue[1];
  if (next_skb === undefined || !tcp_skb_can_collapse(skb, next_skb)) return;
  const nlen = Math.min(amount, next_skb.len);
  if (nlen === 0 || skb_shift(cpu, skb, next_skb, nlen) === 0) return;
  const tcb = TCP_SKB_CB(skb);
  const next = TCP_SKB_CB(next_skb);
  skb.lineage = createLineage(cpu, 'merged', skb.id, [skb.lineage, next_skb.lineage], skb.lineage.offset, skb.len);
  tcb.end_seq = (tcb.end_seq + nlen) >>> 0;
  next.seq = (next.seq + nlen) >>> 0;
  if (next_skb.len === 0) {
    tcb.end_seq = next.end_seq;
    tcp_eat_one_skb(cpu, sk, skb, next_skb);
  }
}

export { TCP_FRAG_IN_RTX_QUEUE, TCP_FRAG_IN_WRITE_QUEUE };
