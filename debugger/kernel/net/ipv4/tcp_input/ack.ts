/** Incoming acknowledgements (net/ipv4/tcp_input.c). */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { th_flags, th_window } from '../../../include/linux/tcp.ts';
import type { sk_buff, skb_drop_reason } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  FLAG_CA_ALERT, FLAG_DATA, FLAG_DATA_ACKED, FLAG_DSACKING_ACK, FLAG_ECE, FLAG_FORWARD_PROGRESS, FLAG_ACK_MAYBE_DELAYED, FLAG_NOT_DUP, FLAG_NO_CHALLENGE_ACK,
  FLAG_SET_XMIT_TIMER, FLAG_SLOWPATH, FLAG_SND_UNA_ADVANCED, FLAG_TS_PROGRESS, FLAG_UPDATE_TS_RECENT, FLAG_WIN_UPDATE, TCPHDR_CWR, TCPHDR_SYN, TCP_CA_Open, after, before,
} from '../../../include/net/tcp.ts';
import { tcp_ecn_mode_accecn, tcp_ecn_mode_rfc3168 } from '../../../include/net/tcp_ecn.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import type { tcp_sock } from '../../../include/net/tcp_sock.ts';
import { tcp_jiffies32 } from '../../../include/net/tcp_inlines/clock.ts';
import { tcp_in_cwnd_reduction, tcp_is_sack, tcp_packets_in_flight } from '../../../include/net/tcp_inlines/congestion.ts';
import { tcp_highest_sack_seq, tcp_write_queue_empty } from '../../../include/net/tcp_inlines/queues.ts';
import { tcp_fast_path_check, tcp_paws_check } from '../../../include/net/tcp_inlines/receive_path.ts';
import { tcp_update_wl } from '../../../include/net/tcp_inlines/window.ts';
import { NET_ADD_STATS, NET_INC_STATS } from '../../../include/net/snmp.ts';
import { caOps } from '../tcp_cong.ts';
import { tcp_rack_update_reo_wnd } from '../tcp_recovery.ts';
import { tcp_rate_gen } from '../tcp_rate.ts';
import type { rate_sample } from '../tcp_rate.ts';
import { tcp_slow_start_after_idle_check } from '../tcp_output/idle.ts';
import { tcp_sync_mss } from '../tcp_output/mss.ts';
import { tcp_accecn_process } from './accecn.ts';
import { tcp_send_challenge_ack } from './challenge.ts';
import { tcp_clean_rtx_queue } from './clean.ts';
import { tcp_cwnd_reduction } from './cwnd.ts';
import { tcp_ecn_accept_cwr, tcp_ecn_rcv_ecn_echo } from './ecn.ts';
import { tcp_fastretrans_alert, tcp_process_tlp_ack, tcp_xmit_recovery } from './fastretrans.ts';
import { tcp_store_ts_recent } from './options.ts';
import { tcp_count_delivered } from './reno.ts';
import { tcp_update_pacing_rate } from './rtt.ts';
import { tcp_sacktag_write_queue } from './sack.ts';
import { createSacktagState } from './sack_state.ts';
import type { tcp_sacktag_state } from './sack_state.ts';
import { tcp_ack_probe, tcp_set_xmit_timer } from './timers.ts';

/** tcp_ack() answers 1 (good), 0 (old) or one of these: why the segment is no good. */
export const TCP_ACK_TOO_OLD = -1;
export const TCP_ACK_UNSENT = -2;

/** @helper */
export function ackDropReason(verdict: number): skb_drop_reason {
  return verdict === TCP_ACK_UNSENT ? 'TCP_ACK_UNSENT_DATA' : 'TCP_TOO_OLD_ACK';
}

/** Bytes acknowledged. */
function tcp_snd_una_update(_cpu: Cpu, tp: tcp_sock, ack: number): void {
  tp.bytes_acked += (ack - tp.snd_una) >>> 0;
  tp.snd_una = ack;
}

