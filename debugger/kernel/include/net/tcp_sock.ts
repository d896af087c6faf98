/**
 * inet_connection_sock and tcp_sock (include/net/inet_connection_sock.h, linux/tcp.h), the control block of a TCP skb, and the
 * small socks: requests (SYN received, handshake not yet done) and TIME-WAIT. Each has one factory, so each has one shape.
 */
import type { In6Addr } from '../linux/in6.ts';
import type { Host } from '../linux/host.ts';
import type { sk_buff } from '../linux/skbuff.ts';
import type { hrtimer, timer_list } from '../linux/timer.ts';
import type { void_p } from '../linux/void.ts';
import type { dst_entry } from './dst.ts';
import type { sock } from './sock.ts';
import { createFastopenQueue, createTfo } from './tcp_fastopen.ts';
import type { tcp_md5sig_info, tcp_md5sig_key } from './tcp_md5.ts';
import type { fastopen_queue, tcp_tfo } from './tcp_fastopen.ts';
import { layOut } from '../../../machine/wide_fields.ts';

/** What the sender remembers of a moment at which an skb was sent: to sample the delivery rate when it is acknowledged. */
export interface tcp_skb_tx { is_app_limited: boolean; delivered: number; delivered_ce: number; first_tx_mstamp: number; delivered_mstamp: number }

/** TCP_SKB_CB: of an skb in TCP's hands. */
export interface tcp_skb_cb {
  seq: number;
  end_seq: number;
  ack_seq: number;
  tcp_flags: number;
  /** Sending: TCPCB_* tags. Receiving: offset of the SACK option in the TCP header, 0 when there is none. */
  sacked: number;
  ip_dsfield: number;
  /** Segments that it makes on the wire, and their payload; size 0 when it is one. */
  tcp_gso_segs: number;
  tcp_gso_size: number;
  /** ISN for a SYN that reopens a TIME-WAIT connection. */
  tcp_tw_isn: number;
  /** MSG_EOR: nothing may be appended. */
  eor: boolean;
  has_rxtstamp: boolean;
  txstamp_ack: boolean;
  tx: tcp_skb_tx | null;
  /** Receiving: IP's control block, given back when the packet leaves TCP. */
  header: void_p;
}

export function createTcpSkbCb(seq: number, end_seq: number, tcp_flags: number): tcp_skb_cb {
  return {
    seq, end_seq, ack_seq: 0, tcp_flags, sacked: 0, ip_dsfield: 0, tcp_gso_segs: 0, tcp_gso_size: 0, tcp_tw_isn: 0,
    eor: false, has_rxtstamp: false, txstamp_ack: false, tx: null, header: null,
  };
}

layOut(createTcpSkbCb(0, 0, 0), 'seq', 'end_seq', 'ack_seq');

/** @helper */
export function TCP_SKB_CB(skb: sk_buff): tcp_skb_cb {
  return skb.cb as tcp_skb_cb;
}

export interface tcp_sack_block { start_seq: number; end_seq: number }

/** Options that the peer's segments bear (struct tcp_options_received). Times: ts_recent_stamp in s. */
export interface tcp_options_received {
  ts_recent_stamp: number; ts_recent: number; rcv_tsval: number; rcv_tsecr: number;
  saw_tstamp: boolean; tstamp_ok: boolean; dsack: boolean; wscale_ok: boolean; sack_ok: number;
  snd_wscale: number; rcv_wscale: number; saw_unknown: boolean; num_sacks: number; user_mss: number; mss_clamp: number;
  /** Where the AccECN option stands in the TCP header, 0: there is none. */
  accecn: number;
}

export function createTcpOptionsReceived(): tcp_options_received {
  return {
    ts_recent_stamp: 0, ts_recent: 0, rcv_tsval: 0, rcv_tsecr: 0, saw_tstamp: false, tstamp_ok: false, dsack: false, wscale_ok: false, sack_ok: 0,
    snd_wscale: 0, rcv_wscale: 0, saw_unknown: false, num_sacks: 0, user_mss: 0, mss_clamp: 0, accecn: 0,
  };
}

layOut(createTcpOptionsReceived(), 'ts_recent', 'rcv_tsval', 'rcv_tsecr');

export interface icsk_ack {
  pending: number; quick: number; pingpong: number; retry: number; ato: number; timeout: number;
  lrcvtime: number; last_seg_size: number; rcv_mss: number; dst_quick_ack: boolean;
}

export interface icsk_mtup { search_high: number; search_low: number; probe_size: number; enabled: boolean; probe_timestamp: number }

