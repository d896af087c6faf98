/** What decides between the fast path and the slow path of receiving (include/net/tcp.h). */
import type { sock } from '../sock.ts';
import { TCPHDR_ACK, TCP_PAWS_24DAYS } from '../tcp.ts';
import { TCP_ACCECN_CEP_ACE_MASK, TCP_ACCECN_CEP_INIT_OFFSET, tcp_ecn_mode_accecn } from '../tcp_ecn.ts';
import { ktime_get_seconds } from './clock.ts';
import { tcp_receive_window, tcp_rmem_pressure } from './window.ts';
import type { tcp_options_received, tcp_sock } from '../tcp_sock.ts';
import type { Cpu } from '../../../../machine/types.ts';

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

/** Header prediction: data offset, ACK, AccECN's counter and the window that the next segment will show. @helper */
export function __tcp_fast_path_on(tp: tcp_sock, snd_wnd: number): void {
  const ace = tcp_ecn_mode_accecn(tp) ? (tp.delivered_ce + TCP_ACCECN_CEP_INIT_OFFSET) & TCP_ACCECN_CEP_ACE_MASK : 0;
  tp.pred_flags = ((tp.tcp_header_len << 26) | (ace << 22) | (TCPHDR_ACK << 16) | snd_wnd) >>> 0;
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
export function tcp_urg_mode(tp: tcp_sock): boolean {
  return tp.snd_una !== tp.snd_up;
}

/** Whether epoll and poll may be told that there is something to read. @helper */
export function tcp_epollin_ready(sk: sock, target: number): boolean {
  const tp = sk.tcp!;
  const avail = (tp.rcv_nxt - tp.copied_seq) | 0;
  if (avail <= 0) return false;
  return avail >= target || tcp_rmem_pressure(sk) || tcp_receive_window(tp) <= sk.icsk!.icsk_ack.rcv_mss;
}
