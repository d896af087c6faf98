/** What is in flight, and what the congestion window says of it (include/net/tcp.h). */
import type { sock } from '../sock.ts';
import { TCPF_CA_CWR, TCPF_CA_Recovery } from '../tcp.ts';
import type { inet_connection_sock, tcp_sock } from '../tcp_sock.ts';

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

/** @helper */
export function tcp_min_rtt(tp: tcp_sock): number {
  return tp.rtt_min[0]!.v;
}

/** A few small segments in flight and no more to come. @helper */
export function tcp_stream_is_thin(tp: tcp_sock): boolean {
  return tp.packets_out < 4 && !tcp_in_initial_slowstart(tp);
}
