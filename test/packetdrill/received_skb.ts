/** What a tun device makes of bytes that a program writes into it (drivers/net/tun.c tun_get_user). */
import type { Cpu } from '../../debugger/machine/types.ts';
import { ETH_P_IP } from '../../debugger/kernel/include/linux/if_ether.ts';
import type { net_device } from '../../debugger/kernel/include/linux/netdevice.ts';
import { CHECKSUM_UNNECESSARY, PACKET_HOST, SKB_GSO_TCPV4, type sk_buff } from '../../debugger/kernel/include/linux/skbuff.ts';
import { alloc_skb_with_frags } from '../../debugger/kernel/net/core/skbuff/alloc.ts';
import { skb_store_bits } from '../../debugger/kernel/net/core/skbuff/data.ts';

/** Bytes before the packet; what of it is linear (SKB_MAX_HEAD), unless all of it fits into a page; order of the pages with the rest. */
const HEADROOM = 64;
const LINEAR = 3712;
const PAGE = 4096;
const FRAG_ORDER = 3;
const HEADERS = 40;

/** An skb for the backlog with an IP packet; `mss`: it is a super-packet of segments that large, 0: it is not. */
export function receivedSkb(cpu: Cpu, dev: net_device, packet: Uint8Array, mss: number): sk_buff {
  const lineage = { kind: 'outside' as const, id: cpu.world.next_id++, event: cpu.world.event, time: cpu.now, host: '', from: [], offset: 0, length: packet.length, line: 0 };
  const linear = HEADROOM + packet.length < PAGE ? packet.length : LINEAR;
  const skb = alloc_skb_with_frags(cpu, HEADROOM + linear, packet.length - linear, FRAG_ORDER, lineage);
  skb.data = HEADROOM;
  skb.tail = HEADROOM + linear;
  skb.len += linear;
  skb_store_bits(skb, 0, packet, 0, packet.length);
  Object.assign(skb, { dev, protocol: ETH_P_IP, pkt_type: PACKET_HOST, ip_summed: CHECKSUM_UNNECESSARY, mac_header: HEADROOM, network_header: HEADROOM });
  if (mss === 0) return skb;
  Object.assign(skb.shinfo, { gso_size: mss, gso_type: SKB_GSO_TCPV4, gso_segs: Math.max(1, Math.ceil((packet.length - HEADERS) / mss)) });
  return skb;
}
