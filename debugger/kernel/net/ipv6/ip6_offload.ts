/** IPv6's part in merging received packets and in cutting large ones (net/ipv6/ip6_offload.c, tcpv6_offload.c). Only TCP is merged: datagrams over IPv6 go up one by one. */
import type { Cpu } from '../../../machine/types.ts';
import { get_unaligned_be16, get_unaligned_be32, put_unaligned_be16 } from '../../include/asm-generic/unaligned.ts';
import { SKB_GSO_TCPV6 } from '../../include/linux/skbuff.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { IPPROTO_TCP, IPPROTO_UDP } from '../../include/net/sock.ts';
import { NAPI_GRO_CB, skb_gro_len, skb_gro_offset, skb_gro_pull } from '../core/gro/gro_cb.ts';
import { skb_gro_checksum_validate } from '../core/gro/checksum.ts';
import { csum_fold } from '../core/skbuff/checksum.ts';
import { skb_headlen } from '../core/skbuff/data.ts';
import { tcp_gro_complete, tcp_gro_pull_header, tcp_gro_receive, tcp_gso_segment } from '../ipv4/tcp_offload.ts';
import { __udp_gso_segment } from '../ipv4/udp_offload.ts';
import { ip6PseudoAt } from './ip6_checksum.ts';

const IPV6_HEADER = 40;

/** Looks at the IPv6 header of a received packet and lets TCP look for a held packet to join. Answers a held packet that has to be completed now, else null. */
export function ipv6_gro_receive(cpu: Cpu, head: readonly sk_buff[], skb: sk_buff): sk_buff | null {
  const cb = NAPI_GRO_CB(skb);
  const off = skb_gro_offset(skb);
  const b = skb.head;
  const iph = skb.data + off;
  if (skb_headlen(skb) < off + IPV6_HEADER || b[iph + 6] !== IPPROTO_TCP) {
    cb.flush = true;
    return null;
  }
  skb_gro_pull(skb, IPV6_HEADER);
  if (get_unaligned_be16(b, iph + 4) !== skb_gro_len(skb)) cb.flush = true;
  for (let i = 0; i < head.length; i++) {
    const p = head[i]!;
    const held = NAPI_GRO_CB(p);
    if (held.same_flow) held.same_flow = sameFlow(p.head, p.data + off, b, iph);
  }
  cb.network_offset = off;
  skb.transport_header = skb.data + skb_gro_offset(skb);
  return tcp6_gro_receive(cpu, head, skb);
}

/** Flow label, next header and addresses are the same. @helper */
function sameFlow(a: Uint8Array, iph: number, b: Uint8Array, iph2: number): boolean {
  const differ = get_unaligned_be32(a, iph) ^ get_unaligned_be32(b, iph2);
  if ((differ & ~0x0ff00000) !== 0 || a[iph + 6] !== b[iph2 + 6]) return false;
  for (let i = 8; i < IPV6_HEADER; i++) if (a[iph + i] !== b[iph2 + i]) return false;
  return true;
}

/** Verifies the checksum where the device has not, then looks for the stream. */
export function tcp6_gro_receive(cpu: Cpu, head: readonly sk_buff[], skb: sk_buff): sk_buff | null {
  const cb = NAPI_GRO_CB(skb);
  const thlen = tcp_gro_pull_header(skb);
  if (thlen === 0 || (!cb.flush && !skb_gro_checksum_validate(cpu, skb, cb.data_offset - thlen, IPPROTO_TCP, false))) {
    cb.flush = true;
    return null;
  }
  return tcp_gro_receive(cpu, head, skb, thlen);
}

/** Whether the headers forbid joining: hop limit and traffic class. @helper */
export function ipv6GroFlush(a: Uint8Array, iph: number, b: Uint8Array, iph2: number): boolean {
  return a[iph + 7] !== b[iph2 + 7] || ((get_unaligned_be32(a, iph) ^ get_unaligned_be32(b, iph2)) & 0x0ff00000) !== 0;
}

/** The merged packet's header gets its length, and its TCP header what it needs. */
export function ipv6_gro_complete(cpu: Cpu, skb: sk_buff, nhoff: number): void {
  put_unaligned_be16(skb.len - nhoff - IPV6_HEADER, skb.head, skb.data + nhoff + 4);
  tcp6_gro_complete(cpu, skb, nhoff + IPV6_HEADER);
}

/** The merged segment looks like one that still has to get its checksum, so that nobody sums it again. */
export function tcp6_gro_complete(cpu: Cpu, skb: sk_buff, thoff: number): void {
  const at = skb.data + thoff;
  put_unaligned_be16(~csum_fold(ip6PseudoAt(skb.head, skb.network_header, skb.len - thoff, IPPROTO_TCP)) & 0xffff, skb.head, at + 16);
  skb.shinfo.gso_type |= SKB_GSO_TCPV6;
  tcp_gro_complete(cpu, skb, at);
}

/** Cuts a packet at its IPv6 header: the transport protocol makes the segments, each then gets its length. */
export function ipv6_gso_segment(cpu: Cpu, skb: sk_buff, features: number): sk_buff | null {
  skb.network_header = skb.data;
  const proto = skb.head[skb.network_header + 6]!;
  skb.data += IPV6_HEADER;
  skb.len -= IPV6_HEADER;
  skb.transport_header = skb.data;
  let segs: sk_buff | null = null;
  if (proto === IPPROTO_TCP) segs = tcp6_gso_segment(cpu, skb, features);
  else if (proto === IPPROTO_UDP) segs = udp6_ufo_fragment(cpu, skb, features);
  for (let seg = segs; seg !== null; seg = seg.next) {
    const at = seg.network_header;
    put_unaligned_be16(seg.len - (at - seg.data) - IPV6_HEADER, seg.head, at + 4);
  }
  return segs;
}

export function tcp6_gso_segment(cpu: Cpu, skb: sk_buff, features: number): sk_buff | null {
  return tcp_gso_segment(cpu, skb, features);
}

function udp6_ufo_fragment(cpu: Cpu, skb: sk_buff, features: number): sk_buff | null {
  return __udp_gso_segment(cpu, skb, features);
}
