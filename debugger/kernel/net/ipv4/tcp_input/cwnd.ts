/** Reducing the congestion window: CWR, recovery, proportional rate reduction (RFC 9937; net/ipv4/tcp_input.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  CA_EVENT_COMPLETE_CWR, FLAG_ECE, FLAG_SND_UNA_ADVANCED, TCP_CA_CWR, TCP_CA_Disorder, TCP_CA_Open, TCP_CA_Recovery, TCP_INFINITE_SSTHRESH,
} from '../../../include/net/tcp.ts';
import { tcp_jiffies32 } from '../../../include/net/tcp_inlines/clock.ts';
import {
  tcp_current_ssthresh, tcp_in_cwnd_reduction, tcp_is_reno, tcp_left_out, tcp_packets_in_flight,
} from '../../../include/net/tcp_inlines/congestion.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { caOps, tcp_ca_event, tcp_set_ca_state } from '../tcp_cong.ts';
import { tcp_mss_to_mtu, tcp_sync_mss } from '../tcp_output/mss.ts';
import { tcp_ecn_queue_cwr } from './ecn.ts';
import { tcp_any_retrans_done, tcp_init_undo, tcp_retrans_stamp_cleanup } from './loss.ts';

export function tcp_init_cwnd_reduction(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  tp.high_seq = tp.snd_nxt;
  tp.tlp_high_seq = 0;
  tp.snd_cwnd_cnt = 0;
  tp.prior_cwnd = tp.snd_cwnd;
  tp.prr_delivered = 0;
  tp.prr_out = 0;
  tp.snd_ssthresh = caOps(sk).ssthresh(cpu, sk);
  tcp_ecn_queue_cwr(cpu, tp);
}

/** For each delivered segment a part of one goes out, so that the window shrinks to ssthresh over a round trip. */
export function tcp_cwnd_reduction(_cpu: Cpu, sk: sock, newly_acked_sacked: number, newly_lost: number, flag: number): void {
  const tp = sk.tcp!;
  const delta = tp.snd_ssthresh - tcp_packets_in_flight(tp);
  if (newly_acked_sacked <= 0 || tp.prior_cwnd === 0) return;
  tp.prr_delivered += newly_acked_sacked;
  let sndcnt: number;
  if (delta < 0) {
    sndcnt = Math.floor((tp.snd_ssthresh * tp.prr_delivered + tp.prior_cwnd - 1) / tp.prior_cwnd) - tp.prr_out;
  } else {
    sndcnt = Math.max(tp.prr_delivered - tp.prr_out, newly_acked_sacked);
    if ((flag & FLAG_SND_UNA_ADVANCED) !== 0 && newly_lost === 0) sndcnt++;
    sndcnt = Math.min(delta, sndcnt);
  }
  sndcnt = Math.max(sndcnt, tp.prr_out !== 0 ? 0 : 1);
  tp.snd_cwnd = tcp_packets_in_flight(tp) + sndcnt;
}

export function tcp_end_cwnd_reduction(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  if (tp.snd_ssthresh < TCP_INFINITE_SSTHRESH && (sk.icsk!.icsk_ca_state === TCP_CA_CWR || tp.undo_marker !== 0)) {
    tp.snd_cwnd = tp.snd_ssthresh;
    tp.snd_cwnd_stamp = tcp_jiffies32(cpu);
  }
  tcp_ca_event(cpu, sk, CA_EVENT_COMPLETE_CWR);
}

/** Congestion without loss: ECN, or this host's own queue was full. */
export function tcp_enter_cwr(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  tp.prior_ssthresh = 0;
  if (sk.icsk!.icsk_ca_state >= TCP_CA_CWR) return;
  tp.undo_marker = 0;
  tcp_init_cwnd_reduction(cpu, sk);
  tcp_set_ca_state(cpu, sk, TCP_CA_CWR);
}

export function tcp_try_keep_open(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  const state = tcp_left_out(tp) !== 0 || tcp_any_retrans_done(cpu, sk) ? TCP_CA_Disorder : TCP_CA_Open;
  if (sk.icsk!.icsk_ca_state === state) return;
  tcp_set_ca_state(cpu, sk, state);
  tp.high_seq = tp.snd_nxt;
}

export function tcp_try_to_open(cpu: Cpu, sk: sock, flag: number): void {
  const tp = sk.tcp!;
  if (!tcp_any_retrans_done(cpu, sk)) tp.retrans_stamp = 0;
  if ((flag & FLAG_ECE) !== 0) tcp_enter_cwr(cpu, sk);
  if (sk.icsk!.icsk_ca_state !== TCP_CA_CWR) tcp_try_keep_open(cpu, sk);
}

/** The large segment was lost, the small ones were not. */
export function tcp_mtup_probe_failed(cpu: Cpu, sk: sock): void {
  const mtup = sk.icsk!.icsk_mtup;
  mtup.search_high = mtup.probe_size - 1;
  mtup.probe_size = 0;
  NET_INC_STATS(cpu, 'TCPMTUPFail');
}

export function tcp_mtup_probe_success(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  const icsk = sk.icsk!;
  const val = Math.floor((tp.snd_cwnd * tcp_mss_to_mtu(cpu, sk, tp.mss_cache)) / icsk.icsk_mtup.probe_size);
  tp.snd_cwnd = Math.max(1, val);
  tp.snd_cwnd_cnt = 0;
  tp.snd_cwnd_stamp = tcp_jiffies32(cpu);
  tp.snd_ssthresh = tcp_current_ssthresh(sk);
  icsk.icsk_mtup.search_low = icsk.icsk_mtup.probe_size;
  icsk.icsk_mtup.probe_size = 0;
  tcp_sync_mss(cpu, sk, icsk.icsk_pmtu_cookie);
  NET_INC_STATS(cpu, 'TCPMTUPSuccess');
}

/** Segments are lost: fast recovery begins. */
export function tcp_enter_recovery(cpu: Cpu, sk: sock, ece_ack: boolean): void {
  const tp = sk.tcp!;
  tcp_retrans_stamp_cleanup(cpu, sk);
  NET_INC_STATS(cpu, tcp_is_reno(tp) ? 'TCPRenoRecovery' : 'TCPSackRecovery');
  tp.prior_ssthresh = 0;
  tcp_init_undo(cpu, tp);
  if (!tcp_in_cwnd_reduction(sk.icsk!)) {
    if (!ece_ack) tp.prior_ssthresh = tcp_current_ssthresh(sk);
    tcp_init_cwnd_reduction(cpu, sk);
  }
  tcp_set_ca_state(cpu, sk, TCP_CA_Recovery);
}
