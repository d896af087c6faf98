/** Segmentation in software, for what the device cannot cut itself (net/core/gso.c). */
import { ipv6_gso_segment } from '../ipv6/ip6_offload.ts';
import type { Cpu } from '../../../machine/types.ts';
import { ETH_P_IP, ETH_P_IPV6 } from '../../include/linux/if_ether.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { inet_gso_segment } from '../ipv4/inet_offload.ts';
import { skb_reset_mac_header, skb_reset_mac_len } from './skbuff/data.ts';

/** Cuts a GSO packet into segments, linked by next; null when nobody knows how. The packet itself stays the caller's. */
export function __skb_gso_segment(cpu: Cpu, skb: sk_buff, features: number): sk_buff | null {
  skb_reset_mac_header(skb);
  skb_reset_mac_len(skb);
  return skb_mac_gso_segment(cpu, skb, features);
}

/** Behind the Ethernet header the protocol decides. */
export function skb_mac_gso_segment(cpu: Cpu, skb: sk_buff, features: number): sk_buff | null {
  if (skb.protocol !== ETH_P_IP && skb.protocol !== ETH_P_IPV6) return null;
  skb.data += skb.mac_len;
  skb.len -= skb.mac_len;
  const segs = skb.protocol === ETH_P_IP ? inet_gso_segment(cpu, skb, features) : ipv6_gso_segment(cpu, skb, features);
  const pulled = skb.data - skb.mac_header;
  skb.data -= pulled;
  skb.len += pulled;
  return segs;
}

/** Bytes of the transport header and of one segment's payload. */
export function skb_gso_transport_seglen(_cpu: Cpu, skb: sk_buff): number {
  const tcp = skb.head[skb.network_header + (skb.protocol === ETH_P_IPV6 ? 6 : 9)] === 6;
  const thlen = tcp ? (skb.head[skb.transport_header + 12]! >> 4) * 4 : 8;
  return thlen + skb.shinfo.gso_size;
}

/** @helper A segment from its network header on. */
export function skb_gso_network_seglen(cpu: Cpu, skb: sk_buff): number {
  return skb.transport_header - skb.network_header + skb_gso_transport_seglen(cpu, skb);
}

/** Whether every segment fits `mtu`. */
export function skb_gso_validate_network_len(cpu: Cpu, skb: sk_buff, mtu: number): boolean {
  return skb_gso_network_seglen(cpu, skb) <= mtu;
}

/** @helper A segment with its Ethernet header. */
function skb_gso_mac_seglen(cpu: Cpu, skb: sk_buff): number {
  return skb.transport_header - skb.mac_header + skb_gso_transport_seglen(cpu, skb);
}

/** Whether every segment, with its Ethernet header, fits `len`. */
export function skb_gso_validate_mac_len(cpu: Cpu, skb: sk_buff, len: number): boolean {
  return skb_gso_mac_seglen(cpu, skb) <= len;
}
