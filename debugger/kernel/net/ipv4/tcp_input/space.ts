/** Tuning of both buffers and of the window that is offered (net/ipv4/tcp_input.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { SKB_TRUESIZE } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { SOCK_RCVBUF_LOCK, SOCK_SNDBUF_LOCK } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { MAX_TCP_HEADER, SOCK_NOSPACE, TCP_CHRONO_SNDBUF_LIMITED, TCP_INIT_CWND } from '../../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import { tcp_jiffies32, tcp_stamp_us_delta } from '../../../include/net/tcp_inlines/clock.ts';
import { tcp_packets_in_flight } from '../../../include/net/tcp_inlines/congestion.ts';
import {
  tcp_adjust_rcv_ssthresh, tcp_full_space, tcp_space, tcp_space_from_win, tcp_under_memory_pressure, tcp_win_from_space,
} from '../../../include/net/tcp_inlines/window.ts';
import { sk_memory_allocated, skWriteSpace } from '../../core/sock.ts';
import { tcp_chrono_stop } from '../tcp_output/chrono.ts';
import { tcp_mstamp_refresh } from '../tcp_output/clock.ts';

/** Twice what the congestion window holds, each segment in an skb of its own. */
export function tcp_sndbuf_expand(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  const size = Math.max(tp.rx_opt.mss_clamp, tp.mss_cache) + MAX_TCP_HEADER + 320;
  let per_mss = 1;
  while (per_mss < size) per_mss *= 2;
  per_mss += 256;
  const nr_segs = Math.max(TCP_INIT_CWND, tp.snd_cwnd, tp.reordering + 1);
  const sndmem = 2 * nr_segs * per_mss;
  if (sk.sk_sndbuf < sndmem) sk.sk_sndbuf = Math.min(sndmem, cpu.host.knobs.sysctl_tcp_wmem_2!);
}

function __tcp_grow_window(cpu: Cpu, sk: sock, skb: sk_buff, skbtruesize: number): number {
  let truesize = tcp_win_from_space(sk, skbtruesize) >> 1;
  let window = tcp_win_from_space(sk, cpu.host.knobs.sysctl_tcp_rmem_2!) >> 1;
  while (sk.tcp!.rcv_ssthresh <= window) {
    if (truesize <= skb.len) return 2 * sk.icsk!.icsk_ack.rcv_mss;
    truesize >>= 1;
    window >>= 1;
  }
  return 0;
}

/** A packet without bytes in its head may lose the head when it is joined to another. */
function truesize_adjust(_cpu: Cpu, adjust: boolean, skb: sk_buff): number {
  if (!adjust || skb.len !== skb.data_len) return skb.truesize;
  const truesize = skb.truesize - SKB_TRUESIZE(skb.head.length);
  return truesize < skb.len ? skb.truesize : truesize;
}

/** The window that is offered grows with each segment that does not waste memory. */
export function tcp_grow_window(cpu: Cpu, sk: sock, skb: sk_buff, adjust: boolean): void {
  const tp = sk.tcp!;
  const room = Math.min(tp.window_clamp, tcp_space(sk)) - tp.rcv_ssthresh;
  if (room <= 0) return;
  if (tcp_under_memory_pressure(sk)) {
    tcp_adjust_rcv_ssthresh(sk);
    return;
  }
  const truesize = truesize_adjust(cpu, adjust, skb);
  const incr = tcp_win_from_space(sk, truesize) <= skb.len ? 2 * tp.advmss : __tcp_grow_window(cpu, sk, skb, truesize);
  if (incr === 0) return;
  tp.rcv_ssthresh += Math.min(room, Math.max(incr, 2 * skb.len));
  sk.icsk!.icsk_ack.quick |= 1;
}

/** Once, when a connection becomes established. */
export function tcp_init_buffer_space(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  const app_win = cpu.host.knobs.sysctl_tcp_app_win!;
  if ((sk.sk_userlocks & SOCK_SNDBUF_LOCK) === 0) tcp_sndbuf_expand(cpu, sk);
  tcp_mstamp_refresh(cpu, tp);
  tp.rcvq_space.time = tp.tcp_mstamp;
  tp.rcvq_space.seq = tp.copied_seq;
  const maxwin = tcp_full_space(sk);
  if (tp.window_clamp >= maxwin) {
    tp.window_clamp = maxwin;
    if (app_win !== 0 && maxwin > 4 * tp.advmss) tp.window_clamp = Math.max(maxwin - (maxwin >> app_win), 4 * tp.advmss);
  }
  if (app_win !== 0 && tp.window_clamp > 2 * tp.advmss && tp.window_clamp + tp.advmss > maxwin) tp.window_clamp = Math.max(2 * tp.advmss, maxwin - tp.advmss);
  tp.rcv_ssthresh = Math.min(tp.rcv_ssthresh, tp.window_clamp);
  tp.snd_cwnd_stamp = tcp_jiffies32(cpu);
  tp.rcvq_space.space = Math.min(tp.rcv_ssthresh, tp.rcv_wnd, TCP_INIT_CWND * tp.advmss);
}