/** A window is taken from a newer segment, or one that acknowledges more, or offers more. */
export function tcp_may_update_window(_cpu: Cpu, tp: tcp_sock, ack: number, ack_seq: number, nwin: number): boolean {
  return after(ack, tp.snd_una) || after(ack_seq, tp.snd_wl1) || (ack_seq === tp.snd_wl1 && (nwin > tp.snd_wnd || nwin === 0));
}

export function tcp_ack_update_window(cpu: Cpu, sk: sock, skb: sk_buff, ack: number, ack_seq: number): number {
  const tp = sk.tcp!;
  let flag = 0;
  let nwin = th_window(skb);
  if ((th_flags(skb) & TCPHDR_SYN) === 0) nwin *= 1 << tp.rx_opt.snd_wscale;
  if (tcp_may_update_window(cpu, tp, ack, ack_seq, nwin)) {
    flag |= FLAG_WIN_UPDATE;
    tcp_update_wl(tp, ack_seq);
    if (tp.snd_wnd !== nwin) {
      tp.snd_wnd = nwin;
      tp.pred_flags = 0;
      tcp_fast_path_check(sk);
      if (!tcp_write_queue_empty(sk)) tcp_slow_start_after_idle_check(cpu, sk);
      if (nwin > tp.max_window) {
        tp.max_window = nwin;
        tcp_sync_mss(cpu, sk, sk.icsk!.icsk_pmtu_cookie);
      }
    }
  }
  tcp_snd_una_update(cpu, tp, ack);
  return flag;
}

/** The timestamp to echo, from a segment that begins at or before what was acknowledged last (RFC 7323). */
export function tcp_replace_ts_recent(cpu: Cpu, tp: tcp_sock, seq: number): number {
  if (!tp.rx_opt.saw_tstamp || after(seq, tp.rcv_wup) || !tcp_paws_check(cpu, tp.rx_opt, 0)) return 0;
  const delta = (tp.rx_opt.rcv_tsval - tp.rx_opt.ts_recent) | 0;
  tcp_store_ts_recent(cpu, tp);
  return delta > 0 ? FLAG_TS_PROGRESS : 0;
}

function tcp_ack_is_dubious(_cpu: Cpu, sk: sock, flag: number): boolean {
  return (flag & FLAG_NOT_DUP) === 0 || (flag & FLAG_CA_ALERT) !== 0 || sk.icsk!.icsk_ca_state !== TCP_CA_Open;
}

function tcp_may_raise_cwnd(cpu: Cpu, sk: sock, flag: number): boolean {
  if (sk.tcp!.reordering > cpu.host.knobs.sysctl_tcp_reordering!) return (flag & FLAG_FORWARD_PROGRESS) !== 0;
  return (flag & FLAG_DATA_ACKED) !== 0;
}

/** The window shrinks, grows or stays; pacing follows it. */
function tcp_cong_control(cpu: Cpu, sk: sock, ack: number, acked_sacked: number, flag: number, rs: rate_sample): void {
  if (tcp_in_cwnd_reduction(sk.icsk!)) {
    tcp_cwnd_reduction(cpu, sk, acked_sacked, rs.losses, flag);
  } else if (tcp_may_raise_cwnd(cpu, sk, flag)) {
    caOps(sk).cong_avoid(cpu, sk, ack, acked_sacked);
    sk.tcp!.snd_cwnd_stamp = tcp_jiffies32(cpu);
  }
  tcp_update_pacing_rate(cpu, sk);
}

/** Segments that this ACK tells were delivered. `ecn_count`: how many of them marked, with AccECN. */
function tcp_newly_delivered(cpu: Cpu, sk: sock, prior_delivered: number, ecn_count: number, flag: number): number {
  const delivered = sk.tcp!.delivered - prior_delivered;
  NET_ADD_STATS(cpu, 'TCPDelivered', delivered);
  if ((flag & FLAG_ECE) !== 0) NET_ADD_STATS(cpu, 'TCPDeliveredCE', tcp_ecn_mode_rfc3168(sk.tcp!) ? delivered : ecn_count);
  return delivered;
}

/** The congestion control may look at each ACK; neither CUBIC nor Reno does. */
function tcp_in_ack_event(_cpu: Cpu, _sk: sock, _flag: number): void {}