/** CUBIC's state (net/ipv4/tcp_cubic.c struct bictcp); times of the epoch in jiffies, of HyStart in us. */
export interface bictcp {
  cnt: number; last_max_cwnd: number; last_cwnd: number; last_time: number; bic_origin_point: number; bic_K: number; delay_min: number;
  epoch_start: number; ack_cnt: number; tcp_cwnd: number;
  sample_cnt: number; found: boolean; round_start: number; end_seq: number; last_ack: number; curr_rtt: number;
}

export function createBictcp(): bictcp {
  return {
    cnt: 0, last_max_cwnd: 0, last_cwnd: 0, last_time: 0, bic_origin_point: 0, bic_K: 0, delay_min: 0, epoch_start: 0, ack_cnt: 0, tcp_cwnd: 0,
    sample_cnt: 0, found: false, round_start: 0, end_seq: 0, last_ack: 0, curr_rtt: 0,
  };
}

layOut(createBictcp(), 'end_seq');

/** Connections whose handshake has finished and that wait for accept(), first come first served; and how many SYNs are being answered. */
export interface request_sock_queue {
  rskq_defer_accept: number; synflood_warned: boolean; qlen: number; young: number;
  rskq_accept: request_sock[];
  fastopenq: fastopen_queue;
}

export interface inet_bind_bucket { port: number; fastreuse: number; fastreuseport: number; owners: sock[]; tw: inet_timewait_sock[] }

export interface inet_connection_sock {
  icsk_accept_queue: request_sock_queue;
  icsk_bind_hash: inet_bind_bucket | null;
  /** When the timer named by icsk_pending is to fire (jiffies); the wheel's timer is shared by them. */
  icsk_timeout: number;
  icsk_retransmit_timer: timer_list;
  icsk_delack_timer: timer_list;
  icsk_keepalive_timer: timer_list;
  icsk_rto: number; icsk_rto_min: number; icsk_rto_max: number; icsk_delack_max: number; icsk_pmtu_cookie: number;
  /** Name in the table of congestion controls (net/ipv4/tcp_cong.ts): cubic, reno. */
  icsk_ca_ops: string;
  /** Over which family its segments go: see net/ipv4/tcp/af_ops.ts. */
  icsk_af_ops: 'ipv4_specific' | 'ipv6_specific' | 'ipv6_mapped';
  icsk_ca_initialized: boolean; icsk_ca_setsockopt: boolean; icsk_ca_state: number;
  icsk_retransmits: number; icsk_pending: number; icsk_backoff: number; icsk_syn_retries: number; icsk_probes_out: number; icsk_ext_hdr_len: number;
  icsk_ack: icsk_ack;
  icsk_mtup: icsk_mtup;
  icsk_probes_tstamp: number; icsk_user_timeout: number;
  icsk_ca_priv: bictcp;
}

export interface rack { mstamp: number; rtt_us: number; end_seq: number; last_delivered: number; reo_wnd_steps: number; reo_wnd_persist: number; dsack_seen: boolean; advanced: boolean }

/**
 * Accurate ECN of a connection. In Linux these are fields of tcp_sock itself; here a record has 127 at most. Byte counters: of ECT(1), ECT(0), CE.
 * syn_ect_*: ECN field of the SYN or SYN-ACK. accecn_opt_tstamp: us; pkts_acked_ewma: segments, in 64ths; est_ecnfield: that of the bytes delivered last, 0 unknown.
 */
export interface accecn {
  syn_ect_snt: number; syn_ect_rcv: number; saw_accecn_opt: number; accecn_fail_mode: number;
  received_ce: number; received_ce_pending: number; received_ecn_bytes: number[]; delivered_ecn_bytes: number[];
  accecn_minlen: number; accecn_opt_demand: number; accecn_opt_sent_w_dsack: boolean; accecn_opt_tstamp: number; est_ecnfield: number; pkts_acked_ewma: number;
}

export function createAccEcn(): accecn {
  return {
    syn_ect_snt: 0, syn_ect_rcv: 0, saw_accecn_opt: 0, accecn_fail_mode: 0, received_ce: 0, received_ce_pending: 0, received_ecn_bytes: [0, 0, 0],
    delivered_ecn_bytes: [0, 0, 0], accecn_minlen: 0, accecn_opt_demand: 0, accecn_opt_sent_w_dsack: false, accecn_opt_tstamp: 0, est_ecnfield: 0, pkts_acked_ewma: 0,
  };
}