/** The receive buffer is full: it may grow to what it holds; the window shrinks. */
export function tcp_clamp_window(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  const rmem2 = cpu.host.knobs.sysctl_tcp_rmem_2!;
  sk.icsk!.icsk_ack.quick = 0;
  if (sk.sk_rcvbuf < rmem2 && (sk.sk_userlocks & SOCK_RCVBUF_LOCK) === 0 && !tcp_under_memory_pressure(sk) && sk_memory_allocated(sk) < cpu.host.knobs.sysctl_tcp_mem_0!) {
    sk.sk_rcvbuf = Math.min(sk.sk_rmem_alloc, rmem2);
  }
  if (sk.sk_rmem_alloc > sk.sk_rcvbuf) tp.rcv_ssthresh = Math.min(tp.window_clamp, 2 * tp.advmss);
}

/** Dynamic right-sizing: room for what may arrive while the user reads what came in a round trip. */
export function tcp_rcvbuf_grow(cpu: Cpu, sk: sock, newval: number): void {
  const knobs = cpu.host.knobs;
  const tp = sk.tcp!;
  const oldval = tp.rcvq_space.space;
  tp.rcvq_space.space = newval;
  if (knobs.sysctl_tcp_moderate_rcvbuf! === 0 || (sk.sk_userlocks & SOCK_RCVBUF_LOCK) !== 0) return;
  let rcvwin = newval * 2;
  const rtt_us = tp.rcv_rtt_est.rtt_us >> 3;
  const rtt_threshold = knobs.sysctl_tcp_rcvbuf_low_rtt!;
  if (rtt_us < rtt_threshold) rcvwin += Math.floor((rcvwin * rtt_us) / rtt_threshold);
  else rcvwin += Math.floor((rcvwin * 2 * (newval - oldval)) / Math.max(oldval, 1));
  if (tp.out_of_order_queue.length > 0) rcvwin += (TCP_SKB_CB(tp.ooo_last_skb!).end_seq - tp.rcv_nxt) >>> 0;
  const rcvbuf = Math.min(tcp_space_from_win(sk, rcvwin), knobs.sysctl_tcp_rmem_2!);
  if (rcvbuf > sk.sk_rcvbuf) {
    sk.sk_rcvbuf = rcvbuf;
    tp.window_clamp = tcp_win_from_space(sk, rcvbuf);
  }
}

/** Called whenever bytes have been copied to the user: once in a round trip the buffer is fitted. */
export function tcp_rcv_space_adjust(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  const space = tp.rcvq_space;
  if (tp.rcv_rtt_est.rtt_us === 0) return;
  const time = tcp_stamp_us_delta(tp.tcp_mstamp, space.time);
  if (time < tp.rcv_rtt_est.rtt_us >> 3) return;
  const inq = (tp.rcv_nxt - tp.copied_seq) | 0;
  const copied = ((tp.copied_seq - space.seq) | 0) - inq;
  if (copied > space.space) tcp_rcvbuf_grow(cpu, sk, copied);
  space.seq = tp.copied_seq;
  space.time = tp.tcp_mstamp;
}

function tcp_should_expand_sndbuf(cpu: Cpu, sk: sock): boolean {
  const tp = sk.tcp!;
  if ((sk.sk_userlocks & SOCK_SNDBUF_LOCK) !== 0) return false;
  if (tcp_under_memory_pressure(sk)) return false;
  if (sk_memory_allocated(sk) >= cpu.host.knobs.sysctl_tcp_mem_0!) return false;
  return tcp_packets_in_flight(tp) < tp.snd_cwnd;
}

/** There is room in the send buffer again: whoever waits for it may be told. */
export function tcp_new_space(cpu: Cpu, sk: sock): void {
  if (tcp_should_expand_sndbuf(cpu, sk)) {
    tcp_sndbuf_expand(cpu, sk);
    sk.tcp!.snd_cwnd_stamp = tcp_jiffies32(cpu);
  }
  skWriteSpace(cpu, sk);
}

export function __tcp_check_space(cpu: Cpu, sk: sock): void {
  tcp_new_space(cpu, sk);
  if ((sk.sk_socket!.flags & SOCK_NOSPACE) === 0) tcp_chrono_stop(cpu, sk, TCP_CHRONO_SNDBUF_LIMITED);
}

/** Segments have left, or their memory was given back: somebody may be waiting for that. */
export function tcp_check_space(cpu: Cpu, sk: sock): void {
  if (sk.sk_socket !== null && (sk.sk_socket.flags & SOCK_NOSPACE) !== 0) __tcp_check_space(cpu, sk);
}
