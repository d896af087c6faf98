/** The inline functions of include/net/tcp.h and inet_connection_sock.h: predicates and accessors, no side effects outside their socket. */
import type { Cpu } from '../../../machine/types.ts';
import { jiffies } from '../../kernel/time/jiffies.ts';
import { usecs_to_jiffies } from '../../kernel/time/jiffies.ts';
import type { sk_buff } from '../linux/skbuff.ts';
import type { sock } from './sock.ts';
import {
  ICSK_ACK_SCHED, TCPF_CA_CWR, TCPF_CA_Recovery, TCPHDR_ACK, TCP_PAWS_24DAYS, TCP_RMEM_TO_WIN_SCALE, after,
} from './tcp.ts';
import { TCP_SKB_CB } from './tcp_sock.ts';
import type { inet_connection_sock, tcp_options_received, tcp_sock } from './tcp_sock.ts';

/** jiffies for stamps, where 0 means never (this model's clock starts at 0, Linux's at -5 minutes). @helper */
export function tcp_jiffies32(cpu: Cpu): number {
  return jiffies(cpu) + 1;
}

/** ns to the ms clock of timestamps, where 0 means none. @helper */
export function tcp_ns_to_ts(ns: number): number {
  return Math.floor(ns / 1_000_000) + 1;
}

/** @helper */
export function tcp_time_stamp_ts(tp: tcp_sock): number {
  return Math.floor(tp.tcp_mstamp / 1000) + 1;
}

/** @helper */
export function tcp_time_stamp_ms(tp: tcp_sock): number {
  return Math.floor(tp.tcp_mstamp / 1000) + 1;
}

/** @helper */
export function tcp_skb_timestamp_ts(skb: sk_buff): number {
  return tcp_ns_to_ts(skb.skb_mstamp_ns);
}

/** @helper */
export function tcp_skb_timestamp_us(skb: sk_buff): number {
  return Math.floor(skb.skb_mstamp_ns / 1000);
}

/** Seconds of the monotonic clock (ktime_get_seconds), never 0. @helper */
export function ktime_get_seconds(cpu: Cpu): number {
  return Math.floor(cpu.now / 1_000_000_000) + 1;
}

/** @helper */
export function tcp_stamp_us_delta(t1: number, t0: number): number {
  return Math.max(t1 - t0, 0);
}

/** @helper */
export function tcp_is_sack(tp: tcp_sock): boolean {
  return tp.rx_opt.sack_ok !== 0;
}

/** @helper */
export function tcp_is_reno(tp: tcp_sock): boolean {
  return tp.rx_opt.sack_ok === 0;
}

/** @helper */
export function tcp_left_out(tp: tcp_sock): number {
  return tp.sacked_out + tp.lost_out;
}

/** Segments that the network still holds, by this side's reckoning. @helper */
export function tcp_packets_in_flight(tp: tcp_sock): number {
  return tp.packets_out - (tp.sacked_out + tp.lost_out) + tp.retrans_out;
}

/** @helper */
export function tcp_in_slow_start(tp: tcp_sock): boolean {
  return tp.snd_cwnd < tp.snd_ssthresh;
}

/** @helper */
export function tcp_in_initial_slowstart(tp: tcp_sock): boolean {
  return tp.snd_ssthresh >= 0x7fffffff;
}

/** @helper */
export function tcp_in_cwnd_reduction(icsk: inet_connection_sock): boolean {
  return ((TCPF_CA_CWR | TCPF_CA_Recovery) & (1 << icsk.icsk_ca_state)) !== 0;
}

/** ssthresh to go back to: not below three quarters of a window that is being reduced already. @helper */
export function tcp_current_ssthresh(sk: sock): number {
  const tp = sk.tcp!;
  if (tcp_in_cwnd_reduction(sk.icsk!)) return tp.snd_ssthresh;
  return Math.max(tp.snd_ssthresh, (tp.snd_cwnd >> 1) + (tp.snd_cwnd >> 2));
}