/** The headers of the SYN that made a connection (struct saved_syn): from the link's on, or, when mac_hdrlen is 0, from IP's. */
export interface saved_syn { mac_hdrlen: number; data: Uint8Array }

/** Fields of tcp_sock about keeping SYNs: whether a listener does (2: with the link's header), and what its child has got. */
export interface tcp_syn { save_syn: number; saved_syn: saved_syn | null }

/** struct tcp_sock. Stamps *_mstamp in us, tcp_clock_cache and tcp_wstamp_ns in ns, other times in jiffies; sequence numbers unsigned. */
export interface tcp_sock {
  // sending
  max_window: number; rcv_ssthresh: number; reordering: number; notsent_lowat: number; gso_segs: number; retransmit_skb_hint: sk_buff | null;
  tcp_clock_cache: number; tcp_mstamp: number; tcp_wstamp_ns: number; pacing_timer: hrtimer; compressed_ack_timer: hrtimer;
  mdev_us: number; rtt_seq: number; max_packets_out: number; cwnd_usage_seq: number; srtt_us: number; mdev_max_us: number; rttvar_us: number;
  snd_cwnd: number; snd_cwnd_cnt: number; snd_cwnd_clamp: number; snd_cwnd_used: number; snd_cwnd_stamp: number; snd_ssthresh: number;
  prior_cwnd: number; prior_ssthresh: number; high_seq: number; prr_delivered: number; prr_out: number; undo_marker: number; undo_retrans: number;
  snd_una: number; snd_nxt: number; snd_wl1: number; snd_wnd: number; snd_up: number; snd_sml: number; write_seq: number; pushed_seq: number;
  lsndtime: number; packets_out: number; retrans_out: number; lost_out: number; sacked_out: number; highest_sack: sk_buff | null;
  nonagle: number; is_cwnd_limited: boolean; frto: boolean; is_sack_reneg: boolean; thin_lto: boolean; tlp_retrans: boolean; repair: boolean;
  tlp_high_seq: number; retrans_stamp: number; total_retrans: number; dsack_dups: number; reord_seen: number; lost: number;
  rto_stamp: number; total_rto: number; total_rto_recoveries: number; total_rto_time: number;
  delivered: number; delivered_ce: number; app_limited: number; rate_delivered: number; rate_interval_us: number; rate_app_limited: boolean;
  first_tx_mstamp: number; delivered_mstamp: number;
  bytes_sent: number; bytes_retrans: number; bytes_acked: number; data_segs_out: number; segs_out: number;
  chrono_type: number; chrono_start: number; chrono_stat: number[]; timeout_rehash: number;
  ecn_flags: number; prev_ecnfield: number; accecn: accecn; tsoffset: number; tcp_header_len: number; mss_cache: number; advmss: number; linger2: number; mtu_info: number;
  // receiving
  rcv_nxt: number; rcv_wup: number; rcv_wnd: number; rcv_mwnd_seq: number; copied_seq: number; rcv_tstamp: number; pred_flags: number;
  window_clamp: number; scaling_ratio: number; rcv_rtt_last_tsecr: number; rcv_ooopack: number; urg_data: number; urg_seq: number;
  segs_in: number; data_segs_in: number; bytes_received: number; compressed_ack: number; dup_ack_counter: number; compressed_ack_rcv_nxt: number;
  last_oow_ack_time: number; recvmsg_inq: boolean; md5sig_info: tcp_md5sig_info | null;
  keepalive_time: number; keepalive_intvl: number; keepalive_probes: number;
  /** Segments that came before their turn, by sequence number; the last one. */
  out_of_order_queue: sk_buff[]; ooo_last_skb: sk_buff | null;
  duplicate_sack: tcp_sack_block[]; selective_acks: tcp_sack_block[]; recv_sack_cache: tcp_sack_block[];
  rx_opt: tcp_options_received;
  rack: rack;
  rtt_min: { t: number; v: number }[];
  rcv_rtt_est: { rtt_us: number; seq: number; time: number };
  rcvq_space: { space: number; seq: number; time: number };
  mtu_probe: { probe_seq_start: number; probe_seq_end: number };
  tfo: tcp_tfo;
  syn: tcp_syn;
}

const idleTimer = (): timer_list => ({ expires: 0, function: '', flags: 0, data: null, pending: false, bucket: 0, cpu: null, seq: 0 });
const idleHrtimer = (): hrtimer => ({ expires: 0, function: '', data: null, pending: false, cpu: null, seq: 0 });

