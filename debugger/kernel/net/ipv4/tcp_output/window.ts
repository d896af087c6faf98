/** The receive window: how much to offer (net/ipv4/tcp_output.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sock } from '../../../include/net/sock.ts';
import { ICSK_ACK_NOMEM, MAX_TCP_WINDOW, TCP_MAX_WSCALE } from '../../../include/net/tcp.ts';
import { ilog2 } from '../../../include/net/tcp_inlines/timeouts.ts';
import {
  tcp_adjust_rcv_ssthresh, tcp_full_space, tcp_receive_window, tcp_space, tcp_under_memory_pressure, tcp_update_max_rcv_wnd_seq,
} from '../../../include/net/tcp_inlines/window.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';

/** What a new connection offers, and the shift that will carry it. */
export interface initial_window { rcv_wnd: number; window_clamp: number; rcv_wscale: number }

/** Up to a multiple of 1 << shift. @helper */
function alignUp(n: number, shift: number): number {
  const unit = 1 << shift;
  return Math.floor((n + unit - 1) / unit) * unit;
}

/** @helper */
function alignDown(n: number, shift: number): number {
  const unit = 1 << shift;
  return Math.floor(n / unit) * unit;
}

/** RFC 7323: window and scale of a SYN, from the buffer this socket may come to have. */
export function tcp_select_initial_window(cpu: Cpu, _sk: sock, space_: number, mss: number, window_clamp_: number, wscale_ok: boolean, init_rcv_wnd: number): initial_window {
  const knobs = cpu.host.knobs;
  const window_clamp = window_clamp_ === 0 ? 65535 << TCP_MAX_WSCALE : window_clamp_;
  let space = Math.min(window_clamp, Math.max(space_, 0));
  if (space > mss) space = Math.floor(space / mss) * mss;
  let rcv_wnd = knobs.sysctl_tcp_workaround_signed_windows! !== 0 ? Math.min(space, MAX_TCP_WINDOW) : space;
  if (init_rcv_wnd !== 0) rcv_wnd = Math.min(rcv_wnd, init_rcv_wnd * mss);
  let rcv_wscale = 0;
  if (wscale_ok) {
    space = Math.min(Math.max(space, knobs.sysctl_tcp_rmem_2!, knobs.sysctl_rmem_max!), window_clamp);
    rcv_wscale = Math.min(Math.max(ilog2(space) - 15, 0), TCP_MAX_WSCALE);
  }
  return { rcv_wnd, window_clamp: Math.min(65535 << rcv_wscale, window_clamp), rcv_wscale };
}

/** The window for the next segment, scaled; remembers what was offered. A window once offered is not taken back. */
export function tcp_select_window(cpu: Cpu, sk: sock): number {
  const tp = sk.tcp!;
  const old_win = tp.rcv_wnd;
  if ((sk.icsk!.icsk_ack.pending & ICSK_ACK_NOMEM) !== 0) {
    tp.pred_flags = 0;
    tp.rcv_wnd = 0;
    tp.rcv_wup = tp.rcv_nxt;
    tcp_update_max_rcv_wnd_seq(tp);
    return 0;
  }
  const scale = tp.rx_opt.rcv_wscale;
  const cur_win = tcp_receive_window(tp);
  let new_win = __tcp_select_window(cpu, sk);
  if (new_win < cur_win && (cpu.host.knobs.sysctl_tcp_shrink_window! === 0 || scale === 0)) {
    if (new_win === 0) NET_INC_STATS(cpu, 'TCPWantZeroWindowAdv');
    new_win = alignUp(cur_win, scale);
  }
  tp.rcv_wnd = new_win;
  tp.rcv_wup = tp.rcv_nxt;
  tcp_update_max_rcv_wnd_seq(tp);
  if (scale === 0 && cpu.host.knobs.sysctl_tcp_workaround_signed_windows! !== 0) new_win = Math.min(new_win, MAX_TCP_WINDOW);
  else new_win = Math.min(new_win, 65535 * (1 << scale));
  new_win = Math.floor(new_win / (1 << scale));
  if (new_win === 0) {
    tp.pred_flags = 0;
    if (old_win !== 0) NET_INC_STATS(cpu, 'TCPToZeroWindowAdv');
  } else if (old_win === 0) {
    NET_INC_STATS(cpu, 'TCPFromZeroWindowAdv');
  }
  return new_win;
}

/** How far the window may reach by the room in the buffer; silly windows are avoided (RFC 1122 4.2.3.3). */
export function __tcp_select_window(cpu: Cpu, sk: sock): number {
  const tp = sk.tcp!;
  const icsk = sk.icsk!;
  const scale = tp.rx_opt.rcv_wscale;
  let mss = icsk.icsk_ack.rcv_mss;
  let free_space = tcp_space(sk);
  const allowed_space = tcp_full_space(sk);
  const full_space = Math.min(tp.window_clamp, allowed_space);
  if (mss > full_space) {
    mss = full_space;
    if (mss <= 0) return 0;
  }
  if (cpu.host.knobs.sysctl_tcp_shrink_window! !== 0 && scale !== 0) return selectShrinkingWindow(sk, free_space, full_space, allowed_space, mss);
  if (free_space < full_space >> 1) {
    icsk.icsk_ack.quick = 0;
    if (tcp_under_memory_pressure(sk)) tcp_adjust_rcv_ssthresh(sk);
    free_space = alignDown(free_space, scale);
    if (free_space < allowed_space >> 4 || free_space < mss) return 0;
  }
  if (free_space > tp.rcv_ssthresh) free_space = tp.rcv_ssthresh;
  if (scale !== 0) return alignUp(free_space, scale);
  let window = tp.rcv_wnd;
  if (window <= free_space - mss || window > free_space) window = Math.floor(free_space / mss) * mss;
  else if (mss === full_space && free_space > window + (full_space >> 1)) window = free_space;
  return window;
}

/** With net.ipv4.tcp_shrink_window the window follows the buffer, down as well as up. @helper */
function selectShrinkingWindow(sk: sock, free: number, full_space: number, allowed_space: number, mss: number): number {
  const tp = sk.tcp!;
  const scale = tp.rx_opt.rcv_wscale;
  const free_space = alignDown(free, scale);
  if (free_space < full_space >> 1) {
    sk.icsk!.icsk_ack.quick = 0;
    if (tcp_under_memory_pressure(sk)) tcp_adjust_rcv_ssthresh(sk);
    if (free_space < allowed_space >> 4 || free_space < mss || free_space < 1 << scale) return 0;
  }
  return free_space > tp.rcv_ssthresh ? alignUp(tp.rcv_ssthresh, scale) : free_space;
}
