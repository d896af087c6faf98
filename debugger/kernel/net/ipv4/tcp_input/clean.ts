/** What an ACK covers leaves the retransmission queue (net/ipv4/tcp_input.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { SCM_TSTAMP_ACK } from '../../../include/linux/net_tstamp.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  FLAG_ACKED, FLAG_ACK_MAYBE_DELAYED, FLAG_CA_ALERT, FLAG_DATA_ACKED, FLAG_ORIG_SACK_ACKED, FLAG_RETRANS_DATA_ACKED, FLAG_SACK_RENEGING, FLAG_SET_XMIT_TIMER,
  FLAG_SYN_ACKED, TCPCB_LOST, TCPCB_RETRANS, TCPCB_SACKED_ACKED, TCPCB_SACKED_RETRANS, TCPHDR_SYN, TCP_CHRONO_BUSY, after, before, between,
} from '../../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import type { tcp_sock } from '../../../include/net/tcp_sock.ts';
import { tcp_skb_timestamp_ts, tcp_skb_timestamp_us, tcp_stamp_us_delta } from '../../../include/net/tcp_inlines/clock.ts';
import { tcp_is_reno, tcp_is_sack, tcp_packets_in_flight } from '../../../include/net/tcp_inlines/congestion.ts';
import { tcp_highest_sack_replace, tcp_skb_pcount } from '../../../include/net/tcp_inlines/queues.ts';
import { __skb_tstamp_tx } from '../../core/skbuff/tstamp.ts';
import { caOps } from '../tcp_cong.ts';
import { tcp_rack_advance } from '../tcp_recovery.ts';
import { tcp_rate_skb_delivered } from '../tcp_rate.ts';
import { tcp_rtx_queue_unlink_and_free } from '../tcp/queues.ts';
import { tcp_chrono_stop } from '../tcp_output/chrono.ts';
import { tcp_trim_head } from '../tcp_output/fragment.ts';
import { tcp_mtup_probe_success } from './cwnd.ts';
import { tcp_count_delivered, tcp_remove_reno_sacks } from './reno.ts';
import { tcp_ack_update_rtt } from './rtt.ts';
import { tcp_check_sack_reordering } from './sack.ts';
import type { tcp_sacktag_state } from './sack_state.ts';
import { tcp_tsopt_ecr_before } from './undo.ts';

/** A part of a large skb is acknowledged: whole segments of it leave. Answers how many. */
function tcp_tso_acked(cpu: Cpu, sk: sock, skb: sk_buff): number {
  const before_ = tcp_skb_pcount(skb);
  if (tcp_trim_head(cpu, sk, skb, (sk.tcp!.snd_una - TCP_SKB_CB(skb).seq) >>> 0) !== 0) return 0;
  return before_ - tcp_skb_pcount(skb);
}

/** The ACK answers the original and not the retransmission of this skb. */
function tcp_skb_spurious_retrans(cpu: Cpu, tp: tcp_sock, skb: sk_buff): boolean {
  return (TCP_SKB_CB(skb).sacked & TCPCB_RETRANS) !== 0 && tcp_tsopt_ecr_before(cpu, tp, tcp_skb_timestamp_ts(skb));
}

/** The byte that a stamp was asked for is acknowledged. */
function tcp_ack_tstamp(cpu: Cpu, sk: sock, skb: sk_buff, ack_skb: sk_buff, prior_snd_una: number): void {
  const { tskey } = skb.shinfo;
  if (!before(tskey, prior_snd_una) && before(tskey, sk.tcp!.snd_una)) __skb_tstamp_tx(cpu, skb, ack_skb, 0, sk, SCM_TSTAMP_ACK);
}

