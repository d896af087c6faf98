/** What is lost, and the retransmission timeout's view of it (net/ipv4/tcp_input.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { TCP_SYN_SENT } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  CA_EVENT_LOSS, TCPCB_EVER_RETRANS, TCPCB_LOST, TCPCB_SACKED_ACKED, TCPCB_SACKED_RETRANS, TCP_CA_Disorder, TCP_CA_Loss, TCP_CA_Recovery, after, before,
} from '../../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import type { tcp_sock } from '../../../include/net/tcp_sock.ts';
import { tcp_jiffies32, tcp_time_stamp_ms } from '../../../include/net/tcp_inlines/clock.ts';
import { tcp_current_ssthresh, tcp_is_reno, tcp_packets_in_flight } from '../../../include/net/tcp_inlines/congestion.ts';
import { tcp_clear_all_retrans_hints, tcp_rtx_queue_head, tcp_skb_pcount } from '../../../include/net/tcp_inlines/queues.ts';
import { NET_ADD_STATS, NET_INC_STATS } from '../../../include/net/snmp.ts';
import { caOps, tcp_ca_event, tcp_set_ca_state } from '../tcp_cong.ts';
import { tcp_rack_skb_timeout } from '../tcp_recovery.ts';
import { tcp_xmit_retransmit_queue } from '../tcp_output/retransmit.ts';
import { tcp_current_mss } from '../tcp_output/mss.ts';
import { tcp_ecn_queue_cwr } from './ecn.ts';
import { tcp_limit_reno_sacked, tcp_reset_reno_sack } from './reno.ts';

/** Nothing is known of losses any more. */
export function tcp_clear_retrans(_cpu: Cpu, tp: tcp_sock): void {
  tp.retrans_out = 0;
  tp.lost_out = 0;
  tp.undo_marker = 0;
  tp.undo_retrans = -1;
  tp.sacked_out = 0;
  tp.rto_stamp = 0;
  tp.total_rto = 0;
  tp.total_rto_recoveries = 0;
  tp.total_rto_time = 0;
}

/** Retransmission begins no later than at this skb. */
function tcp_verify_retransmit_hint(_cpu: Cpu, tp: tcp_sock, skb: sk_buff): void {
  const hint = tp.retransmit_skb_hint;
  if ((hint === null && tp.retrans_out >= tp.lost_out) || (hint !== null && before(TCP_SKB_CB(skb).seq, TCP_SKB_CB(hint).seq))) tp.retransmit_skb_hint = skb;
}

/** The segments of this skb are lost: for the first time, or the retransmission too. */
export function tcp_mark_skb_lost(cpu: Cpu, sk: sock, skb: sk_buff): void {
  const tp = sk.tcp!;
  const tcb = TCP_SKB_CB(skb);
  const sacked = tcb.sacked;
  if ((sacked & TCPCB_SACKED_ACKED) !== 0) return;
  tcp_verify_retransmit_hint(cpu, tp, skb);
  if ((sacked & TCPCB_LOST) === 0) {
    tp.lost_out += tcp_skb_pcount(skb);
    tcb.sacked |= TCPCB_LOST;
    tp.lost += tcp_skb_pcount(skb);
  } else if ((sacked & TCPCB_SACKED_RETRANS) !== 0) {
    tcb.sacked &= ~TCPCB_SACKED_RETRANS;
    tp.retrans_out -= tcp_skb_pcount(skb);
    NET_ADD_STATS(cpu, 'TCPLostRetransmit', tcp_skb_pcount(skb));
    tp.lost += tcp_skb_pcount(skb);
  }
}

/** Something that is outstanding was sent more than once. */
export function tcp_any_retrans_done(_cpu: Cpu, sk: sock): boolean {
  if (sk.tcp!.retrans_out !== 0) return true;
  const skb = tcp_rtx_queue_head(sk);
  return skb !== null && (TCP_SKB_CB(skb).sacked & TCPCB_EVER_RETRANS) !== 0;
}

export function tcp_retrans_stamp_cleanup(cpu: Cpu, sk: sock): void {
  if (!tcp_any_retrans_done(cpu, sk)) sk.tcp!.retrans_stamp = 0;
}

/** From here on it is watched whether the reduction was needless. */
export function tcp_init_undo(_cpu: Cpu, tp: tcp_sock): void {
  tp.undo_marker = tp.snd_una;
  tp.undo_retrans = tp.retrans_out;
  if (tp.tlp_high_seq !== 0 && tp.tlp_retrans) tp.undo_retrans++;
  if (tp.undo_retrans === 0) tp.undo_retrans = -1;
}

