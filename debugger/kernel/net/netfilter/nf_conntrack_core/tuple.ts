/** The tuple that a packet's headers make, and the one of the other direction (net/netfilter/nf_conntrack_core.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { get_unaligned_be16, get_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import { IP_OFFSET, SIZEOF_IPHDR } from '../../../include/linux/ip.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { IP_CT_DIR_ORIGINAL, IP_CT_DIR_REPLY } from '../../../include/net/netfilter/nf_conntrack.ts';
import type { nf_conntrack_tuple } from '../../../include/net/netfilter/nf_conntrack.ts';
import { skb_header_pointer } from '../../../include/net/netfilter/tcphdr.ts';
import { IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP } from '../../../include/net/sock.ts';
import { icmp_pkt_to_tuple, nf_conntrack_invert_icmp_tuple } from '../nf_conntrack_proto_icmp.ts';

/** Where the transport header of the IP packet at `nhoff` begins and which it is; null for a later fragment or a broken header. */
export function get_l4proto(_cpu: Cpu, skb: sk_buff, nhoff: number): { dataoff: number; protonum: number } | null {
  const iph = skb_header_pointer(skb, nhoff, SIZEOF_IPHDR);
  if (iph === null || (get_unaligned_be16(iph, 6) & IP_OFFSET) !== 0) return null;
  const dataoff = nhoff + (iph[0]! & 15) * 4;
  return dataoff > skb.len ? null : { dataoff, protonum: iph[9]! };
}

/** The tuple of the packet whose IP header is at `nhoff` and transport header at `dataoff`; null when that is cut off. */
export function nf_ct_get_tuple(_cpu: Cpu, skb: sk_buff, nhoff: number, dataoff: number, protonum: number): nf_conntrack_tuple | null {
  const iph = skb_header_pointer(skb, nhoff, SIZEOF_IPHDR);
  if (iph === null) return null;
  const tuple: nf_conntrack_tuple = {
    src: get_unaligned_be32(iph, 12), src_port: 0, dst: get_unaligned_be32(iph, 16), dst_port: 0, protonum, dir: IP_CT_DIR_ORIGINAL,
  };
  if (protonum === IPPROTO_ICMP) return icmp_pkt_to_tuple(skb, dataoff, tuple) ? tuple : null;
  return (protonum !== IPPROTO_TCP && protonum !== IPPROTO_UDP) || nf_ct_get_tuple_ports(skb, dataoff, tuple) ? tuple : null;
}

function nf_ct_get_tuple_ports(skb: sk_buff, dataoff: number, tuple: nf_conntrack_tuple): boolean {
  const inet_hdr = skb_header_pointer(skb, dataoff, 8);
  if (inet_hdr === null) return false;
  tuple.src_port = get_unaligned_be16(inet_hdr, 0);
  tuple.dst_port = get_unaligned_be16(inet_hdr, 2);
  return true;
}

/** The tuple of the packet at `nhoff`, wherever its transport header is. */
export function nf_ct_get_tuplepr(cpu: Cpu, skb: sk_buff, nhoff: number): nf_conntrack_tuple | null {
  const l4 = get_l4proto(cpu, skb, nhoff);
  return l4 === null ? null : nf_ct_get_tuple(cpu, skb, nhoff, l4.dataoff, l4.protonum);
}

/** What an answer to `orig` looks like; null for an ICMP message that has none. */
export function nf_ct_invert_tuple(orig: nf_conntrack_tuple): nf_conntrack_tuple | null {
  const inverse: nf_conntrack_tuple = {
    src: orig.dst, src_port: orig.dst_port, dst: orig.src, dst_port: orig.src_port, protonum: orig.protonum,
    dir: orig.dir === IP_CT_DIR_ORIGINAL ? IP_CT_DIR_REPLY : IP_CT_DIR_ORIGINAL,
  };
  if (orig.protonum === IPPROTO_ICMP) return nf_conntrack_invert_icmp_tuple(inverse, orig) ? inverse : null;
  return inverse;
}