/** Takes over window, timestamp and SACK blocks of an ACK that is not outdated. @helper */
function takeAck(cpu: Cpu, sk: sock, skb: sk_buff, prior_snd_una: number, state: tcp_sacktag_state): void {
  const tp = sk.tcp!;
  const tcb = TCP_SKB_CB(skb);
  const ack = tcb.ack_seq;
  if ((state.ack_flag & FLAG_UPDATE_TS_RECENT) !== 0) state.ack_flag |= tcp_replace_ts_recent(cpu, tp, tcb.seq);
  if ((state.ack_flag & (FLAG_SLOWPATH | FLAG_SND_UNA_ADVANCED)) === FLAG_SND_UNA_ADVANCED) {
    tcp_update_wl(tp, tcb.seq);
    tcp_snd_una_update(cpu, tp, ack);
    state.ack_flag |= FLAG_WIN_UPDATE;
    NET_INC_STATS(cpu, 'TCPHPAcks');
    return;
  }
  if (tcb.seq !== tcb.end_seq) state.ack_flag |= FLAG_DATA;
  else NET_INC_STATS(cpu, 'TCPPureAcks');
  state.ack_flag |= tcp_ack_update_window(cpu, sk, skb, ack, tcb.seq);
  if (tcb.sacked !== 0) state.ack_flag |= tcp_sacktag_write_queue(cpu, sk, skb, prior_snd_una, state);
  if (tcp_ecn_rcv_ecn_echo(cpu, tp, skb)) state.ack_flag |= FLAG_ECE;
  if (state.sack_delivered !== 0) tcp_count_delivered(cpu, tp, state.sack_delivered, (state.ack_flag & FLAG_ECE) !== 0);
}

/** An ACK came while data are outstanding. @helper */
function ackOutstanding(cpu: Cpu, sk: sock, skb: sk_buff, prior_fack: number, prior_snd_una: number, state: tcp_sacktag_state, prior_delivered: number, prior_lost: number): void {
  const tp = sk.tcp!;
  const rs = state.rate;
  state.ack_flag |= tcp_clean_rtx_queue(cpu, sk, skb, prior_fack, prior_snd_una, state, (state.ack_flag & FLAG_ECE) !== 0);
  tcp_rack_update_reo_wnd(cpu, sk, rs);
  const ecn_count = tcp_ecn_mode_accecn(tp) ? tcp_accecn_process(cpu, sk, skb, tp.delivered - prior_delivered, state) : 0;
  tcp_in_ack_event(cpu, sk, state.ack_flag);
  if (tp.tlp_high_seq !== 0) tcp_process_tlp_ack(cpu, sk, TCP_SKB_CB(skb).ack_seq, state.ack_flag);
  if (tcp_ack_is_dubious(cpu, sk, state.ack_flag)) {
    let num_dupack = 0;
    if ((state.ack_flag & (FLAG_SND_UNA_ADVANCED | FLAG_NOT_DUP | FLAG_DSACKING_ACK)) === 0) num_dupack = Math.max(1, skb.shinfo.gso_segs);
    tcp_fastretrans_alert(cpu, sk, prior_snd_una, num_dupack, state);
  }
  if ((state.ack_flag & FLAG_SET_XMIT_TIMER) !== 0) tcp_set_xmit_timer(cpu, sk);
  const flag = state.ack_flag;
  if ((flag & FLAG_FORWARD_PROGRESS) !== 0 || (flag & FLAG_NOT_DUP) === 0) sk.sk_dst_pending_confirm = true;
  const delivered = tcp_newly_delivered(cpu, sk, prior_delivered, ecn_count, flag);
  const lost = tp.lost - prior_lost;
  rs.is_ack_delayed = (flag & FLAG_ACK_MAYBE_DELAYED) !== 0;
  tcp_rate_gen(cpu, sk, delivered, lost, tp.is_sack_reneg, rs);
  tcp_cong_control(cpu, sk, TCP_SKB_CB(skb).ack_seq, delivered, flag, rs);
  tcp_xmit_recovery(cpu, sk, state.rexmit);
}

