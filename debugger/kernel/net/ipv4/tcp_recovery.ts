/** Loss detection by time: RACK (RFC 8985; net/ipv4/tcp_recovery.c), and by counting where the peer has no SACK. */
import type { Cpu } from '../../../machine/types.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import type { sock } from '../../include/net/sock.ts';
import {
  ICSK_TIME_REO_TIMEOUT, ICSK_TIME_RETRANS, TCPCB_LOST, TCPCB_RETRANS, TCPCB_SACKED_ACKED, TCPCB_SACKED_RETRANS, TCP_CA_Recovery, TCP_FRAG_IN_RTX_QUEUE,
  TCP_RACK_NO_DUPTHRESH, TCP_RACK_RECOVERY_THRESH, TCP_RACK_STATIC_REO_WND, TCP_TIMEOUT_MIN_US,
} from '../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../include/net/tcp_sock.ts';
import type { tcp_sock } from '../../include/net/tcp_sock.ts';
import { tcp_skb_timestamp_us, tcp_stamp_us_delta } from '../../include/net/tcp_inlines/clock.ts';
import { tcp_min_rtt, tcp_packets_in_flight } from '../../include/net/tcp_inlines/congestion.ts';
import { tcp_rtx_queue_head, tcp_skb_mss, tcp_skb_pcount } from '../../include/net/tcp_inlines/queues.ts';
import { usecs_to_jiffies } from '../../kernel/time/timer.ts';
import { tcp_reset_xmit_timer } from './inet_connection_sock/timers.ts';
import { tcp_cwnd_reduction, tcp_enter_recovery } from './tcp_input/cwnd.ts';
import { tcp_mark_skb_lost } from './tcp_input/loss.ts';
import { tcp_rearm_rto } from './tcp_input/timers.ts';
import { tcp_fragment } from './tcp_output/fragment.ts';
import { tcp_xmit_retransmit_queue } from './tcp_output/retransmit.ts';
import { tcp_skb_sent_after } from './tcp_rate.ts';
import type { rate_sample } from './tcp_rate.ts';

/** How much later than its successors a segment may arrive before it counts as lost. */
export function tcp_rack_reo_wnd(cpu: Cpu, sk: sock): number {
  const tp = sk.tcp!;
  if (tp.reord_seen === 0) {
    if (sk.icsk!.icsk_ca_state >= TCP_CA_Recovery) return 0;
    if (tp.sacked_out >= tp.reordering && (cpu.host.knobs.sysctl_tcp_recovery! & TCP_RACK_NO_DUPTHRESH) === 0) return 0;
  }
  return Math.min((tcp_min_rtt(tp) >> 2) * tp.rack.reo_wnd_steps, tp.srtt_us >> 3);
}

/** us until a segment counts as lost; 0 or less: it does. */
export function tcp_rack_skb_timeout(_cpu: Cpu, tp: tcp_sock, skb: sk_buff, reo_wnd: number): number {
  return tp.rack.rtt_us + reo_wnd - tcp_stamp_us_delta(tp.tcp_mstamp, tcp_skb_timestamp_us(skb));
}

/** Marks what was sent long enough before the latest delivered segment; answers the us until the next may have to be marked, 0 none. */
export function tcp_rack_detect_loss(cpu: Cpu, sk: sock): number {
  const tp = sk.tcp!;
  const reo_wnd = tcp_rack_reo_wnd(cpu, sk);
  let reo_timeout = 0;
  for (const skb of sk.tcp_rtx_queue) {
    const scb = TCP_SKB_CB(skb);
    if ((scb.sacked & TCPCB_SACKED_ACKED) !== 0) continue;
    if ((scb.sacked & TCPCB_LOST) !== 0 && (scb.sacked & TCPCB_SACKED_RETRANS) === 0) continue;
    if (!tcp_skb_sent_after(tp.rack.mstamp, tcp_skb_timestamp_us(skb), tp.rack.end_seq, scb.end_seq)) continue;
    const remaining = tcp_rack_skb_timeout(cpu, tp, skb, reo_wnd);
    if (remaining <= 0) tcp_mark_skb_lost(cpu, sk, skb);
    else reo_timeout = Math.max(reo_timeout, remaining);
  }
  return reo_timeout;
}

