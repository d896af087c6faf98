/** struct iphdr (include/uapi/linux/ip.h): fields of the header at skb.network_header, and of one at any offset of a byte array. */
import { get_unaligned_be16, get_unaligned_be32 } from '../asm-generic/unaligned.ts';
import type { sk_buff } from './skbuff.ts';

export const IP_DF = 0x4000;
export const IP_MF = 0x2000;
export const IP_OFFSET = 0x1fff;
export const IPDEFTTL = 64;
export const IP_MAX_MTU = 0xffff;
export const IPV4_MIN_MTU = 68;
export const SIZEOF_IPHDR = 20;
export const IPTOS_PREC_INTERNETCONTROL = 0xc0;
export const INET_ECN_MASK = 3;

export const INADDR_ANY = 0;
export const INADDR_BROADCAST = 0xffffffff;
export const INADDR_LOOPBACK = 0x7f000001;

/** @helper Bytes of the header at `at`. */
export function iph_hdrlen(head: Uint8Array, at: number): number {
  return (head[at]! & 15) << 2;
}

/** @helper */
export function ip_hdrlen(skb: sk_buff): number {
  return (skb.head[skb.network_header]! & 15) << 2;
}

/** @helper */
export function iph_tos(skb: sk_buff): number {
  return skb.head[skb.network_header + 1]!;
}

/** @helper */
export function iph_tot_len(skb: sk_buff): number {
  return get_unaligned_be16(skb.head, skb.network_header + 2);
}

/** @helper */
export function iph_id(skb: sk_buff): number {
  return get_unaligned_be16(skb.head, skb.network_header + 4);
}

/** @helper */
export function iph_frag_off(skb: sk_buff): number {
  return get_unaligned_be16(skb.head, skb.network_header + 6);
}

/** @helper */
export function iph_ttl(skb: sk_buff): number {
  return skb.head[skb.network_header + 8]!;
}

/** @helper */
export function iph_protocol(skb: sk_buff): number {
  return skb.head[skb.network_header + 9]!;
}

/** @helper */
export function iph_saddr(skb: sk_buff): number {
  return get_unaligned_be32(skb.head, skb.network_header + 12);
}

/** @helper */
export function iph_daddr(skb: sk_buff): number {
  return get_unaligned_be32(skb.head, skb.network_header + 16);
}

/** @helper */
export function ip_is_fragment(skb: sk_buff): boolean {
  return (iph_frag_off(skb) & (IP_MF | IP_OFFSET)) !== 0;
}

/** @helper */
export function ipv4_is_loopback(addr: number): boolean {
  return addr >>> 24 === 127;
}

/** @helper */
export function ipv4_is_multicast(addr: number): boolean {
  return addr >>> 28 === 14;
}

/** @helper */
export function ipv4_is_lbcast(addr: number): boolean {
  return addr === INADDR_BROADCAST;
}

/** @helper 0.0.0.0/8 */
export function ipv4_is_zeronet(addr: number): boolean {
  return addr >>> 24 === 0;
}