/** The sender is held up by its window, not by its application. @helper */
export function tcp_is_cwnd_limited(tp: tcp_sock): boolean {
  if (tp.is_cwnd_limited) return true;
  if (tcp_in_slow_start(tp)) return tp.snd_cwnd < 2 * tp.max_packets_out;
  return false;
}

/** First sequence number that the peer's window does not cover. @helper */
export function tcp_wnd_end(tp: tcp_sock): number {
  return (tp.snd_una + tp.snd_wnd) >>> 0;
}

/** What is left of the window that was advertised last. @helper */
export function tcp_receive_window(tp: tcp_sock): number {
  const win = (tp.rcv_wup + tp.rcv_wnd - tp.rcv_nxt) | 0;
  return Math.max(win, 0);
}

/** The same for the farthest right edge ever advertised. @helper */
export function tcp_max_receive_window(tp: tcp_sock): number {
  const win = (tp.rcv_mwnd_seq - tp.rcv_nxt) | 0;
  return Math.max(win, 0);
}

/** @helper */
export function tcp_update_max_rcv_wnd_seq(tp: tcp_sock): void {
  const wre = (tp.rcv_wup + tp.rcv_wnd) >>> 0;
  if (after(wre, tp.rcv_mwnd_seq)) tp.rcv_mwnd_seq = wre;
}

/** Payload that fits into `space` bytes of buffer, by what segments of this connection cost. @helper */
export function tcp_win_from_space(sk: sock, space: number): number {
  return Math.floor((space * sk.tcp!.scaling_ratio) / (1 << TCP_RMEM_TO_WIN_SCALE));
}

/** @helper */
export function tcp_space_from_win(sk: sock, win: number): number {
  return Math.floor((win * (1 << TCP_RMEM_TO_WIN_SCALE)) / sk.tcp!.scaling_ratio);
}

/** @helper */
export function tcp_space(sk: sock): number {
  return tcp_win_from_space(sk, sk.sk_rcvbuf - sk.sk_backlog.len - sk.sk_rmem_alloc);
}

/** @helper */
export function tcp_full_space(sk: sock): number {
  return tcp_win_from_space(sk, sk.sk_rcvbuf);
}

/** @helper */
export function tcp_under_memory_pressure(sk: sock): boolean {
  return sk.host.memory_allocated.TCP > sk.host.knobs.sysctl_tcp_mem_1!;
}

/** @helper */
export function tcp_adjust_rcv_ssthresh(sk: sock): void {
  const tp = sk.tcp!;
  tp.rcv_ssthresh = Math.min(tp.rcv_ssthresh, 4 * tp.advmss);
}

/** A segment no larger than half the largest window the peer offered. @helper */
export function tcp_bound_to_half_wnd(tp: tcp_sock, pktsize: number): number {
  let cutoff = tp.max_window;
  if (tp.max_window > 536) cutoff = tp.max_window >> 1;
  return cutoff !== 0 && pktsize > cutoff ? Math.max(cutoff, 68 - tp.tcp_header_len) : pktsize;
}

/** Segments that an skb makes. @helper */
export function tcp_skb_pcount(skb: sk_buff): number {
  return TCP_SKB_CB(skb).tcp_gso_segs;
}

/** @helper */
export function tcp_skb_mss(skb: sk_buff): number {
  return TCP_SKB_CB(skb).tcp_gso_size;
}

/** @helper */
export function tcp_send_head(sk: sock): sk_buff | null {
  return sk.sk_write_queue.length > 0 ? sk.sk_write_queue[0]! : null;
}

/** @helper */
export function tcp_write_queue_tail(sk: sock): sk_buff | null {
  const queue = sk.sk_write_queue;
  return queue.length > 0 ? queue[queue.length - 1]! : null;
}

