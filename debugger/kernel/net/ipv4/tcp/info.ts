/** TCP_INFO (net/ipv4/tcp.c tcp_get_info). */
import type { Cpu } from '../../../../machine/types.ts';
import { TCP_LISTEN } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  TCP_CHRONO_BUSY, TCP_CHRONO_RWND_LIMITED, TCP_CHRONO_SNDBUF_LIMITED, TCP_ECN_SEEN, TCP_INFINITE_SSTHRESH,
} from '../../../include/net/tcp.ts';
import { tcp_ecn_mode_accecn, tcp_ecn_mode_any, tcp_ecn_mode_pending } from '../../../include/net/tcp_ecn.ts';
import type { tcp_sock } from '../../../include/net/tcp_sock.ts';
import { tcp_jiffies32, tcp_ns_to_ts } from '../../../include/net/tcp_inlines/clock.ts';
import { tcp_is_sack, tcp_min_rtt } from '../../../include/net/tcp_inlines/congestion.ts';

const TCPI_OPT_TIMESTAMPS = 1;
const TCPI_OPT_SACK = 2;
const TCPI_OPT_WSCALE = 4;
const TCPI_OPT_ECN = 8;
const TCPI_OPT_ECN_SEEN = 16;
const TCPI_OPT_SYN_DATA = 32;
const TCPI_OPT_TFO_CHILD = 128;

/** struct tcp_info: the fields that the model has. */
export type tcp_info = Record<string, number>;

/** us that the connection was held up for a reason, up to now. @helper */
export function chronoTime(cpu: Cpu, tp: tcp_sock, type: number): number {
  const running = tp.chrono_type === type ? tcp_jiffies32(cpu) - tp.chrono_start : 0;
  return (tp.chrono_stat[type - 1]! + running) * 4000;
}

/** @helper */
function optionBits(tp: tcp_sock): number {
  let bits = 0;
  if (tp.rx_opt.tstamp_ok) bits |= TCPI_OPT_TIMESTAMPS;
  if (tcp_is_sack(tp)) bits |= TCPI_OPT_SACK;
  if (tp.rx_opt.wscale_ok) bits |= TCPI_OPT_WSCALE;
  if (tcp_ecn_mode_any(tp)) bits |= TCPI_OPT_ECN;
  if ((tp.ecn_flags & TCP_ECN_SEEN) !== 0) bits |= TCPI_OPT_ECN_SEEN;
  if (tp.tfo.syn_data_acked) bits |= TCPI_OPT_SYN_DATA;
  if (tp.tfo.syn_fastopen_child) bits |= TCPI_OPT_TFO_CHILD;
  return bits;
}

/** @helper */
export function deliveryRate(tp: tcp_sock): number {
  if (tp.rate_delivered === 0 || tp.rate_interval_us === 0) return 0;
  return Math.floor((tp.rate_delivered * tp.mss_cache * 1_000_000) / tp.rate_interval_us);
}

/** AccECN's counters. Modes: 0 none, 1 RFC 3168, 2 AccECN, 3 not yet known. @helper */
function ecnInfo(tp: tcp_sock): tcp_info {
  const accecn = tp.accecn;
  const [received_e1, received_e0, received_ce] = accecn.received_ecn_bytes as [number, number, number];
  const [delivered_e1, delivered_e0, delivered_ce] = accecn.delivered_ecn_bytes as [number, number, number];
  return {
    tcpi_received_ce: accecn.received_ce, tcpi_delivered_e1_bytes: delivered_e1, tcpi_delivered_e0_bytes: delivered_e0, tcpi_delivered_ce_bytes: delivered_ce,
    tcpi_received_e1_bytes: received_e1, tcpi_received_e0_bytes: received_e0, tcpi_received_ce_bytes: received_ce,
    tcpi_ecn_mode: tcp_ecn_mode_pending(tp) ? 3 : tcp_ecn_mode_accecn(tp) ? 2 : tcp_ecn_mode_any(tp) ? 1 : 0,
    tcpi_accecn_opt_seen: accecn.saw_accecn_opt, tcpi_accecn_fail_mode: accecn.accecn_fail_mode,
  };
}

/** A listener has but these; two of them stand for its backlog. @helper */
function listenerInfo(sk: sock): tcp_info {
  const tp = sk.tcp!;
  return {
    tcpi_state: sk.sk_state, tcpi_unacked: sk.sk_ack_backlog, tcpi_sacked: sk.sk_max_ack_backlog, tcpi_snd_cwnd: tp.snd_cwnd, tcpi_reordering: tp.reordering,
    tcpi_pacing_rate: sk.sk_pacing_rate, tcpi_max_pacing_rate: sk.sk_max_pacing_rate,
  };
}

