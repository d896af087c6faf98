/** struct tcphdr (uapi/linux/tcp.h) read from and written to the bytes of an skb, at its transport header. */
import { get_unaligned_be16, get_unaligned_be32 } from '../asm-generic/unaligned.ts';
import type { sk_buff } from './skbuff.ts';

/** @helper */
export function th_source(skb: sk_buff): number {
  return get_unaligned_be16(skb.head, skb.transport_header);
}

/** @helper */
export function th_dest(skb: sk_buff): number {
  return get_unaligned_be16(skb.head, skb.transport_header + 2);
}

/** @helper */
export function th_seq(skb: sk_buff): number {
  return get_unaligned_be32(skb.head, skb.transport_header + 4);
}

/** @helper */
export function th_ack_seq(skb: sk_buff): number {
  return get_unaligned_be32(skb.head, skb.transport_header + 8);
}

/** Header length in bytes (doff * 4). @helper */
export function tcp_hdrlen(skb: sk_buff): number {
  return (skb.head[skb.transport_header + 12]! >> 4) << 2;
}

/** The nine flag bits, AE first. @helper */
export function th_flags(skb: sk_buff): number {
  const o = skb.transport_header + 12;
  return ((skb.head[o]! & 1) << 8) | skb.head[o + 1]!;
}

/** @helper */
export function th_window(skb: sk_buff): number {
  return get_unaligned_be16(skb.head, skb.transport_header + 14);
}

/** @helper */
export function th_urg_ptr(skb: sk_buff): number {
  return get_unaligned_be16(skb.head, skb.transport_header + 18);
}

/** Data offset, flags and window as one word: what header prediction compares (tcp_flag_word). @helper */
export function tcp_flag_word(skb: sk_buff): number {
  return get_unaligned_be32(skb.head, skb.transport_header + 12);
}
