/** UDP's part in GRO and in UDP segmentation (net/ipv4/udp_offload.c). */
import type { Cpu } from '../../../machine/types.ts';
import { get_unaligned_be16, get_unaligned_be32, put_unaligned_be16 } from '../../include/asm-generic/unaligned.ts';
import { NETIF_F_CSUM_MASK } from '../../include/linux/netdevice.ts';
import { CHECKSUM_NONE, CHECKSUM_PARTIAL } from '../../include/linux/skbuff.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { IPPROTO_UDP } from '../../include/net/sock.ts';
import { NAPI_GRO_CB } from '../core/gro/gro_cb.ts';
import { csum_fold, csum_tcpudp_nofold, skb_checksum } from '../core/skbuff/checksum.ts';
import { skb_segment } from '../core/skbuff/segment.ts';

const UDP_HEADER = 8;

/** No socket asks for merged datagrams (no encapsulation, no UDP_GRO): the datagram goes up as it is. */
export function udp4_gro_receive(cpu: Cpu, head: readonly sk_buff[], skb: sk_buff): sk_buff | null {
  return udp_gro_receive(cpu, head, skb);
}

export function udp_gro_receive(_cpu: Cpu, _head: readonly sk_buff[], skb: sk_buff): sk_buff | null {
  NAPI_GRO_CB(skb).flush = true;
  return null;
}

export function udp4_gro_complete(_cpu: Cpu, skb: sk_buff, _nhoff: number): void {
  skb.shinfo.gso_segs = NAPI_GRO_CB(skb).count;
}

/** A large send (UDP_SEGMENT) becomes datagrams. */
export function udp4_ufo_fragment(cpu: Cpu, skb: sk_buff, features: number): sk_buff | null {
  return __udp_gso_segment(cpu, skb, features);
}

export function __udp_gso_segment(cpu: Cpu, skb: sk_buff, features: number): sk_buff | null {
  skb.transport_header = skb.data;
  skb.data += UDP_HEADER;
  skb.len -= UDP_HEADER;
  if (skb.len <= skb.shinfo.gso_size) return null;
  const segs = skb_segment(cpu, skb, features);
  for (let seg: sk_buff | null = segs; seg !== null; seg = seg.next) {
    const at = seg.transport_header;
    const off = at - seg.data;
    const len = seg.len - off;
    put_unaligned_be16(len, seg.head, at + 4);
    udpSetCheck(cpu, seg, off, len, features);
  }
  return segs;
}

/** @helper */
function udpSetCheck(cpu: Cpu, seg: sk_buff, off: number, len: number, features: number): void {
  const at = seg.transport_header;
  const ip = seg.network_header;
  const sum = csum_tcpudp_nofold(get_unaligned_be32(seg.head, ip + 12), get_unaligned_be32(seg.head, ip + 16), len, IPPROTO_UDP, 0);
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
