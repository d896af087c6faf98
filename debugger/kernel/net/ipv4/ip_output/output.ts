/** The way out of the network layer: netfilter, fragmentation, neighbour (net/ipv4/ip_output.c). */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { ETH_P_IP } from '../../../include/linux/if_ether.ts';
import { iph_daddr } from '../../../include/linux/ip.ts';
import { IFF_LOOPBACK, NETIF_F_GSO_MASK } from '../../../include/linux/netdevice.ts';
import { NF_INET_POST_ROUTING } from '../../../include/linux/netfilter.ts';
import { CHECKSUM_NONE, CHECKSUM_UNNECESSARY } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { RTCF_BROADCAST, RTN_BROADCAST, RTN_MULTICAST } from '../../../include/net/dst.ts';
import type { sock } from '../../../include/net/sock.ts';
import { ENOMEM } from '../../../include/uapi/asm-generic/errno.ts';
import { netif_rx } from '../../core/dev/backlog.ts';
import { __skb_gso_segment, skb_gso_validate_network_len } from '../../core/gso.ts';
import { ENOBUFS } from '../../../include/uapi/asm-generic/errno.ts';
import { kfree_skb_reason } from '../../core/skbuff/free.ts';
import { __neigh_create, ipv4NeighLookup } from '../../core/neighbour/table.ts';
import { neigh_output, sock_confirm_neigh } from '../../core/neighbour/output.ts';
import { skb_clone, skb_expand_head } from '../../core/skbuff/clone.ts';
import { __skb_pull, skb_headroom, skb_is_gso, skb_network_offset, skb_reset_mac_header } from '../../core/skbuff/data.ts';
import { consume_skb, kfree_skb } from '../../core/skbuff/free.ts';
import { nf_hook } from '../../netfilter/core.ts';
import { netif_skb_features } from '../../core/dev/xmit.ts';
import { IPCB_frag_max_size } from '../ipcb.ts';
import { rt_nexthop } from '../route/cache.ts';
import { ip_fragment } from './fragment.ts';
import { ip_skb_dst_mtu } from './ident.ts';

const PACKET_LOOPBACK = 5;

/** @helper Room that a link-layer header needs: 14 bytes, aligned to 16. */
export function LL_RESERVED_SPACE(hard_header_len: number): number {
  return (hard_header_len & ~15) + 16;
}

export function ip_output(cpu: Cpu, sk: sock | null, skb: sk_buff): number {
  spend(cpu, cpu.costs.ip_output);
  const dev = skb.dst!.dev;
  const indev = skb.dev;
  skb.dev = dev;
  skb.protocol = ETH_P_IP;
  if (cpu.host.nf_hooks[NF_INET_POST_ROUTING]!.length > 0) {
    const err = nf_hook(cpu, NF_INET_POST_ROUTING, skb, indev, dev);
    if (err !== 1) return err;
  }
  return ip_finish_output(cpu, sk, skb);
}

/** Broadcasts are heard by the sender too. */
export function ip_mc_output(cpu: Cpu, sk: sock | null, skb: sk_buff): number {
  const rt = skb.dst!;
  skb.dev = rt.dev;
  skb.protocol = ETH_P_IP;
  if ((rt.rt_flags & RTCF_BROADCAST) !== 0) ip_mc_finish_output(cpu, skb_clone(cpu, skb));
  return ip_output(cpu, sk, skb);
}

function ip_mc_finish_output(cpu: Cpu, skb: sk_buff): number {
  return dev_loopback_xmit(cpu, skb);
}

/** Back into this host's input. */
export function dev_loopback_xmit(cpu: Cpu, skb: sk_buff): number {
  skb_reset_mac_header(skb);
  __skb_pull(skb, skb_network_offset(skb));
  skb.pkt_type = PACKET_LOOPBACK;
  if (skb.ip_summed === CHECKSUM_NONE) skb.ip_summed = CHECKSUM_UNNECESSARY;
  netif_rx(cpu, skb);
  return 0;
}

export function ip_finish_output(cpu: Cpu, sk: sock | null, skb: sk_buff): number {
  return __ip_finish_output(cpu, sk, skb);
}

/** Too long for the path: cut, unless the device will do that. */
export function __ip_finish_output(cpu: Cpu, sk: sock | null, skb: sk_buff): number {
  const mtu = ip_skb_dst_mtu(cpu, sk, skb);
  if (skb_is_gso(skb)) return ip_finish_output_gso(cpu, sk, skb, mtu);
  if (skb.len > mtu || IPCB_frag_max_size(skb) !== 0) return ip_fragment(cpu, sk, skb, mtu);
  return ip_finish_output2(cpu, sk, skb);
}

/** Segments fit, as a rule; where they do not (a smaller path MTU) they are made here and fragmented. */
export function ip_finish_output_gso(cpu: Cpu, sk: sock | null, skb: sk_buff, mtu: number): number {
  if (skb_gso_validate_network_len(cpu, skb, mtu)) return ip_finish_output2(cpu, sk, skb);
  let segs = __skb_gso_segment(cpu, skb, netif_skb_features(cpu, skb, skb.dev!) & ~NETIF_F_GSO_MASK);
  if (segs === null) {
    kfree_skb(cpu, skb);
    return -ENOMEM;
  }
  consume_skb(cpu, skb);
  let ret = 0;
  while (segs !== null) {
    const next: sk_buff | null = segs.next;
    segs.next = null;
    const err = ip_fragment(cpu, sk, segs, mtu);
    if (err !== 0 && ret === 0) ret = err;
    segs = next;
  }
  return ret;
}

/** To the next hop: its entry of the neighbour table has, or finds, the link-layer address. */
export function ip_finish_output2(cpu: Cpu, _sk: sock | null, packet: sk_buff): number {
  const mib = cpu.host.mib;
  let skb = packet;
  const rt = skb.dst!;
  const dev = rt.dev;
  if (rt.rt_type === RTN_MULTICAST) {
    mib.IpExt.OutMcastPkts++;
    mib.IpExt.OutMcastOctets += skb.len;
  } else if (rt.rt_type === RTN_BROADCAST) {
    mib.IpExt.OutBcastPkts++;
    mib.IpExt.OutBcastOctets += skb.len;
  }
  mib.Ip.OutTransmits++;
  mib.IpExt.OutOctets += skb.len;
  const hh_len = LL_RESERVED_SPACE(dev.hard_header_len);
  if (skb_headroom(skb) < hh_len) skb = skb_expand_head(cpu, skb, hh_len);
  const nexthop = (dev.flags & IFF_LOOPBACK) !== 0 ? 0 : rt_nexthop(rt, iph_daddr(skb));
  const neigh = ipv4NeighLookup(cpu, dev, nexthop) ?? __neigh_create(cpu, cpu.host.arp_tbl, nexthop, dev);
  if (neigh === null) {
    kfree_skb_reason(cpu, skb, 'NEIGH_CREATEFAIL', { condition: 'IS_ERR(neigh)', values: { entries: cpu.host.arp_tbl.entries.length, gc_thresh3: cpu.host.arp_tbl.gc_thresh3 } });
    return -ENOBUFS;
  }
  sock_confirm_neigh(cpu, skb, neigh);
  return neigh_output(cpu, neigh, skb);
}