/** Answers FLAG_*. */
export function tcp_clean_rtx_queue(
  cpu: Cpu, sk: sock, ack_skb: sk_buff, prior_fack: number, prior_snd_una: number, sack: tcp_sacktag_state, ece_ack: boolean,
): number {
  const tp = sk.tcp!;
  const queue = sk.tcp_rtx_queue;
  const prior_sacked = tp.sacked_out;
  let first_ackt = 0;
  let last_ackt = 0;
  let reord = tp.snd_nxt;
  let fully_acked = true;
  let pkts_acked = 0;
  let flag = 0;
  while (queue.length > 0) {
    const skb = queue[0]!;
    const scb = TCP_SKB_CB(skb);
    const start_seq = scb.seq;
    const sacked = scb.sacked;
    let acked_pcount = tcp_skb_pcount(skb);
    if (after(scb.end_seq, tp.snd_una)) {
      if (acked_pcount === 1 || !after(tp.snd_una, scb.seq)) break;
      acked_pcount = tcp_tso_acked(cpu, sk, skb);
      if (acked_pcount === 0) break;
      fully_acked = false;
    }
    if ((sacked & TCPCB_RETRANS) !== 0) {
      if ((sacked & TCPCB_SACKED_RETRANS) !== 0) tp.retrans_out -= acked_pcount;
      flag |= FLAG_RETRANS_DATA_ACKED;
    } else if ((sacked & TCPCB_SACKED_ACKED) === 0) {
      last_ackt = tcp_skb_timestamp_us(skb);
      if (first_ackt === 0) first_ackt = last_ackt;
      if (before(start_seq, reord)) reord = start_seq;
      if (!after(scb.end_seq, tp.high_seq)) flag |= FLAG_ORIG_SACK_ACKED;
    }
    if ((sacked & TCPCB_SACKED_ACKED) !== 0) {
      tp.sacked_out -= acked_pcount;
      sack.delivered_bytes -= skb.len;
    } else if (tcp_is_sack(tp)) {
      tcp_count_delivered(cpu, tp, acked_pcount, ece_ack);
      if (!tcp_skb_spurious_retrans(cpu, tp, skb)) tcp_rack_advance(cpu, tp, sacked, scb.end_seq, tcp_skb_timestamp_us(skb));
    }
    if ((sacked & TCPCB_LOST) !== 0) tp.lost_out -= acked_pcount;
    tp.packets_out -= acked_pcount;
    pkts_acked += acked_pcount;
    tcp_rate_skb_delivered(cpu, sk, skb, sack.rate);
    if ((scb.tcp_flags & TCPHDR_SYN) === 0) {
      flag |= FLAG_DATA_ACKED;
    } else {
      flag |= FLAG_SYN_ACKED;
      tp.retrans_stamp = 0;
    }
    if (!fully_acked) break;
    if (scb.txstamp_ack) tcp_ack_tstamp(cpu, sk, skb, ack_skb, prior_snd_una);
    if (skb === tp.retransmit_skb_hint) tp.retransmit_skb_hint = null;
    tcp_highest_sack_replace(sk, skb, queue.length > 1 ? queue[1]! : null);
    tcp_rtx_queue_unlink_and_free(cpu, skb, sk);
  }
  if (queue.length === 0) tcp_chrono_stop(cpu, sk, TCP_CHRONO_BUSY);
  if (between(tp.snd_up, prior_snd_una, tp.snd_una)) tp.snd_up = tp.snd_una;
  if (queue.length > 0) {
    const scb = TCP_SKB_CB(queue[0]!);
    if (scb.txstamp_ack) tcp_ack_tstamp(cpu, sk, queue[0]!, ack_skb, prior_snd_una);
    if ((scb.sacked & TCPCB_SACKED_ACKED) !== 0) flag |= FLAG_SACK_RENEGING;
  }
  return measureAcked(cpu, sk, prior_fack, prior_snd_una, sack, ece_ack, flag, first_ackt, last_ackt, reord, fully_acked, pkts_acked, prior_sacked);
}

/** Round trip, reordering and congestion control learn from what was acknowledged. Answers FLAG_*. @helper */
function measureAcked(
  cpu: Cpu, sk: sock, prior_fack: number, prior_snd_una: number, sack: tcp_sacktag_state, ece_ack: boolean, flags: number, first_ackt: number, last_ackt: number,
  reord: number, fully_acked: boolean, pkts_acked: number, prior_sacked: number,
): number {
  const tp = sk.tcp!;
  const mtup = sk.icsk!.icsk_mtup;
  let flag = flags;
  let seq_rtt_us = -1;
  let sack_rtt_us = -1;
  let ca_rtt_us = -1;
  if (first_ackt !== 0 && (flag & FLAG_RETRANS_DATA_ACKED) === 0) {
    seq_rtt_us = tcp_stamp_us_delta(tp.tcp_mstamp, first_ackt);
    ca_rtt_us = tcp_stamp_us_delta(tp.tcp_mstamp, last_ackt);
    if (pkts_acked === 1 && fully_acked && prior_sacked === 0 && (tp.snd_una - prior_snd_una) >>> 0 < tp.mss_cache
      && sack.rate.prior_delivered + 1 === tp.delivered && (flag & (FLAG_CA_ALERT | FLAG_SYN_ACKED)) === 0) flag |= FLAG_ACK_MAYBE_DELAYED;
  }
  if (sack.first_sackt !== 0) {
    sack_rtt_us = tcp_stamp_us_delta(tp.tcp_mstamp, sack.first_sackt);
    ca_rtt_us = tcp_stamp_us_delta(tp.tcp_mstamp, sack.last_sackt);
  }
  const rtt_update = tcp_ack_update_rtt(cpu, sk, flag, seq_rtt_us, sack_rtt_us, ca_rtt_us, sack.rate);
  const head = sk.tcp_rtx_queue[0];
  if ((flag & FLAG_ACKED) !== 0) {
    flag |= FLAG_SET_XMIT_TIMER;
    if (mtup.probe_size !== 0 && !after(tp.mtu_probe.probe_seq_end, tp.snd_una)) tcp_mtup_probe_success(cpu, sk);
    if (tcp_is_reno(tp)) {
      tcp_remove_reno_sacks(cpu, sk, pkts_acked, ece_ack);
      if ((flag & FLAG_RETRANS_DATA_ACKED) !== 0) flag &= ~FLAG_ORIG_SACK_ACKED;
    } else if (before(reord, prior_fack)) {
      tcp_check_sack_reordering(cpu, sk, reord, false);
    }
    sack.delivered_bytes = ((head === undefined ? tp.snd_una : TCP_SKB_CB(head).seq) - prior_snd_una) >>> 0;
  } else if (head !== undefined && rtt_update && sack_rtt_us >= 0 && sack_rtt_us > tcp_stamp_us_delta(tp.tcp_mstamp, tcp_skb_timestamp_us(head))) {
    flag |= FLAG_SET_XMIT_TIMER;
  }
  const pkts_acked_op = caOps(sk).pkts_acked;
  if (pkts_acked_op !== null) pkts_acked_op(cpu, sk, { pkts_acked, rtt_us: sack.rate.rtt_us, in_flight: tcp_packets_in_flight(tp) });
  return flag;
}