export function createInetConnectionSock(): inet_connection_sock {
  return {
    icsk_accept_queue: { rskq_defer_accept: 0, synflood_warned: false, qlen: 0, young: 0, rskq_accept: [], fastopenq: createFastopenQueue() },
    icsk_bind_hash: null, icsk_timeout: 0,
    icsk_retransmit_timer: idleTimer(), icsk_delack_timer: idleTimer(), icsk_keepalive_timer: idleTimer(),
    icsk_rto: 0, icsk_rto_min: 0, icsk_rto_max: 0, icsk_delack_max: 0, icsk_pmtu_cookie: 0,
    icsk_ca_ops: '', icsk_af_ops: 'ipv4_specific', icsk_ca_initialized: false, icsk_ca_setsockopt: false, icsk_ca_state: 0,
    icsk_retransmits: 0, icsk_pending: 0, icsk_backoff: 0, icsk_syn_retries: 0, icsk_probes_out: 0, icsk_ext_hdr_len: 0,
    icsk_ack: { pending: 0, quick: 0, pingpong: 0, retry: 0, ato: 0, timeout: 0, lrcvtime: 0, last_seg_size: 0, rcv_mss: 0, dst_quick_ack: false },
    icsk_mtup: { search_high: 0, search_low: 0, probe_size: 0, enabled: false, probe_timestamp: 0 },
    icsk_probes_tstamp: 0, icsk_user_timeout: 0,
    icsk_ca_priv: createBictcp(),
  };
}

const blocks = (count: number): tcp_sack_block[] => Array.from({ length: count }, () => ({ start_seq: 0, end_seq: 0 }));

export function createTcpSock(): tcp_sock {
  return {
    max_window: 0, rcv_ssthresh: 0, reordering: 0, notsent_lowat: 0, gso_segs: 0, retransmit_skb_hint: null,
    tcp_clock_cache: 0, tcp_mstamp: 0, tcp_wstamp_ns: 0, pacing_timer: idleHrtimer(), compressed_ack_timer: idleHrtimer(),
    mdev_us: 0, rtt_seq: 0, max_packets_out: 0, cwnd_usage_seq: 0, srtt_us: 0, mdev_max_us: 0, rttvar_us: 0,
    snd_cwnd: 0, snd_cwnd_cnt: 0, snd_cwnd_clamp: 0, snd_cwnd_used: 0, snd_cwnd_stamp: 0, snd_ssthresh: 0,
    prior_cwnd: 0, prior_ssthresh: 0, high_seq: 0, prr_delivered: 0, prr_out: 0, undo_marker: 0, undo_retrans: 0,
    snd_una: 0, snd_nxt: 0, snd_wl1: 0, snd_wnd: 0, snd_up: 0, snd_sml: 0, write_seq: 0, pushed_seq: 0,
    lsndtime: 0, packets_out: 0, retrans_out: 0, lost_out: 0, sacked_out: 0, highest_sack: null,
    nonagle: 0, is_cwnd_limited: false, frto: false, is_sack_reneg: false, thin_lto: false, tlp_retrans: false, repair: false,
    tlp_high_seq: 0, retrans_stamp: 0, total_retrans: 0, dsack_dups: 0, reord_seen: 0, lost: 0,
    rto_stamp: 0, total_rto: 0, total_rto_recoveries: 0, total_rto_time: 0,
    delivered: 0, delivered_ce: 0, app_limited: 0, rate_delivered: 0, rate_interval_us: 0, rate_app_limited: false,
    first_tx_mstamp: 0, delivered_mstamp: 0,
    bytes_sent: 0, bytes_retrans: 0, bytes_acked: 0, data_segs_out: 0, segs_out: 0,
    chrono_type: 0, chrono_start: 0, chrono_stat: [0, 0, 0], timeout_rehash: 0,
    ecn_flags: 0, prev_ecnfield: 0, accecn: createAccEcn(), tsoffset: 0, tcp_header_len: 0, mss_cache: 0, advmss: 0, linger2: 0, mtu_info: 0,
    rcv_nxt: 0, rcv_wup: 0, rcv_wnd: 0, rcv_mwnd_seq: 0, copied_seq: 0, rcv_tstamp: 0, pred_flags: 0,
    window_clamp: 0, scaling_ratio: 0, rcv_rtt_last_tsecr: 0, rcv_ooopack: 0, urg_data: 0, urg_seq: 0,
    segs_in: 0, data_segs_in: 0, bytes_received: 0, compressed_ack: 0, dup_ack_counter: 0, compressed_ack_rcv_nxt: 0,
    last_oow_ack_time: 0, recvmsg_inq: false, md5sig_info: null,
    keepalive_time: 0, keepalive_intvl: 0, keepalive_probes: 0,
    out_of_order_queue: [], ooo_last_skb: null,
    duplicate_sack: blocks(1), selective_acks: blocks(4), recv_sack_cache: blocks(4),
    rx_opt: createTcpOptionsReceived(),
    rack: { mstamp: 0, rtt_us: 0, end_seq: 0, last_delivered: 0, reo_wnd_steps: 0, reo_wnd_persist: 0, dsack_seen: false, advanced: false },
    rtt_min: [{ t: 0, v: 0 }, { t: 0, v: 0 }, { t: 0, v: 0 }],
    rcv_rtt_est: { rtt_us: 0, seq: 0, time: 0 },
    rcvq_space: { space: 0, seq: 0, time: 0 },
    mtu_probe: { probe_seq_start: 0, probe_seq_end: 0 },
    tfo: createTfo(),
    syn: { save_syn: 0, saved_syn: null },
  };
}

