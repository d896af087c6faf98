/** The hash of a packet's flow (net/core/flow_dissector.c). The real one is keyed by chance at each boot; this one is fixed. */
import { get_unaligned_be16, get_unaligned_be32 } from '../../include/asm-generic/unaligned.ts';
import { ETH_P_IP, ETH_P_IPV6 } from '../../include/linux/if_ether.ts';
import { ipv6_addr_hash } from '../../include/linux/in6.ts';
import type { flowi6 } from '../../include/net/ip6_fib.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import type { Cpu } from '../../../machine/types.ts';

/** The packet's hash over addresses and ports, computed from its headers when neither the device nor the socket has given one over ports. */
export function skb_get_hash(cpu: Cpu, skb: sk_buff): number {
  if (!skb.l4_hash) __skb_get_hash_net(cpu, skb);
  return skb.hash;
}

export function __skb_get_hash_net(_cpu: Cpu, skb: sk_buff): void {
  skb.hash = flowHash(skb);
  skb.l4_hash = true;
}

/** @helper Addresses, protocol, and ports unless it is a fragment. */
function flowHash(skb: sk_buff): number {
  const at = skb.network_header;
  const b = skb.head;
  if (skb.protocol === ETH_P_IPV6) return flowHash6(b, at);
  if (skb.protocol !== ETH_P_IP) return 1;
  const proto = b[at + 9]!;
  let h = mix(mix(0x9e3779b9 ^ proto, get_unaligned_be32(b, at + 12)), get_unaligned_be32(b, at + 16));
  const fragment = (get_unaligned_be16(b, at + 6) & 0x3fff) !== 0;
  if (!fragment && (proto === 6 || proto === 17)) h = mix(h, get_unaligned_be32(b, at + (b[at]! & 15) * 4));
  h ^= h >>> 15;
  return h >>> 0 || 1;
}

/** @helper The same of IPv6, without a look behind extension headers. */
function flowHash6(b: Uint8Array, at: number): number {
  const proto = b[at + 6]!;
  let h = 0x9e3779b9 ^ proto;
  for (let i = 8; i < 40; i += 4) h = mix(h, get_unaligned_be32(b, at + i));
  if (proto === 6 || proto === 17) h = mix(h, get_unaligned_be32(b, at + 40));
  h ^= h >>> 15;
  return h >>> 0 || 1;
}

/** The hash of a flow whose header is still to be written. */
export function skb_get_hash_flowi6(_cpu: Cpu, skb: sk_buff, fl6: flowi6): number {
  if (skb.l4_hash) return skb.hash;
  let h = mix(mix(0x9e3779b9 ^ fl6.flowi6_proto, ipv6_addr_hash(fl6.saddr)), ipv6_addr_hash(fl6.daddr));
  h = mix(h, (fl6.fl6_sport << 16) | fl6.fl6_dport);
  h ^= h >>> 15;
  skb.hash = h >>> 0 || 1;
  skb.l4_hash = true;
  return skb.hash;
}

/** @helper */
function mix(h: number, word: number): number {
  const x = Math.imul(h ^ word, 0x85ebca6b);
  return Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
}