/** The RTO: all is lost, but what was sent less than a round trip ago. */
function tcp_timeout_mark_lost(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  const head = tcp_rtx_queue_head(sk);
  const is_reneg = head !== null && (TCP_SKB_CB(head).sacked & TCPCB_SACKED_ACKED) !== 0;
  if (is_reneg) {
    NET_INC_STATS(cpu, 'TCPSACKReneging');
    tp.sacked_out = 0;
    tp.is_sack_reneg = true;
  } else if (tcp_is_reno(tp)) {
    tcp_reset_reno_sack(cpu, tp);
  }
  for (const skb of sk.tcp_rtx_queue) {
    if (is_reneg) TCP_SKB_CB(skb).sacked &= ~TCPCB_SACKED_ACKED;
    else if (skb !== head && tcp_rack_skb_timeout(cpu, tp, skb, 0) > 0) continue;
    tcp_mark_skb_lost(cpu, sk, skb);
  }
  tcp_clear_all_retrans_hints(tp);
}

/** Retransmission timeout: one segment of window, and slow start towards half of what it was. */
export function tcp_enter_loss(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  const icsk = sk.icsk!;
  const knobs = cpu.host.knobs;
  const new_recovery = icsk.icsk_ca_state < TCP_CA_Recovery;
  tcp_timeout_mark_lost(cpu, sk);
  if (icsk.icsk_ca_state <= TCP_CA_Disorder || !after(tp.high_seq, tp.snd_una) || (icsk.icsk_ca_state === TCP_CA_Loss && icsk.icsk_retransmits === 0)) {
    tp.prior_ssthresh = tcp_current_ssthresh(sk);
    tp.prior_cwnd = tp.snd_cwnd;
    tp.snd_ssthresh = caOps(sk).ssthresh(cpu, sk);
    tcp_ca_event(cpu, sk, CA_EVENT_LOSS);
    tcp_init_undo(cpu, tp);
  }
  tp.snd_cwnd = tcp_packets_in_flight(tp) + 1;
  tp.snd_cwnd_cnt = 0;
  tp.snd_cwnd_stamp = tcp_jiffies32(cpu);
  const reordering = knobs.sysctl_tcp_reordering!;
  if (icsk.icsk_ca_state <= TCP_CA_Disorder && tp.sacked_out >= reordering) tp.reordering = Math.min(tp.reordering, reordering);
  tcp_set_ca_state(cpu, sk, TCP_CA_Loss);
  tp.high_seq = tp.snd_nxt;
  tp.tlp_high_seq = 0;
  tcp_ecn_queue_cwr(cpu, tp);
  tp.frto = knobs.sysctl_tcp_frto! !== 0 && (new_recovery || icsk.icsk_retransmits !== 0) && icsk.icsk_mtup.probe_size === 0;
}

/** The path's MTU has shrunk: what is too large for it is sent again at once, without blame for congestion. A SYN with data stands in the queue as two skbs: both count as too large. */
export function tcp_simple_retransmit(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  const mss = tp.tfo.syn_data && sk.sk_state === TCP_SYN_SENT ? -1 : tcp_current_mss(cpu, sk);
  for (const skb of sk.tcp_rtx_queue) {
    const tcb = TCP_SKB_CB(skb);
    const seglen = tcb.tcp_gso_segs === 1 ? skb.len : tcb.tcp_gso_size;
    if (seglen > mss) tcp_mark_skb_lost(cpu, sk, skb);
  }
  if (tp.lost_out === 0) return;
  if (tcp_is_reno(tp)) tcp_limit_reno_sacked(cpu, tp);
  tcp_non_congestion_loss_retransmit(cpu, sk);
}

export function tcp_non_congestion_loss_retransmit(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  if (sk.icsk!.icsk_ca_state !== TCP_CA_Loss) {
    tp.high_seq = tp.snd_nxt;
    tp.snd_ssthresh = tcp_current_ssthresh(sk);
    tp.prior_ssthresh = 0;
    tp.undo_marker = 0;
    tcp_set_ca_state(cpu, sk, TCP_CA_Loss);
  }
  tcp_xmit_retransmit_queue(cpu, sk);
}

/** The time that timeouts have cost ends with this recovery. */
export function tcp_update_rto_time(_cpu: Cpu, tp: tcp_sock): void {
  if (tp.rto_stamp === 0) return;
  tp.total_rto_time += tcp_time_stamp_ms(tp) - tp.rto_stamp;
  tp.rto_stamp = 0;
}
