/** The peer's segment size as guessed, and how readily to acknowledge (net/ipv4/tcp_input.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { th_flags } from '../../../include/linux/tcp.ts';
import { TCP_CLOSE } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  ICSK_ACK_PUSHED, ICSK_ACK_PUSHED2, SIZEOF_TCPHDR, SOCK_MIN_RCVBUF, TCPHDR_FIN, TCPHDR_PSH, TCPHDR_SYN, TCPHDR_URG, TCP_ATO_MIN, TCP_MIN_MSS, TCP_MSS_DEFAULT,
  TCP_RMEM_TO_WIN_SCALE,
} from '../../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import { inet_csk_exit_pingpong_mode, inet_csk_in_pingpong_mode } from '../../../include/net/inet_connection_sock.ts';
import { tcp_win_from_space } from '../../../include/net/tcp_inlines/window.ts';
import { EINVAL } from '../../../include/uapi/asm-generic/errno.ts';

const TCP_REMNANT = TCPHDR_FIN | TCPHDR_URG | TCPHDR_SYN | TCPHDR_PSH;

/** A careful first guess: too small a value only means ACKs too often. */
export function tcp_initialize_rcv_mss(_cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  const hint = Math.min(tp.advmss, tp.mss_cache, tp.rcv_wnd >> 1, TCP_MSS_DEFAULT);
  sk.icsk!.icsk_ack.rcv_mss = Math.max(hint, TCP_MIN_MSS);
}

/** TCP_WINDOW_CLAMP, and what the ratio of payload to memory makes of the buffer. */
export function tcp_set_window_clamp(_cpu: Cpu, sk: sock, val: number): number {
  const tp = sk.tcp!;
  if (val === 0) {
    if (sk.sk_state !== TCP_CLOSE) return -EINVAL;
    tp.window_clamp = 0;
    return 0;
  }
  const old = tp.window_clamp;
  const clamp = Math.max(SOCK_MIN_RCVBUF >> 1, val);
  if (clamp === old) return 0;
  tp.window_clamp = clamp;
  if (clamp < old) tp.rcv_ssthresh = Math.min(tp.rcv_ssthresh, clamp);
  else tp.rcv_ssthresh = Math.max(Math.min(tp.rcv_wnd, clamp), tp.rcv_ssthresh);
  return 0;
}

/** How much of the memory that segments take is payload, from the segment at hand. @helper */
function updateScalingRatio(cpu: Cpu, sk: sock, skb: sk_buff): void {
  const tp = sk.tcp!;
  const old_ratio = tp.scaling_ratio;
  const ratio = Math.floor((skb.len * (1 << TCP_RMEM_TO_WIN_SCALE)) / skb.truesize) & 0xff;
  tp.scaling_ratio = ratio !== 0 ? ratio : 1;
  if (old_ratio === tp.scaling_ratio) return;
  tcp_set_window_clamp(cpu, sk, tcp_win_from_space(sk, sk.sk_rcvbuf));
  if (tp.window_clamp < tp.rcvq_space.space) tp.rcvq_space.space = tp.window_clamp;
}

/** A data segment came: is it a full one? */
export function tcp_measure_rcv_mss(cpu: Cpu, sk: sock, skb: sk_buff): void {
  const tp = sk.tcp!;
  const ack = sk.icsk!.icsk_ack;
  const lss = ack.last_seg_size;
  ack.last_seg_size = 0;
  let len = skb.shinfo.gso_size !== 0 ? skb.shinfo.gso_size : skb.len;
  if (len >= ack.rcv_mss) {
    if (len !== ack.rcv_mss) updateScalingRatio(cpu, sk, skb);
    ack.rcv_mss = Math.min(len, tp.advmss);
    if ((TCP_SKB_CB(skb).tcp_flags & TCPHDR_PSH) !== 0) ack.pending |= ICSK_ACK_PUSHED;
    return;
  }
  len += skb.data - skb.transport_header;
  if (len >= TCP_MSS_DEFAULT + SIZEOF_TCPHDR || (len >= TCP_MIN_MSS + SIZEOF_TCPHDR && (th_flags(skb) & TCP_REMNANT) === 0)) {
    len -= tp.tcp_header_len;
    ack.last_seg_size = len;
    if (len === lss) {
      ack.rcv_mss = len;
      return;
    }
  }
  if ((ack.pending & ICSK_ACK_PUSHED) !== 0) ack.pending |= ICSK_ACK_PUSHED2;
  ack.pending |= ICSK_ACK_PUSHED;
}

export function tcp_incr_quickack(_cpu: Cpu, sk: sock, max_quickacks: number): void {
  const ack = sk.icsk!.icsk_ack;
  const quickacks = Math.min(Math.floor(sk.tcp!.rcv_wnd / (2 * ack.rcv_mss)) || 2, max_quickacks);
  if (quickacks > ack.quick) ack.quick = quickacks;
}

/** The next segments are acknowledged at once: the peer needs ACKs to get going. */
export function tcp_enter_quickack_mode(cpu: Cpu, sk: sock, max_quickacks: number): void {
  tcp_incr_quickack(cpu, sk, max_quickacks);
  inet_csk_exit_pingpong_mode(sk);
  sk.icsk!.icsk_ack.ato = TCP_ATO_MIN;
}

export function tcp_in_quickack_mode(_cpu: Cpu, sk: sock): boolean {
  const ack = sk.icsk!.icsk_ack;
  return ack.dst_quick_ack || (ack.quick !== 0 && !inet_csk_in_pingpong_mode(sk));
}