/** RFC 5961, section 5.2: older than the largest window that was ever open. @helper */
export function tcp_ack_too_old(tp: tcp_sock, ack: number): boolean {
  return before(ack, (tp.snd_una - Math.min(tp.max_window, tp.bytes_acked)) >>> 0);
}

/** Processes the acknowledgement of a segment: 1 good, 0 old, or TCP_ACK_TOO_OLD, TCP_ACK_UNSENT. */
export function tcp_ack(cpu: Cpu, sk: sock, skb: sk_buff, flag: number): number {
  spend(cpu, cpu.costs.tcp_ack);
  const tp = sk.tcp!;
  const prior_snd_una = tp.snd_una;
  const ack = TCP_SKB_CB(skb).ack_seq;
  const prior_packets = tp.packets_out;
  const prior_delivered = tp.delivered;
  const prior_lost = tp.lost;
  const state = createSacktagState();
  state.ack_flag = flag;
  if (before(ack, prior_snd_una)) {
    if (tcp_ack_too_old(tp, ack)) {
      if ((flag & FLAG_NO_CHALLENGE_ACK) === 0) tcp_send_challenge_ack(cpu, sk, false);
      return TCP_ACK_TOO_OLD;
    }
    oldAck(cpu, sk, skb, prior_snd_una, state, prior_delivered);
    return 0;
  }
  if (after(ack, tp.snd_nxt)) {
    if ((flag & FLAG_NO_CHALLENGE_ACK) === 0) tcp_send_challenge_ack(cpu, sk, false);
    return TCP_ACK_UNSENT;
  }
  if (after(ack, prior_snd_una)) {
    state.ack_flag |= FLAG_SND_UNA_ADVANCED;
    sk.icsk!.icsk_retransmits = 0;
  }
  const prior_fack = tcp_is_sack(tp) ? tcp_highest_sack_seq(tp) : tp.snd_una;
  state.rate.prior_in_flight = tcp_packets_in_flight(tp);
  takeAck(cpu, sk, skb, prior_snd_una, state);
  if ((TCP_SKB_CB(skb).tcp_flags & TCPHDR_CWR) !== 0) tcp_ecn_accept_cwr(cpu, sk, skb);
  sk.sk_err_soft = 0;
  sk.icsk!.icsk_probes_out = 0;
  tp.rcv_tstamp = tcp_jiffies32(cpu);
  if (prior_packets !== 0) {
    ackOutstanding(cpu, sk, skb, prior_fack, prior_snd_una, state, prior_delivered, prior_lost);
    return 1;
  }
  const ecn_count = tcp_ecn_mode_accecn(tp) ? tcp_accecn_process(cpu, sk, skb, tp.delivered - prior_delivered, state) : 0;
  tcp_in_ack_event(cpu, sk, state.ack_flag);
  if ((state.ack_flag & FLAG_DSACKING_ACK) !== 0) {
    tcp_fastretrans_alert(cpu, sk, prior_snd_una, 0, state);
    tcp_newly_delivered(cpu, sk, prior_delivered, ecn_count, state.ack_flag);
  }
  tcp_ack_probe(cpu, sk);
  if (tp.tlp_high_seq !== 0) tcp_process_tlp_ack(cpu, sk, ack, state.ack_flag);
  return 1;
}

/** An ACK that others have overtaken: its SACK blocks may still be news. @helper */
function oldAck(cpu: Cpu, sk: sock, skb: sk_buff, prior_snd_una: number, state: tcp_sacktag_state, prior_delivered: number): void {
  if (TCP_SKB_CB(skb).sacked === 0) return;
  state.ack_flag |= tcp_sacktag_write_queue(cpu, sk, skb, prior_snd_una, state);
  tcp_fastretrans_alert(cpu, sk, prior_snd_una, 0, state);
  tcp_newly_delivered(cpu, sk, prior_delivered, 0, state.ack_flag);
  tcp_xmit_recovery(cpu, sk, state.rexmit);
}
