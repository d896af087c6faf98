/** Delivery rate samples (net/ipv4/tcp_rate.c, tcp_input.c in 7.x). */
import type { Cpu } from '../../../machine/types.ts';
import { SKB_TRUESIZE } from '../../include/linux/skbuff.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import type { sock } from '../../include/net/sock.ts';
import { TCPCB_RETRANS, TCPCB_SACKED_ACKED, after } from '../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../include/net/tcp_sock.ts';
import { tcp_skb_timestamp_us, tcp_stamp_us_delta } from '../../include/net/tcp_inlines/clock.ts';
import { tcp_min_rtt, tcp_packets_in_flight } from '../../include/net/tcp_inlines/congestion.ts';
import { layOut } from '../../../machine/wide_fields.ts';

/** struct rate_sample: what one ACK says of the rate. */
export interface rate_sample {
  prior_mstamp: number; prior_delivered: number; prior_delivered_ce: number; delivered: number; delivered_ce: number; interval_us: number;
  snd_interval_us: number; rcv_interval_us: number; rtt_us: number; losses: number; acked_sacked: number; prior_in_flight: number; last_end_seq: number;
  is_app_limited: boolean; is_retrans: boolean; is_ack_delayed: boolean;
}

export function createRateSample(): rate_sample {
  return {
    prior_mstamp: 0, prior_delivered: 0, prior_delivered_ce: 0, delivered: 0, delivered_ce: 0, interval_us: 0, snd_interval_us: 0, rcv_interval_us: 0,
    rtt_us: 0, losses: 0, acked_sacked: 0, prior_in_flight: 0, last_end_seq: 0, is_app_limited: false, is_retrans: false, is_ack_delayed: false,
  };
}

layOut(createRateSample(), 'last_end_seq');

/** @helper Sent later; at the same moment the later sequence number decides. */
export function tcp_skb_sent_after(t1: number, t2: number, seq1: number, seq2: number): boolean {
  return t1 > t2 || (t1 === t2 && after(seq1, seq2));
}

/** An skb was acknowledged or SACKed: the latest sent of an ACK's skbs makes the sample. */
export function tcp_rate_skb_delivered(_cpu: Cpu, sk: sock, skb: sk_buff, rs: rate_sample): void {
  const tp = sk.tcp!;
  const scb = TCP_SKB_CB(skb);
  const tx = scb.tx;
  if (tx === null || tx.delivered_mstamp === 0) return;
  const tx_tstamp = tcp_skb_timestamp_us(skb);
  if (rs.prior_delivered === 0 || tcp_skb_sent_after(tx_tstamp, tp.first_tx_mstamp, scb.end_seq, rs.last_end_seq)) {
    rs.prior_delivered_ce = tx.delivered_ce;
    rs.prior_delivered = tx.delivered;
    rs.prior_mstamp = tx.delivered_mstamp;
    rs.is_app_limited = tx.is_app_limited;
    rs.is_retrans = (scb.sacked & TCPCB_RETRANS) !== 0;
    rs.last_end_seq = scb.end_seq;
    tp.first_tx_mstamp = tx_tstamp;
    rs.interval_us = tcp_stamp_us_delta(tp.first_tx_mstamp, tx.first_tx_mstamp);
  }
  if ((scb.sacked & TCPCB_SACKED_ACKED) !== 0) scb.tx = null;
}

/** Completes the sample of an ACK. */
export function tcp_rate_gen(_cpu: Cpu, sk: sock, delivered: number, lost: number, is_sack_reneg: boolean, rs: rate_sample): void {
  const tp = sk.tcp!;
  if (tp.app_limited !== 0 && tp.delivered > tp.app_limited) tp.app_limited = 0;
  if (delivered !== 0) tp.delivered_mstamp = tp.tcp_mstamp;
  rs.acked_sacked = delivered;
  rs.losses = lost;
  if (rs.prior_mstamp === 0 || is_sack_reneg) {
    rs.delivered = -1;
    rs.interval_us = -1;
    return;
  }
  rs.delivered = tp.delivered - rs.prior_delivered;
  rs.delivered_ce = tp.delivered_ce - rs.prior_delivered_ce;
  const snd_us = rs.interval_us;
  const ack_us = tcp_stamp_us_delta(tp.tcp_mstamp, rs.prior_mstamp);
  rs.interval_us = Math.max(snd_us, ack_us);
  rs.snd_interval_us = snd_us;
  rs.rcv_interval_us = ack_us;
  if (rs.interval_us < tcp_min_rtt(tp)) {
    rs.interval_us = -1;
    return;
  }
  if (!rs.is_app_limited || rs.delivered * tp.rate_interval_us >= tp.rate_delivered * rs.interval_us) {
    tp.rate_delivered = rs.delivered;
    tp.rate_interval_us = rs.interval_us;
    tp.rate_app_limited = rs.is_app_limited;
  }
}

/** The application has let the connection run dry: samples say nothing about the path until these segments are acknowledged. */
export function tcp_rate_check_app_limited(_cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  if ((tp.write_seq - tp.snd_nxt) >>> 0 < tp.mss_cache && sk.sk_wmem_alloc - 1 < SKB_TRUESIZE(1)
    && tcp_packets_in_flight(tp) < tp.snd_cwnd && tp.lost_out <= tp.retrans_out) {
    tp.app_limited = tp.delivered + tcp_packets_in_flight(tp) || 1;
  }
}
