/** struct udphdr (include/uapi/linux/udp.h): fields of the header at skb.transport_header. */
import { get_unaligned_be16 } from '../asm-generic/unaligned.ts';
import type { sk_buff } from './skbuff.ts';

export const SIZEOF_UDPHDR = 8;
/** What a datagram whose checksum comes out as zero carries instead; zero means: none. */
export const CSUM_MANGLED_0 = 0xffff;

/** @helper */
export function uh_source(skb: sk_buff): number {
  return get_unaligned_be16(skb.head, skb.transport_header);
}

/** @helper */
export function uh_dest(skb: sk_buff): number {
  return get_unaligned_be16(skb.head, skb.transport_header + 2);
}

/** @helper */
export function uh_len(skb: sk_buff): number {
  return get_unaligned_be16(skb.head, skb.transport_header + 4);
}

/** @helper */
export function uh_check(skb: sk_buff): number {
  return get_unaligned_be16(skb.head, skb.transport_header + 6);
}
