/** Neighbours that are SACKed become one skb: fewer to look at with each ACK (net/ipv4/tcp_input.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  TCPCB_EVER_RETRANS, TCPCB_LOST, TCPCB_SACKED_ACKED, TCPCB_SACKED_RETRANS, TCPCB_TAGBITS, TCPHDR_FIN, TCP_MIN_GSO_SIZE, after, before,
} from '../../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import { tcp_skb_timestamp_us } from '../../../include/net/tcp_inlines/clock.ts';
import {
  rtxPosition, skb_rb_next, tcp_advance_highest_sack, tcp_skb_can_collapse, tcp_skb_mss, tcp_skb_pcount,
} from '../../../include/net/tcp_inlines/queues.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { skb_shift } from '../../core/skbuff/coalesce.ts';
import { skb_headlen } from '../../core/skbuff/data.ts';
import { mergeLineage } from '../../core/skbuff/lineage.ts';
import { tcp_rtx_queue_unlink_and_free } from '../tcp/queues.ts';
import { tcp_has_tx_tstamp, tcp_skb_collapse_tstamp } from '../tcp_output/tstamp.ts';
import { tcp_rate_skb_delivered } from '../tcp_rate.ts';
import { tcp_sacktag_one } from './sack_one.ts';
import type { tcp_sacktag_state } from './sack_state.ts';

function tcp_skb_seglen(_cpu: Cpu, skb: sk_buff): number {
  return tcp_skb_pcount(skb) === 1 ? skb.len : tcp_skb_mss(skb);
}

function skb_can_shift(_cpu: Cpu, skb: sk_buff): boolean {
  return skb_headlen(skb) === 0 && skb.data_len !== 0;
}

/** Moves `shiftlen` bytes, `pcount` segments, within the limits of one skb. */
export function tcp_skb_shift(cpu: Cpu, to: sk_buff, from: sk_buff, pcount: number, shiftlen: number): number {
  if (to.len + shiftlen >= 65535 * TCP_MIN_GSO_SIZE) return 0;
  if (tcp_skb_pcount(to) + pcount > 65535) return 0;
  return skb_shift(cpu, to, from, shiftlen);
}

/** Bytes of `skb` have moved to `prev`; true when nothing is left of it. */
function tcp_shifted_skb(cpu: Cpu, sk: sock, prev: sk_buff, skb: sk_buff, state: tcp_sacktag_state, pcount: number, shifted: number, mss: number, dup_sack: boolean): boolean {
  const tp = sk.tcp!;
  const to = TCP_SKB_CB(prev);
  const from = TCP_SKB_CB(skb);
  tcp_sacktag_one(cpu, sk, state, from.sacked, from.seq, (from.seq + shifted) >>> 0, dup_sack, pcount, tcp_skb_timestamp_us(skb));
  tcp_rate_skb_delivered(cpu, sk, skb, state.rate);
  mergeLineage(cpu, prev, skb);
  to.end_seq = (to.end_seq + shifted) >>> 0;
  from.seq = (from.seq + shifted) >>> 0;
  to.tcp_gso_segs += pcount;
  from.tcp_gso_segs -= pcount;
  if (to.tcp_gso_size === 0) to.tcp_gso_size = mss;
  if (from.tcp_gso_segs <= 1) from.tcp_gso_size = 0;
  to.sacked |= from.sacked & TCPCB_EVER_RETRANS;
  if (skb.len > 0) {
    NET_INC_STATS(cpu, 'TCPSackShifted');
    return false;
  }
  if (skb === tp.retransmit_skb_hint) tp.retransmit_skb_hint = prev;
  to.tcp_flags |= from.tcp_flags;
  to.eor = from.eor;
  if ((from.tcp_flags & TCPHDR_FIN) !== 0) to.end_seq = (to.end_seq + 1) >>> 0;
  if (skb === tp.highest_sack) tcp_advance_highest_sack(sk, skb);
  if (tcp_has_tx_tstamp(skb)) tcp_skb_collapse_tstamp(cpu, prev, skb);
  to.tx = null;
  tcp_rtx_queue_unlink_and_free(cpu, skb, sk);
  NET_INC_STATS(cpu, 'TCPSackMerged');
  return true;
}

