/**
 * struct ipv6hdr, ipv6_pinfo and inet6_skb_parm (include/linux/ipv6.h, include/uapi/linux/ipv6.h): fields of the header at
 * skb.network_header.
 *
 *   | version 4 | class 8 | flow label 20 | payload length 16 | next header 8 | hop limit 8 | source 128 | destination 128 |
 *   0                                     4                   6               7             8            24             40
 */
import { get_unaligned_be16, get_unaligned_be32, put_unaligned_be16, put_unaligned_be32 } from '../asm-generic/unaligned.ts';
import { in6AddrAt, putIn6Addr } from './in6.ts';
import type { In6Addr } from './in6.ts';
import type { sk_buff } from './skbuff.ts';

export const SIZEOF_IPV6HDR = 40;
export const IPV6_MIN_MTU = 1280;
export const IPV6_MAXPLEN = 65535;
export const IPV6_DEFAULT_HOPLIMIT = 64;
/** Where the next header stands. */
export const OFFSET_NEXTHDR = 6;

/** What a socket of AF_INET6 has beside inet_sock. -1: as the route says. */
export interface ipv6_pinfo {
  saddr: In6Addr;
  tclass: number; hop_limit: number; mcast_hops: number; min_hopcount: number;
  pmtudisc: number; recverr: boolean; dontfrag: boolean;
  autoflowlabel: boolean; autoflowlabel_set: boolean;
  /** IPV6_RECVPKTINFO, IPV6_RECVHOPLIMIT, IPV6_RECVTCLASS. */
  rxopt: { rxinfo: boolean; rxhlim: boolean; rxtclass: boolean };
}

/** @helper */
export function createIpv6Pinfo(): ipv6_pinfo {
  return {
    saddr: '::' as In6Addr, tclass: 0, hop_limit: -1, mcast_hops: 1, min_hopcount: 0, pmtudisc: 1, recverr: false, dontfrag: false,
    autoflowlabel: false, autoflowlabel_set: false, rxopt: { rxinfo: false, rxhlim: false, rxtclass: false },
  };
}

/** IP6CB(skb): where the number of the next header stands, and the largest fragment that the packet was put together from (0: it was whole). */
export interface inet6_skb_parm { kind: 'inet6'; nhoff: number; frag_max_size: number }

/** @helper */
export function createInet6Cb(): inet6_skb_parm {
  return { kind: 'inet6', nhoff: OFFSET_NEXTHDR, frag_max_size: 0 };
}

/** @helper Of packets that have none, as those of this host: 0. */
export function IP6CB_frag_max_size(skb: sk_buff): number {
  const cb = skb.cb as inet6_skb_parm | null;
  return cb !== null && cb.kind === 'inet6' ? cb.frag_max_size : 0;
}

/** @helper */
export function IP6CB(skb: sk_buff): inet6_skb_parm {
  const cb = skb.cb as inet6_skb_parm | null;
  if (cb !== null && cb.kind === 'inet6') return cb;
  const made = createInet6Cb();
  skb.cb = made;
  return made;
}

/** @helper */
export function ipv6_saddr(skb: sk_buff): In6Addr {
  return in6AddrAt(skb.head, skb.network_header + 8);
}

/** @helper */
export function ipv6_daddr(skb: sk_buff): In6Addr {
  return in6AddrAt(skb.head, skb.network_header + 24);
}

/** @helper */
export function ipv6_nexthdr(skb: sk_buff): number {
  return skb.head[skb.network_header + OFFSET_NEXTHDR]!;
}

/** @helper */
export function ipv6_hop_limit(skb: sk_buff): number {
  return skb.head[skb.network_header + 7]!;
}

/** @helper */
export function ipv6_payload_len(skb: sk_buff): number {
  return get_unaligned_be16(skb.head, skb.network_header + 4);
}

/** The traffic class. @helper */
export function ipv6_get_dsfield(skb: sk_buff): number {
  const at = skb.network_header;
  return ((skb.head[at]! & 15) << 4) | (skb.head[at + 1]! >>> 4);
}

/** @helper */
export function ip6_flowlabel(skb: sk_buff): number {
  return get_unaligned_be32(skb.head, skb.network_header) & 0xfffff;
}

/** Writes the header at skb.network_header; the payload is what stands behind it. @helper */
export function writeIpv6Header(skb: sk_buff, tclass: number, flowlabel: number, nexthdr: number, hop_limit: number, saddr: In6Addr, daddr: In6Addr): void {
  const at = skb.network_header;
  const b = skb.head;
  const payload = skb.len - (at - skb.data) - SIZEOF_IPV6HDR;
  put_unaligned_be32((0x60000000 | (tclass << 20) | flowlabel) >>> 0, b, at);
  put_unaligned_be16(payload > IPV6_MAXPLEN ? 0 : payload, b, at + 4);
  b[at + OFFSET_NEXTHDR] = nexthdr;
  b[at + 7] = hop_limit;
  putIn6Addr(saddr, b, at + 8);
  putIn6Addr(daddr, b, at + 24);
}