export function tcp_get_info(cpu: Cpu, sk: sock): tcp_info {
  const tp = sk.tcp!;
  const icsk = sk.icsk!;
  const now = tcp_jiffies32(cpu);
  if (sk.sk_state === TCP_LISTEN) return listenerInfo(sk);
  return {
    tcpi_state: sk.sk_state, tcpi_ca_state: icsk.icsk_ca_state, tcpi_retransmits: icsk.icsk_retransmits, tcpi_probes: icsk.icsk_probes_out, tcpi_backoff: icsk.icsk_backoff,
    tcpi_options: optionBits(tp), tcpi_snd_wscale: tp.rx_opt.snd_wscale, tcpi_rcv_wscale: tp.rx_opt.rcv_wscale, tcpi_rto: icsk.icsk_rto * 4000,
    tcpi_ato: Math.min(icsk.icsk_ack.ato, icsk.icsk_delack_max) * 4000, tcpi_snd_mss: tp.mss_cache, tcpi_rcv_mss: icsk.icsk_ack.rcv_mss,
    tcpi_unacked: tp.packets_out, tcpi_sacked: tp.sacked_out, tcpi_lost: tp.lost_out, tcpi_retrans: tp.retrans_out,
    tcpi_last_data_sent: (now - tp.lsndtime) * 4, tcpi_last_data_recv: (now - icsk.icsk_ack.lrcvtime) * 4, tcpi_last_ack_recv: (now - tp.rcv_tstamp) * 4,
    tcpi_pmtu: icsk.icsk_pmtu_cookie, tcpi_rcv_ssthresh: tp.rcv_ssthresh, tcpi_rtt: tp.srtt_us >> 3, tcpi_rttvar: tp.mdev_us >> 2,
    tcpi_snd_ssthresh: Math.min(tp.snd_ssthresh, TCP_INFINITE_SSTHRESH), tcpi_advmss: tp.advmss, tcpi_rcv_rtt: tp.rcv_rtt_est.rtt_us >> 3, tcpi_rcv_space: tp.rcvq_space.space,
    tcpi_total_retrans: tp.total_retrans, tcpi_snd_cwnd: tp.snd_cwnd, tcpi_reordering: tp.reordering,
    tcpi_pacing_rate: sk.sk_pacing_rate, tcpi_max_pacing_rate: sk.sk_max_pacing_rate, tcpi_bytes_acked: tp.bytes_acked, tcpi_bytes_received: tp.bytes_received,
    tcpi_notsent_bytes: Math.max(0, (tp.write_seq - tp.snd_nxt) | 0), tcpi_segs_out: tp.segs_out, tcpi_segs_in: tp.segs_in, tcpi_min_rtt: tcp_min_rtt(tp),
    tcpi_data_segs_in: tp.data_segs_in, tcpi_data_segs_out: tp.data_segs_out, tcpi_delivery_rate_app_limited: tp.rate_app_limited ? 1 : 0, tcpi_delivery_rate: deliveryRate(tp),
    tcpi_fastopen_client_fail: tp.tfo.fastopen_client_fail,
    tcpi_busy_time: chronoTime(cpu, tp, TCP_CHRONO_BUSY) + chronoTime(cpu, tp, TCP_CHRONO_RWND_LIMITED) + chronoTime(cpu, tp, TCP_CHRONO_SNDBUF_LIMITED),
    tcpi_rwnd_limited: chronoTime(cpu, tp, TCP_CHRONO_RWND_LIMITED), tcpi_sndbuf_limited: chronoTime(cpu, tp, TCP_CHRONO_SNDBUF_LIMITED),
    tcpi_delivered: tp.delivered, tcpi_delivered_ce: tp.delivered_ce, tcpi_bytes_sent: tp.bytes_sent, tcpi_bytes_retrans: tp.bytes_retrans, tcpi_dsack_dups: tp.dsack_dups,
    tcpi_reord_seen: tp.reord_seen, tcpi_rcv_ooopack: tp.rcv_ooopack, tcpi_snd_wnd: tp.snd_wnd, tcpi_rcv_wnd: tp.rcv_wnd, tcpi_rehash: tp.timeout_rehash,
    tcpi_total_rto: tp.total_rto, tcpi_total_rto_recoveries: tp.total_rto_recoveries, tcpi_total_rto_time: tp.total_rto_time + (tp.rto_stamp !== 0 ? tcp_ns_to_ts(cpu.now) - tp.rto_stamp : 0), ...ecnInfo(tp),
  };
}