const example = createTcpSock();
layOut(example.selective_acks[0]!, 'start_seq', 'end_seq');
layOut(example.pacing_timer, 'expires');
layOut(example.rack, 'end_seq');
layOut(example.accecn, 'accecn_opt_tstamp');
layOut(example.rcv_rtt_est, 'seq');
layOut(example.rcvq_space, 'seq');
layOut(
  example,
  'snd_una', 'snd_nxt', 'snd_wl1', 'snd_up', 'snd_sml', 'write_seq', 'pushed_seq', 'rcv_nxt', 'rcv_wup', 'rcv_mwnd_seq', 'copied_seq', 'rtt_seq', 'cwnd_usage_seq',
  'high_seq', 'undo_marker', 'tlp_high_seq', 'urg_seq', 'compressed_ack_rcv_nxt', 'pred_flags', 'rcv_rtt_last_tsecr', 'tsoffset', 'tcp_clock_cache', 'tcp_wstamp_ns', 'app_limited',
);

/** @helper */
export function tcp_sk(sk: sock): tcp_sock {
  return sk.tcp!;
}

/** @helper */
export function inet_csk(sk: sock): inet_connection_sock {
  return sk.icsk!;
}

/** A SYN that was answered (struct request_sock with inet_request_sock and tcp_request_sock around it); in time it has its child in `sk`. */
export interface request_sock {
  id: number;
  /** TCP_NEW_SYN_RECV, as every sock has a state. */
  sk_state: number;
  rsk_listener: sock; sk: sock | null; rsk_timer: timer_list; rsk_refcnt: number;
  mss: number; num_retrans: number; num_timeout: number; syncookie: boolean; ts_recent: number; timeout: number;
  rsk_rcv_wnd: number; rsk_window_clamp: number;
  ir_loc_addr: number; ir_num: number; ir_rmt_addr: number; ir_rmt_port: number; ir_iif: number; ir_mark: number;
  /** Of a SYN over IPv6; null: over IPv4. */
  ir_v6_loc_addr: In6Addr | null; ir_v6_rmt_addr: In6Addr | null;
  snd_wscale: number; rcv_wscale: number; tstamp_ok: boolean; sack_ok: number; wscale_ok: boolean; ecn_ok: boolean; acked: boolean; tfo_listener: boolean;
  accecn_ok: boolean; saw_accecn_opt: number; accecn_fail_mode: number; syn_ect_rcv: number; syn_ect_snt: number; syn_tos: number;
  txhash: number; rcv_isn: number; snt_isn: number; ts_off: number; snt_tsval_first: number; snt_tsval_last: number; last_oow_ack_time: number; rcv_nxt: number;
  snt_synack: number;
  dst: dst_entry | null;
  saved_syn: saved_syn | null;
  hashed: sock_common | null;
}

/** Why a SYN-ACK is sent (include/net/tcp.h). */
export type tcp_synack_type = 'TCP_SYNACK_NORMAL' | 'TCP_SYNACK_FASTOPEN' | 'TCP_SYNACK_RETRANS' | 'TCP_SYNACK_COOKIE';

