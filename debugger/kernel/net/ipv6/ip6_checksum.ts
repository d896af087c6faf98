/** The pseudo-header of IPv6 (include/net/ip6_checksum.h; RFC 8200 8.1): both addresses, length and protocol. */
import { get_unaligned_be16 } from '../../include/asm-generic/unaligned.ts';
import { in6Words } from '../../include/linux/in6.ts';
import type { In6Addr } from '../../include/linux/in6.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { csum_fold } from '../core/skbuff/checksum.ts';

/** The sum, not folded. @helper */
export function csum_ipv6_nofold(saddr: In6Addr, daddr: In6Addr, len: number, proto: number, sum: number): number {
  const from = in6Words(saddr);
  const to = in6Words(daddr);
  let total = sum + (len >>> 16) + (len & 0xffff) + proto;
  for (let i = 0; i < 8; i++) total += from[i]! + to[i]!;
  return total;
}

export function csum_ipv6_magic(saddr: In6Addr, daddr: In6Addr, len: number, proto: number, sum: number): number {
  return csum_fold(csum_ipv6_nofold(saddr, daddr, len, proto, sum));
}

/** The sum for the header at `at`, from its bytes. @helper */
export function ip6PseudoAt(head: Uint8Array, at: number, len: number, proto: number): number {
  let total = (len >>> 16) + (len & 0xffff) + proto;
  for (let i = 8; i < 40; i += 2) total += get_unaligned_be16(head, at + i);
  return total;
}

/** For `len` bytes of a packet's transport protocol. @helper */
export function ip6_compute_pseudo(skb: sk_buff, len: number, proto: number): number {
  return ip6PseudoAt(skb.head, skb.network_header, len, proto);
}
