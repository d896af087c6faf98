/** UDP's part in GRO and in UDP segmentation (net/ipv4/udp_offload.c). */
import type { Cpu } from '../../../machine/types.ts';
import { get_unaligned_be16, put_unaligned_be16 } from '../../include/asm-generic/unaligned.ts';
import { iph_daddr, iph_saddr } from '../../include/linux/ip.ts';
import { NETIF_F_CSUM_MASK, NETIF_F_GRO_UDP_FWD } from '../../include/linux/netdevice.ts';
import { CHECKSUM_NONE, CHECKSUM_PARTIAL, SKBTX_ANY_TSTAMP, SKB_GSO_UDP_L4 } from '../../include/linux/skbuff.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { SIZEOF_UDPHDR, uh_check, uh_dest, uh_len, uh_source } from '../../include/linux/udp.ts';
import { IPPROTO_UDP } from '../../include/net/sock.ts';
import type { sock } from '../../include/net/sock.ts';
import { inet_gro_compute_pseudo, skb_gro_checksum_validate } from '../core/gro/checksum.ts';
import { NAPI_GRO_CB, heldWithPorts, skb_gro_len, skb_gro_offset, skb_gro_pull } from '../core/gro/gro_cb.ts';
import { skb_gro_receive } from '../core/gro/merge.ts';
import { csum_fold, skb_checksum } from '../core/skbuff/checksum.ts';
import { skb_headlen } from '../core/skbuff/data.ts';
import { skb_segment } from '../core/skbuff/segment.ts';
import { inet_gro_flush } from './inet_offload.ts';
import { __udp4_lib_lookup, udp4_lib_lookup_skb } from './udp/lookup.ts';

/** GRO lets a train grow to this many datagrams: small ones take much more memory than they have bytes. */
const UDP_GRO_CNT_MAX = 64;

/** Verifies the checksum where the device has not; the socket is looked for only while some socket has asked for merged datagrams. */
export function udp4_gro_receive(cpu: Cpu, head: readonly sk_buff[], skb: sk_buff): sk_buff | null {
  const cb = NAPI_GRO_CB(skb);
  const off = skb_gro_offset(skb);
  const at = skb.data + off;
  const short = skb_headlen(skb) < off + SIZEOF_UDPHDR;
  if (short || (!cb.flush && !skb_gro_checksum_validate(cpu, skb, off, IPPROTO_UDP, get_unaligned_be16(skb.head, at + 6) === 0))) {
    cb.flush = true;
    return null;
  }
  const sk = cpu.host.udp_encap_needed > 0 ? udp4_gro_lookup_skb(cpu, skb) : null;
  return udp_gro_receive(cpu, head, skb, sk);
}

/** The socket that the datagram would reach; it is not routed yet. */
export function udp4_gro_lookup_skb(cpu: Cpu, skb: sk_buff): sock | null {
  return __udp4_lib_lookup(cpu, iph_saddr(skb), uh_source(skb), iph_daddr(skb), uh_dest(skb), skb.dev!.ifindex);
}

/** Datagrams are merged for a socket with UDP_GRO, and for no known socket where the device has rx-udp-gro-forwarding; others go up one by one. */
export function udp_gro_receive(cpu: Cpu, head: readonly sk_buff[], skb: sk_buff, sk: sock | null): sk_buff | null {
  const merge = sk === null ? (skb.dev!.features & NETIF_F_GRO_UDP_FWD) !== 0 : sk.udp!.gro_enabled;
  if (merge) return udp_gro_receive_segment(cpu, head, skb);
  NAPI_GRO_CB(skb).flush = true;
  return null;
}

/**
 * Joins the datagram to the held one of its flow; answers the held packet when that is complete: after one that is shorter, at UDP_GRO_CNT_MAX, or
 * without this one when it is longer or its IP header differs.
 */
export function udp_gro_receive_segment(cpu: Cpu, head: readonly sk_buff[], skb: sk_buff): sk_buff | null {
  const cb = NAPI_GRO_CB(skb);
  const ulen = uh_len(skb);
  if (uh_check(skb) === 0 || ulen <= SIZEOF_UDPHDR || ulen !== skb_gro_len(skb)) {
    cb.flush = true;
    return null;
  }
  skb_gro_pull(skb, SIZEOF_UDPHDR);
  const p = heldWithPorts(head, skb);
  if (p === null) return null;
  const longest = uh_len(p);
  if (ulen > longest || inet_gro_flush(cpu, skb, p) || !skb_gro_receive(cpu, p, skb)) return p;
  return ulen !== longest || NAPI_GRO_CB(p).count >= UDP_GRO_CNT_MAX ? p : null;
}

