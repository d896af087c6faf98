/** IPv4's part in merging received packets and in cutting large ones (net/ipv4/af_inet.c). */
import { ipv6GroFlush } from '../ipv6/ip6_offload.ts';
import type { Cpu } from '../../../machine/types.ts';
import { get_unaligned_be16, put_unaligned_be16 } from '../../include/asm-generic/unaligned.ts';
import { SKB_GSO_TCP_FIXEDID } from '../../include/linux/skbuff.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { IPPROTO_TCP, IPPROTO_UDP } from '../../include/net/sock.ts';
import { NAPI_GRO_CB, skb_gro_len, skb_gro_offset, skb_gro_pull } from '../core/gro/gro_cb.ts';
import { csum_replace2, ip_fast_csum } from '../core/skbuff/checksum.ts';
import { skb_headlen, skb_is_gso } from '../core/skbuff/data.ts';
import { tcp4_gro_complete, tcp4_gro_receive, tcp4_gso_segment } from './tcp_offload.ts';
import { udp4_gro_complete, udp4_gro_receive, udp4_ufo_fragment } from './udp_offload.ts';

const IP_DF = 0x4000;
const IP_HEADER = 20;
const IP_MF_OFFSET = 0x3fff;

/**
 * Looks at the IP header of a received packet and lets its transport protocol look for a held packet to join.
 * Answers a held packet that has to be completed now, else null; the rest it says in the packet's control block.
 */
export function inet_gro_receive(cpu: Cpu, head: readonly sk_buff[], skb: sk_buff): sk_buff | null {
  const cb = NAPI_GRO_CB(skb);
  const off = skb_gro_offset(skb);
  const b = skb.head;
  const iph = skb.data + off;
  const proto = b[iph + 9]!;
  const known = proto === IPPROTO_TCP || proto === IPPROTO_UDP;
  if (!known || skb_headlen(skb) < off + IP_HEADER || b[iph] !== 0x45 || is_fragment(b, iph) || ip_fast_csum(b, iph, 5) !== 0) {
    cb.flush = true;
    return null;
  }
  const flush = get_unaligned_be16(b, iph + 2) !== skb_gro_len(skb);
  for (let i = 0; i < head.length; i++) {
    const p = head[i]!;
    const held = NAPI_GRO_CB(p);
    if (held.same_flow) held.same_flow = same_addresses(p.head, p.data + off, b, iph);
  }
  if (flush) cb.flush = true;
  cb.network_offset = off;
  skb_gro_pull(skb, IP_HEADER);
  skb.transport_header = skb.data + skb_gro_offset(skb);
  return proto === IPPROTO_TCP ? tcp4_gro_receive(cpu, head, skb) : udp4_gro_receive(cpu, head, skb);
}

/** @helper */
function is_fragment(bytes: Uint8Array, iph: number): boolean {
  return (get_unaligned_be16(bytes, iph + 6) & IP_MF_OFFSET) !== 0;
}

/** @helper */
function same_addresses(a: Uint8Array, iph: number, b: Uint8Array, iph2: number): boolean {
  if (a[iph + 9] !== b[iph2 + 9]) return false;
  for (let i = 12; i < IP_HEADER; i++) if (a[iph + i] !== b[iph2 + i]) return false;
  return true;
}

/** Whether the IP headers forbid joining: time to live, service, DF, and identifications that neither count up nor stay equal. */
export function inet_gro_flush(_cpu: Cpu, skb: sk_buff, p: sk_buff): boolean {
  const iph = skb.data + NAPI_GRO_CB(skb).network_offset;
  const iph2 = p.data + NAPI_GRO_CB(p).network_offset;
  const a = skb.head;
  const b = p.head;
  if (a[iph]! >> 4 === 6) return ipv6GroFlush(a, iph, b, iph2);
  const held = NAPI_GRO_CB(p);
  const df = get_unaligned_be16(a, iph + 6) & IP_DF;
  if (a[iph + 8] !== b[iph2 + 8] || a[iph + 1] !== b[iph2 + 1] || df !== (get_unaligned_be16(b, iph2 + 6) & IP_DF)) return true;
  const ipid_offset = (get_unaligned_be16(a, iph + 4) - get_unaligned_be16(b, iph2 + 4)) & 0xffff;
  if (held.count === 1 && ipid_offset === 0) held.ip_fixedid = true;
  return ipid_offset !== (held.ip_fixedid ? 0 : held.count & 0xffff);
}

/** The merged packet's IP header gets its length and checksum, then its transport header what it needs. */
export function inet_gro_complete(cpu: Cpu, skb: sk_buff, nhoff: number): void {
  const iph = skb.data + nhoff;
  const b = skb.head;
  const newlen = skb.len - nhoff;
  put_unaligned_be16(csum_replace2(get_unaligned_be16(b, iph + 10), get_unaligned_be16(b, iph + 2), newlen), b, iph + 10);
  put_unaligned_be16(newlen, b, iph + 2);
  if (b[iph + 9] === IPPROTO_TCP) tcp4_gro_complete(cpu, skb, nhoff + IP_HEADER);
  else udp4_gro_complete(cpu, skb, nhoff + IP_HEADER);
}

/** Cuts a packet at its IP header: the transport protocol makes the segments, each then gets length, identification (all the same where those that were merged had one) and checksum. */
export function inet_gso_segment(cpu: Cpu, skb: sk_buff, features: number): sk_buff | null {
  skb.network_header = skb.data;
  const iph = skb.network_header;
  const ihl = (skb.head[iph]! & 15) * 4;
  const proto = skb.head[iph + 9]!;
  let id = get_unaligned_be16(skb.head, iph + 4);
  skb.data += ihl;
  skb.len -= ihl;
  skb.transport_header = skb.data;
  const fixedid = (skb.shinfo.gso_type & SKB_GSO_TCP_FIXEDID) !== 0;
  let segs: sk_buff | null = null;
  if (proto === IPPROTO_TCP) segs = tcp4_gso_segment(cpu, skb, features);
  else if (proto === IPPROTO_UDP) segs = udp4_ufo_fragment(cpu, skb, features);
  for (let seg = segs; seg !== null; seg = seg.next) {
    const at = seg.network_header;
    put_unaligned_be16(id, seg.head, at + 4);
    put_unaligned_be16(seg.len - (at - seg.data), seg.head, at + 2);
    put_unaligned_be16(0, seg.head, at + 10);
    put_unaligned_be16(ip_fast_csum(seg.head, at, ihl >> 2), seg.head, at + 10);
    if (!fixedid) id = (id + (skb_is_gso(seg) ? seg.shinfo.gso_segs : 1)) & 0xffff;
  }
  return segs;
}
