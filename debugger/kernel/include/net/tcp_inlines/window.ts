/** Windows, and the buffer space that they stand for (include/net/tcp.h). */
import type { sock } from '../sock.ts';
import { TCP_RMEM_TO_WIN_SCALE, after } from '../tcp.ts';
import type { request_sock, tcp_sock } from '../tcp_sock.ts';

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
  return sk.host.tcp_memory_pressure !== 0;
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

/** @helper */
export function tcp_init_wl(tp: tcp_sock, seq: number): void {
  tp.snd_wl1 = seq;
}

/** @helper */
export function tcp_update_wl(tp: tcp_sock, seq: number): void {
  tp.snd_wl1 = seq;
}

/** The window of a SYN-ACK is never scaled (RFC 7323, 2.2), so it is no larger than its field. @helper */
export function tcp_synack_window(req: request_sock): number {
  return Math.min(req.rsk_rcv_wnd, 65535);
}

/** @helper */
export function tcp_mss_clamp(tp: tcp_sock, mss: number): number {
  return tp.rx_opt.user_mss !== 0 && tp.rx_opt.user_mss < mss ? tp.rx_opt.user_mss : mss;
}

/** @helper */
export function tcp_rmem_pressure(sk: sock): boolean {
  if (tcp_under_memory_pressure(sk)) return true;
  const threshold = sk.sk_rcvbuf - (sk.sk_rcvbuf >> 3);
  return sk.sk_rmem_alloc > threshold;
}