/** Segments and bytes of `skb` that the block covers from its front; null: none that can be shifted, 0 segments: nothing to do. @helper */
function shiftable(cpu: Cpu, prev: sk_buff, skb: sk_buff, start_seq: number, end_seq: number): { pcount: number; len: number; mss: number } | null {
  const tcb = TCP_SKB_CB(skb);
  if (!after(start_seq, tcb.seq) && !before(end_seq, tcb.end_seq)) {
    const mss = tcp_skb_seglen(cpu, skb);
    return mss === tcp_skb_seglen(cpu, prev) ? { pcount: tcp_skb_pcount(skb), len: skb.len, mss } : null;
  }
  if (!after(end_seq, tcb.seq) || tcp_skb_pcount(skb) <= 1) return { pcount: 0, len: 0, mss: 0 };
  if (after(start_seq, tcb.seq)) return null;
  const mss = tcp_skb_mss(skb);
  if (mss !== tcp_skb_seglen(cpu, prev)) return null;
  const pcount = Math.floor(((end_seq - tcb.seq) >>> 0) / mss);
  return { pcount, len: pcount * mss, mss };
}

/** Tags what the block covers of `skb` by moving it to the SACKed skb before it. That one; `skb`: nothing to do; null: tag it where it is. */
export function tcp_shift_skb_data(cpu: Cpu, sk: sock, skb: sk_buff, state: tcp_sacktag_state, start_seq: number, end_seq: number, dup_sack: boolean): sk_buff | null {
  const tp = sk.tcp!;
  const tcb = TCP_SKB_CB(skb);
  const prev = prevToShift(cpu, sk, skb, dup_sack);
  const part = prev === null ? null : shiftable(cpu, prev, skb, start_seq, end_seq);
  if (prev !== null && part !== null && part.pcount === 0) return skb;
  if (prev === null || part === null || !after((tcb.seq + part.len) >>> 0, tp.snd_una) || tcp_skb_shift(cpu, prev, skb, part.pcount, part.len) === 0) {
    NET_INC_STATS(cpu, 'TCPSackShiftFallback');
    return null;
  }
  if (!tcp_shifted_skb(cpu, sk, prev, skb, state, part.pcount, part.len, part.mss, dup_sack)) return prev;
  const next = skb_rb_next(sk, prev);
  if (next === null || !skb_can_shift(cpu, next) || (TCP_SKB_CB(next).sacked & TCPCB_TAGBITS) !== TCPCB_SACKED_ACKED) return prev;
  if (part.mss !== tcp_skb_seglen(cpu, next) || !tcp_skb_can_collapse(prev, next)) return prev;
  const pcount = tcp_skb_pcount(next);
  const len = next.len;
  if (tcp_skb_shift(cpu, prev, next, pcount, len) !== 0) tcp_shifted_skb(cpu, sk, prev, next, state, pcount, len, part.mss, false);
  return prev;
}

/** The skb before, if it is SACKed and may take more. @helper */
function prevToShift(cpu: Cpu, sk: sock, skb: sk_buff, dup_sack: boolean): sk_buff | null {
  const tcb = TCP_SKB_CB(skb);
  if (!dup_sack && (tcb.sacked & (TCPCB_LOST | TCPCB_SACKED_RETRANS)) === TCPCB_SACKED_RETRANS) return null;
  if (!skb_can_shift(cpu, skb) || !after(tcb.end_seq, sk.tcp!.snd_una)) return null;
  const prev = sk.tcp_rtx_queue[rtxPosition(sk, skb) - 1];
  if (prev === undefined || (TCP_SKB_CB(prev).sacked & TCPCB_TAGBITS) !== TCPCB_SACKED_ACKED) return null;
  return tcp_skb_can_collapse(prev, skb) ? prev : null;
}