/** After an ACK; true when the reordering timer was armed. */
export function tcp_rack_mark_lost(cpu: Cpu, sk: sock): boolean {
  const tp = sk.tcp!;
  if (!tp.rack.advanced) return false;
  tp.rack.advanced = false;
  const timeout = tcp_rack_detect_loss(cpu, sk);
  if (timeout === 0) return false;
  tcp_reset_xmit_timer(cpu, sk, ICSK_TIME_REO_TIMEOUT, usecs_to_jiffies(timeout + TCP_TIMEOUT_MIN_US), false);
  return true;
}

/** A segment sent at `xmit_time` was delivered. */
export function tcp_rack_advance(_cpu: Cpu, tp: tcp_sock, sacked: number, end_seq: number, xmit_time: number): void {
  const rtt_us = tcp_stamp_us_delta(tp.tcp_mstamp, xmit_time);
  if (rtt_us < tcp_min_rtt(tp) && (sacked & TCPCB_RETRANS) !== 0) return;
  tp.rack.advanced = true;
  tp.rack.rtt_us = rtt_us;
  if (tcp_skb_sent_after(xmit_time, tp.rack.mstamp, end_seq, tp.rack.end_seq)) {
    tp.rack.mstamp = xmit_time;
    tp.rack.end_seq = end_seq;
  }
}

/** The reordering timer has fired: what is still missing is lost. */
export function tcp_rack_reo_timeout(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  const prior_inflight = tcp_packets_in_flight(tp);
  tcp_rack_detect_loss(cpu, sk);
  if (prior_inflight !== tcp_packets_in_flight(tp)) {
    if (sk.icsk!.icsk_ca_state !== TCP_CA_Recovery) {
      tcp_enter_recovery(cpu, sk, false);
      tcp_cwnd_reduction(cpu, sk, 1, 0, 0);
    }
    tcp_xmit_retransmit_queue(cpu, sk);
  }
  if (sk.icsk!.icsk_pending !== ICSK_TIME_RETRANS) tcp_rearm_rto(cpu, sk);
}

/** A DSACK says that a retransmission was needless: more patience, for a while. */
export function tcp_rack_update_reo_wnd(cpu: Cpu, sk: sock, rs: rate_sample): void {
  const tp = sk.tcp!;
  if ((cpu.host.knobs.sysctl_tcp_recovery! & TCP_RACK_STATIC_REO_WND) !== 0 || rs.prior_delivered === 0) return;
  if (rs.prior_delivered < tp.rack.last_delivered) tp.rack.dsack_seen = false;
  if (tp.rack.dsack_seen) {
    tp.rack.reo_wnd_steps = Math.min(0xff, tp.rack.reo_wnd_steps + 1);
    tp.rack.dsack_seen = false;
    tp.rack.last_delivered = tp.delivered;
    tp.rack.reo_wnd_persist = TCP_RACK_RECOVERY_THRESH;
  } else if (tp.rack.reo_wnd_persist === 0) {
    tp.rack.reo_wnd_steps = 1;
  }
}

/** Without SACK three duplicate ACKs, or an ACK in the midst of recovery, mean that the first segment is lost (RFC 6582). */
export function tcp_newreno_mark_lost(cpu: Cpu, sk: sock, snd_una_advanced: boolean): void {
  const tp = sk.tcp!;
  const state = sk.icsk!.icsk_ca_state;
  if (!((state < TCP_CA_Recovery && tp.sacked_out >= tp.reordering) || (state === TCP_CA_Recovery && snd_una_advanced))) return;
  const skb = tcp_rtx_queue_head(sk)!;
  if ((TCP_SKB_CB(skb).sacked & TCPCB_LOST) !== 0) return;
  const mss = tcp_skb_mss(skb);
  if (tcp_skb_pcount(skb) > 1 && skb.len > mss) tcp_fragment(cpu, sk, TCP_FRAG_IN_RTX_QUEUE, skb, mss, mss);
  tcp_mark_skb_lost(cpu, sk, skb);
}