/** The merged datagrams have one header, for all their bytes. */
export function udp4_gro_complete(cpu: Cpu, skb: sk_buff, nhoff: number): void {
  const at = skb.data + nhoff;
  const len = skb.len - nhoff;
  if (uh_check(skb) !== 0) put_unaligned_be16(~csum_fold(inet_gro_compute_pseudo(skb, len, IPPROTO_UDP)) & 0xffff, skb.head, at + 6);
  udp_gro_complete(cpu, skb, nhoff);
}

/** A tunnel's socket would complete its own packets; the lookup is for that. */
export function udp_gro_complete(cpu: Cpu, skb: sk_buff, nhoff: number): void {
  put_unaligned_be16(skb.len - nhoff, skb.head, skb.data + nhoff + 4);
  udp4_lib_lookup_skb(cpu, skb);
  udp_gro_complete_segment(cpu, skb);
}

/** It looks like what UDP_SEGMENT makes: whoever needs datagrams cuts it, and nobody sums it again. */
export function udp_gro_complete_segment(_cpu: Cpu, skb: sk_buff): void {
  skb.csum_start = skb.transport_header;
  skb.csum_offset = 6;
  skb.ip_summed = CHECKSUM_PARTIAL;
  skb.shinfo.gso_segs = NAPI_GRO_CB(skb).count;
  skb.shinfo.gso_type |= SKB_GSO_UDP_L4;
}

/** A large send (UDP_SEGMENT) becomes datagrams. */
export function udp4_ufo_fragment(cpu: Cpu, skb: sk_buff, features: number): sk_buff | null {
  return __udp_gso_segment(cpu, skb, features);
}

export function __udp_gso_segment(cpu: Cpu, skb: sk_buff, features: number): sk_buff | null {
  skb.transport_header = skb.data;
  skb.data += SIZEOF_UDPHDR;
  skb.len -= SIZEOF_UDPHDR;
  if (skb.len <= skb.shinfo.gso_size) return null;
  const owner = skb.destructor === 'sock_wfree' ? skb.sk : null;
  const segs = skb_segment(cpu, skb, features);
  if (segs !== null) {
    segs.shinfo.tx_flags |= skb.shinfo.tx_flags & SKBTX_ANY_TSTAMP;
    segs.shinfo.tskey = skb.shinfo.tskey;
  }
  let sum_truesize = 0;
  for (let seg: sk_buff | null = segs; seg !== null; seg = seg.next) {
    const at = seg.transport_header;
    const off = at - seg.data;
    const len = seg.len - off;
    put_unaligned_be16(len, seg.head, at + 4);
    udpSetCheck(cpu, seg, off, len, features);
    sum_truesize += seg.truesize;
    if (owner !== null) {
      seg.destructor = 'sock_wfree';
      seg.sk = owner;
    }
  }
  if (owner !== null) {
    skb.destructor = null;
    skb.sk = null;
    owner.sk_wmem_alloc += sum_truesize - skb.truesize;
  }
  return segs;
}

/** @helper */
function udpSetCheck(cpu: Cpu, seg: sk_buff, off: number, len: number, features: number): void {
  const at = seg.transport_header;
  const sum = inet_gro_compute_pseudo(seg, len, IPPROTO_UDP);
  if (get_unaligned_be16(seg.head, at + 6) === 0) return;
  put_unaligned_be16(0, seg.head, at + 6);
  if ((features & NETIF_F_CSUM_MASK) !== 0) {
    put_unaligned_be16(~csum_fold(sum) & 0xffff, seg.head, at + 6);
    seg.ip_summed = CHECKSUM_PARTIAL;
    seg.csum_start = at;
    seg.csum_offset = 6;
    return;
  }
  const check = csum_fold(skb_checksum(cpu, seg, off, len, sum));
  put_unaligned_be16(check === 0 ? 0xffff : check, seg.head, at + 6);
  seg.ip_summed = CHECKSUM_NONE;
}
