/**
 * The ARP packet for IPv4 over Ethernet (RFC 826).
 *
 *   hardware 2 | protocol 2 | 6 | 4 | operation 2 | sender MAC 6 | sender IP 4 | target MAC 6 | target IP 4
 *   0            2            4   5   6             8              14            18             24
 */
import { get_unaligned_be16, get_unaligned_be32, put_unaligned_be16, put_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';

export const ARPOP_REQUEST = 1;
export const ARPOP_REPLY = 2;
export const ARP_HDR_LEN = 28;
const ARPHRD_ETHER = 1;
const ETH_P_IP = 0x0800;

/** @helper */
export function arp_op(skb: sk_buff): number {
  return get_unaligned_be16(skb.head, skb.network_header + 6);
}

/** Hardware Ethernet, protocol IPv4, addresses of 6 and 4 bytes. @helper */
export function arpIsIpv4(skb: sk_buff): boolean {
  const at = skb.network_header;
  const b = skb.head;
  return get_unaligned_be16(b, at) === ARPHRD_ETHER && get_unaligned_be16(b, at + 2) === ETH_P_IP && b[at + 4] === 6 && b[at + 5] === 4;
}

/** @helper */
export function arp_sha(skb: sk_buff): number[] {
  return Array.from(skb.head.subarray(skb.network_header + 8, skb.network_header + 14));
}

/** @helper */
export function arp_sip(skb: sk_buff): number {
  return get_unaligned_be32(skb.head, skb.network_header + 14);
}

/** @helper */
export function arp_tip(skb: sk_buff): number {
  return get_unaligned_be32(skb.head, skb.network_header + 24);
}

/** Writes a packet at `at`. @helper */
export function writeArp(bytes: Uint8Array, at: number, operation: number, sha: readonly number[], sip: number, tha: readonly number[] | null, tip: number): void {
  put_unaligned_be16(ARPHRD_ETHER, bytes, at);
  put_unaligned_be16(ETH_P_IP, bytes, at + 2);
  bytes[at + 4] = 6;
  bytes[at + 5] = 4;
  put_unaligned_be16(operation, bytes, at + 6);
  bytes.set(sha, at + 8);
  put_unaligned_be32(sip, bytes, at + 14);
  if (tha === null) bytes.fill(0, at + 18, at + 24);
  else bytes.set(tha, at + 18);
  put_unaligned_be32(tip, bytes, at + 24);
}