export function createRequestSock(id: number, listener: sock): request_sock {
  return {
    id, sk_state: 12, rsk_listener: listener, sk: null, rsk_timer: idleTimer(), rsk_refcnt: 0,
    mss: 0, num_retrans: 0, num_timeout: 0, syncookie: false, ts_recent: 0, timeout: 0, rsk_rcv_wnd: 0, rsk_window_clamp: 0,
    ir_loc_addr: 0, ir_num: 0, ir_rmt_addr: 0, ir_rmt_port: 0, ir_iif: 0, ir_mark: 0, ir_v6_loc_addr: null, ir_v6_rmt_addr: null,
    snd_wscale: 0, rcv_wscale: 0, tstamp_ok: false, sack_ok: 0, wscale_ok: false, ecn_ok: false, acked: false, tfo_listener: false,
    accecn_ok: false, saw_accecn_opt: 0, accecn_fail_mode: 0, syn_ect_rcv: 0, syn_ect_snt: 0, syn_tos: 0,
    txhash: 0, rcv_isn: 0, snt_isn: 0, ts_off: 0, snt_tsval_first: 0, snt_tsval_last: 0, last_oow_ack_time: 0, rcv_nxt: 0, snt_synack: 0,
    dst: null, saved_syn: null, hashed: null,
  };
}

layOut(
  createRequestSock(0, null as unknown as sock),
  'ts_recent', 'txhash', 'rcv_isn', 'snt_isn', 'ts_off', 'snt_tsval_first', 'snt_tsval_last', 'rcv_nxt', 'ir_loc_addr', 'ir_rmt_addr',
);

/** What is left of a connection that this side closed first (inet_timewait_sock with tcp_timewait_sock around it). */
export interface inet_timewait_sock {
  id: number;
  /** TCP_TIME_WAIT, as every sock has a state; what this one stands for is in tw_substate. */
  sk_state: number;
  host: Host;
  tw_substate: number; tw_rcv_wscale: number; tw_sport: number; tw_num: number; tw_dport: number; tw_daddr: number; tw_rcv_saddr: number; tw_bound_dev_if: number;
  tw_mark: number; tw_reuse: boolean; tw_reuseport: boolean; tw_priority: number; tw_tos: number; tw_txhash: number; tw_entry_stamp: number; tw_timer: timer_list; tw_tb: inet_bind_bucket | null;
  tw_rcv_wnd: number; tw_ts_offset: number; tw_ts_recent: number; tw_last_oow_ack_time: number; tw_ts_recent_stamp: number; tw_rcv_nxt: number; tw_snd_nxt: number;
  tw_md5_key: tcp_md5sig_key | null;
  /** Of a socket of AF_INET6, as its sk_v6_daddr and sk_v6_rcv_saddr; null: AF_INET. */
  tw_v6_daddr: In6Addr | null; tw_v6_rcv_saddr: In6Addr | null; tw_ipv6only: boolean;
  hashed: sock_common | null;
}

/**
 * struct sock_common: an entry of the table of established connections. One of `sk`, `req`, `tw` is not null.
 * daddr, dport: the far end; rcv_saddr, num: this end.
 */
export interface sock_common {
  skc_hash: number; skc_daddr: number; skc_rcv_saddr: number; skc_dport: number; skc_num: number;
  /** Over IPv6; null: over IPv4. */
  skc_v6_daddr: In6Addr | null; skc_v6_rcv_saddr: In6Addr | null;
  sk: sock | null; req: request_sock | null; tw: inet_timewait_sock | null;
}

/** tcp_hashinfo of a host: established (requests and TIME-WAIT too) by four-tuple, listeners and bound sockets by port. */
export interface inet_hashinfo {
  ehash: sock_common[][];
  ehash_mask: number;
  lhash2: Record<string, sock[]>;
  bhash: Record<string, inet_bind_bucket>;
  tw_count: number;
  orphan_count: number;
  /** tcp_orphan_cache: what orphan_timer found last. */
  orphan_cache: number;
  orphan_timer: timer_list | null;
  /** Where the search for a port of connect() goes on (table_perturb). */
  table_perturb: number;
  /** Per CPU: bottom-half work that lets sockets go on that TCP small queues held up; `data` are the sockets. */
  tsq_work: { func: 'tcp_tsq_workfn'; pending: boolean; data: unknown }[];
  challenge_timestamp: number;
  challenge_count: number;
}

export function createInetHashinfo(): inet_hashinfo {
  const ehash: sock_common[][] = [];
  for (let i = 0; i < 256; i++) ehash.push([]);
  return {
    ehash, ehash_mask: 255, lhash2: {}, bhash: {}, tw_count: 0, orphan_count: 0, orphan_cache: 0, orphan_timer: null, table_perturb: 0, tsq_work: [], challenge_timestamp: 0, challenge_count: 0,
  };
}
