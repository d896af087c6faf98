/** What a data segment that was accepted tells: delayed ACKs, round trip of the receiver (net/ipv4/tcp_input.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import { TCP_ATO_MIN, TCP_MAX_QUICKACKS, before } from '../../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import type { tcp_sock } from '../../../include/net/tcp_sock.ts';
import { tcp_jiffies32, tcp_stamp_us_delta } from '../../../include/net/tcp_inlines/clock.ts';
import { inet_csk_schedule_ack } from '../../../include/net/inet_connection_sock.ts';
import { tcp_data_ecn_check } from './ecn.ts';
import { tcp_incr_quickack, tcp_measure_rcv_mss } from './rcv_mss.ts';
import { tcp_rtt_tsopt_us } from './rtt.ts';
import { tcp_grow_window } from './space.ts';

/** The receiver's estimate, in eighths of a us: the least that was seen, slowly rising when timestamps say so. */
function tcp_rcv_rtt_update(_cpu: Cpu, tp: tcp_sock, sample: number, win_dep: boolean): void {
  const est = tp.rcv_rtt_est;
  const m = sample * 8;
  if (est.rtt_us === 0 || m < est.rtt_us) {
    est.rtt_us = m;
    return;
  }
  if (win_dep || tp.rcv_nxt !== tp.copied_seq) return;
  est.rtt_us = est.rtt_us - (est.rtt_us >> 3) + sample;
}

/** Without timestamps: a window is a round trip. */
function tcp_rcv_rtt_measure(cpu: Cpu, tp: tcp_sock): void {
  const est = tp.rcv_rtt_est;
  if (est.time !== 0) {
    if (before(tp.rcv_nxt, est.seq)) return;
    tcp_rcv_rtt_update(cpu, tp, Math.max(tcp_stamp_us_delta(tp.tcp_mstamp, est.time), 1), true);
  }
  est.seq = (tp.rcv_nxt + tp.rcv_wnd) >>> 0;
  est.time = tp.tcp_mstamp;
}

/** With timestamps: the echo of one's own, where full segments come. */
export function tcp_rcv_rtt_measure_ts(cpu: Cpu, sk: sock, skb: sk_buff): void {
  const tp = sk.tcp!;
  const tcb = TCP_SKB_CB(skb);
  if (tp.rx_opt.rcv_tsecr === tp.rcv_rtt_last_tsecr) return;
  tp.rcv_rtt_last_tsecr = tp.rx_opt.rcv_tsecr;
  if ((tcb.end_seq - tcb.seq) >>> 0 < sk.icsk!.icsk_ack.rcv_mss) return;
  const delta = tcp_rtt_tsopt_us(cpu, tp, 0);
  if (delta > 0) tcp_rcv_rtt_update(cpu, tp, delta, false);
}

/** ato follows the gaps between segments, so that ACKs wait for the next one but not much longer. */
export function tcp_event_data_recv(cpu: Cpu, sk: sock, skb: sk_buff): void {
  const icsk = sk.icsk!;
  const ack = icsk.icsk_ack;
  inet_csk_schedule_ack(icsk);
  tcp_measure_rcv_mss(cpu, sk, skb);
  tcp_rcv_rtt_measure(cpu, sk.tcp!);
  const now = tcp_jiffies32(cpu);
  if (ack.ato === 0) {
    tcp_incr_quickack(cpu, sk, TCP_MAX_QUICKACKS);
    ack.ato = TCP_ATO_MIN;
  } else {
    const m = now - ack.lrcvtime;
    if (m <= TCP_ATO_MIN >> 1) {
      ack.ato = (ack.ato >> 1) + (TCP_ATO_MIN >> 1);
    } else if (m < ack.ato) {
      ack.ato = Math.min((ack.ato >> 1) + m, icsk.icsk_rto);
    } else if (m > icsk.icsk_rto) {
      tcp_incr_quickack(cpu, sk, TCP_MAX_QUICKACKS);
    }
  }
  ack.lrcvtime = now;
  tcp_data_ecn_check(cpu, sk, skb);
  if (skb.len >= 128) tcp_grow_window(cpu, sk, skb, true);
}