/** @helper */
export function tcp_write_queue_empty(sk: sock): boolean {
  return sk.tcp!.write_seq === sk.tcp!.snd_nxt;
}

/** @helper */
export function tcp_rtx_queue_head(sk: sock): sk_buff | null {
  return sk.tcp_rtx_queue.length > 0 ? sk.tcp_rtx_queue[0]! : null;
}

/** @helper */
export function tcp_rtx_queue_empty(sk: sock): boolean {
  return sk.tcp_rtx_queue.length === 0;
}

/** @helper */
export function tcp_rtx_and_write_queues_empty(sk: sock): boolean {
  return sk.tcp_rtx_queue.length === 0 && tcp_write_queue_empty(sk);
}

/** Position of the first skb in a queue ordered by sequence number that does not end at or before `seq`. @helper */
export function seqPosition(queue: readonly sk_buff[], seq: number): number {
  let low = 0;
  let high = queue.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (after((queue[middle]!.cb as { end_seq: number }).end_seq, seq)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Position of an skb that is in the retransmission queue. @helper */
export function rtxPosition(sk: sock, skb: sk_buff): number {
  const queue = sk.tcp_rtx_queue;
  if (queue[0] === skb) return 0;
  const at = seqPosition(queue, TCP_SKB_CB(skb).seq);
  return queue[at] === skb ? at : queue.indexOf(skb);
}

/** @helper */
export function skb_rb_next(sk: sock, skb: sk_buff): sk_buff | null {
  return sk.tcp_rtx_queue[rtxPosition(sk, skb) + 1] ?? null;
}

/** @helper */
export function tcp_highest_sack_seq(tp: tcp_sock): number {
  if (tp.sacked_out === 0) return tp.snd_una;
  if (tp.highest_sack === null) return tp.snd_nxt;
  return TCP_SKB_CB(tp.highest_sack).seq;
}

/** @helper */
export function tcp_advance_highest_sack(sk: sock, skb: sk_buff): void {
  sk.tcp!.highest_sack = skb_rb_next(sk, skb);
}

/** @helper */
export function tcp_highest_sack_replace(sk: sock, old: sk_buff, replacement: sk_buff | null): void {
  if (old === sk.tcp!.highest_sack) sk.tcp!.highest_sack = replacement;
}

/** @helper */
export function tcp_clear_all_retrans_hints(tp: tcp_sock): void {
  tp.retransmit_skb_hint = null;
}

/** Appending to an skb on the write queue is allowed. @helper */
export function tcp_skb_can_collapse_to(skb: sk_buff): boolean {
  return !TCP_SKB_CB(skb).eor;
}

/** @helper */
export function tcp_skb_can_collapse(to: sk_buff, from: sk_buff): boolean {
  return !TCP_SKB_CB(to).eor && to.decrypted === from.decrypted;
}

/** @helper */
export function tcp_rto_min(sk: sock): number {
  return sk.icsk!.icsk_rto_min;
}

/** @helper */
export function tcp_rto_min_us(sk: sock): number {
  return sk.icsk!.icsk_rto_min * 4000;
}

/** @helper */
export function tcp_rto_max(sk: sock): number {
  return sk.icsk!.icsk_rto_max;
}

/** RFC 6298: smoothed round trip plus its variation, in jiffies. @helper */
export function __tcp_set_rto(tp: tcp_sock): number {
  return usecs_to_jiffies((tp.srtt_us >> 3) + tp.rttvar_us);
}

/** @helper */
export function tcp_bound_rto(sk: sock): void {
  sk.icsk!.icsk_rto = Math.min(sk.icsk!.icsk_rto, tcp_rto_max(sk));
}

/** Exponential back-off, bounded. @helper */
export function inet_csk_rto_backoff(icsk: inet_connection_sock, max_when: number): number {
  return Math.min(icsk.icsk_rto * (1 << Math.min(icsk.icsk_backoff, 30)), max_when);
}

/** @helper */
export function tcp_probe0_base(sk: sock): number {
  return Math.max(sk.icsk!.icsk_rto, tcp_rto_min(sk));
}

/** Position of the highest bit set, 0 for 0. @helper */
export function ilog2(n: number): number {
  return n > 0 ? 31 - Math.clz32(n) : 0;
}

/** When the next zero window probe is due, jiffies from now. @helper */
export function tcp_probe0_when(sk: sock, max_when: number): number {
  const backoff = Math.min(ilog2(Math.floor(tcp_rto_max(sk) / tcp_rto_min(sk))) + 1, sk.icsk!.icsk_backoff);
  return Math.min(tcp_probe0_base(sk) * (1 << backoff), max_when);
}

/** us until the RTO of the oldest outstanding segment; negative when it is past. @helper */
export function tcp_rto_delta_us(sk: sock): number {
  const skb = tcp_rtx_queue_head(sk);
  const rto = sk.icsk!.icsk_rto * 4000;
  if (skb === null) return rto;
  return tcp_skb_timestamp_us(skb) + rto - sk.tcp!.tcp_mstamp;
}

/** RFC 7323: the timestamp is not older than the last, or that one is older than 24 days. @helper */
export function tcp_paws_check(cpu: Cpu, rx_opt: tcp_options_received, paws_win: number): boolean {
  if (((rx_opt.ts_recent - rx_opt.rcv_tsval) | 0) <= paws_win) return true;
  if (ktime_get_seconds(cpu) > rx_opt.ts_recent_stamp + TCP_PAWS_24DAYS) return true;
  return rx_opt.ts_recent === 0;
}

/** @helper */
export function tcp_paws_reject(cpu: Cpu, rx_opt: tcp_options_received, rst: boolean): boolean {
  if (tcp_paws_check(cpu, rx_opt, 0)) return false;
  return !(rst && ktime_get_seconds(cpu) > rx_opt.ts_recent_stamp + 60);
}

/** Header prediction: data offset, ACK and the window that the next segment will show. @helper */
export function __tcp_fast_path_on(tp: tcp_sock, snd_wnd: number): void {
  tp.pred_flags = ((tp.tcp_header_len << 26) | (TCPHDR_ACK << 16) | snd_wnd) >>> 0;
}

/** @helper */
export function tcp_fast_path_on(tp: tcp_sock): void {
  __tcp_fast_path_on(tp, tp.snd_wnd >> tp.rx_opt.snd_wscale);
}

/** @helper */
export function tcp_fast_path_check(sk: sock): void {
  const tp = sk.tcp!;
  if (tp.out_of_order_queue.length === 0 && tp.rcv_wnd !== 0 && sk.sk_rmem_alloc < sk.sk_rcvbuf && tp.urg_data === 0) tcp_fast_path_on(tp);
}

/** @helper */
export function tcp_min_rtt(tp: tcp_sock): number {
  return tp.rtt_min[0]!.v;
}

/** @helper */
export function tcp_init_wl(tp: tcp_sock, seq: number): void {
  tp.snd_wl1 = seq;
}

/** @helper */
export function tcp_update_wl(tp: tcp_sock, seq: number): void {
  tp.snd_wl1 = seq;
}

/** @helper */
export function tcp_mss_clamp(tp: tcp_sock, mss: number): number {
  return tp.rx_opt.user_mss !== 0 && tp.rx_opt.user_mss < mss ? tp.rx_opt.user_mss : mss;
}

/** @helper */
export function tcp_urg_mode(tp: tcp_sock): boolean {
  return tp.snd_una !== tp.snd_up;
}

/** A few small segments in flight and no more to come. @helper */
export function tcp_stream_is_thin(tp: tcp_sock): boolean {
  return tp.packets_out < 4 && !tcp_in_initial_slowstart(tp);
}

/** FIN-WAIT-2 of an orphan lasts this long (jiffies). @helper */
export function tcp_fin_time(sk: sock): number {
  const fin_timeout = sk.tcp!.linger2 || sk.host.knobs.sysctl_tcp_fin_timeout!;
  const rto = sk.icsk!.icsk_rto;
  return Math.max(fin_timeout, (rto << 2) - (rto >> 1));
}

/** @helper */
export function keepalive_intvl_when(tp: tcp_sock, sk: sock): number {
  return tp.keepalive_intvl || sk.host.knobs.sysctl_tcp_keepalive_intvl!;
}

/** @helper */
export function keepalive_time_when(tp: tcp_sock, sk: sock): number {
  return tp.keepalive_time || sk.host.knobs.sysctl_tcp_keepalive_time!;
}

/** @helper */
export function keepalive_probes(tp: tcp_sock, sk: sock): number {
  return tp.keepalive_probes || sk.host.knobs.sysctl_tcp_keepalive_probes!;
}

/** Jiffies since the last segment came in. @helper */
export function keepalive_time_elapsed(cpu: Cpu, sk: sock): number {
  const now = tcp_jiffies32(cpu);
  return Math.min(now - sk.icsk!.icsk_ack.lrcvtime, now - sk.tcp!.rcv_tstamp);
}

/** @helper */
export function tcp_notsent_lowat(sk: sock): number {
  return sk.tcp!.notsent_lowat || sk.host.knobs.sysctl_tcp_notsent_lowat!;
}

/** @helper */
export function inet_csk_schedule_ack(icsk: inet_connection_sock): void {
  icsk.icsk_ack.pending |= ICSK_ACK_SCHED;
}

/** @helper */
export function inet_csk_ack_scheduled(icsk: inet_connection_sock): boolean {
  return (icsk.icsk_ack.pending & ICSK_ACK_SCHED) !== 0;
}

/** @helper */
export function inet_csk_enter_pingpong_mode(sk: sock): void {
  sk.icsk!.icsk_ack.pingpong = sk.host.knobs.sysctl_tcp_pingpong_thresh!;
}

/** @helper */
export function inet_csk_exit_pingpong_mode(sk: sock): void {
  sk.icsk!.icsk_ack.pingpong = 0;
}

/** @helper */
export function inet_csk_in_pingpong_mode(sk: sock): boolean {
  return sk.icsk!.icsk_ack.pingpong >= sk.host.knobs.sysctl_tcp_pingpong_thresh!;
}

/** @helper */
export function inet_csk_inc_pingpong_cnt(sk: sock): void {
  if (sk.icsk!.icsk_ack.pingpong < 255) sk.icsk!.icsk_ack.pingpong++;
}

/** @helper */
export function inet_csk_reqsk_queue_len(sk: sock): number {
  return sk.icsk!.icsk_accept_queue.qlen;
}

/** @helper */
export function inet_csk_reqsk_queue_is_full(sk: sock): boolean {
  return inet_csk_reqsk_queue_len(sk) > sk.sk_max_ack_backlog;
}

/** @helper */
export function sk_acceptq_is_full(sk: sock): boolean {
  return sk.sk_ack_backlog > sk.sk_max_ack_backlog;
}

/** Whether epoll and poll may be told that there is something to read. @helper */
export function tcp_epollin_ready(sk: sock, target: number): boolean {
  const tp = sk.tcp!;
  const avail = (tp.rcv_nxt - tp.copied_seq) | 0;
  if (avail <= 0) return false;
  return avail >= target || tcp_rmem_pressure(sk) || tcp_receive_window(tp) <= sk.icsk!.icsk_ack.rcv_mss;
}

/** @helper */
export function tcp_rmem_pressure(sk: sock): boolean {
  if (tcp_under_memory_pressure(sk)) return true;
  const threshold = sk.sk_rcvbuf - (sk.sk_rcvbuf >> 3);
  return sk.sk_rmem_alloc > threshold;
}
