/** The way out of the network layer: netfilter, fragmentation, neighbour (net/ipv6/ip6_output.c). */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { ETH_P_IPV6 } from '../../../include/linux/if_ether.ts';
import { ipv6_addr_is_multicast } from '../../../include/linux/in6.ts';
import { IP6CB_frag_max_size, ipv6_daddr } from '../../../include/linux/ipv6.ts';
import { NF_INET_POST_ROUTING } from '../../../include/linux/netfilter.ts';
import { NETIF_F_GSO_MASK } from '../../../include/linux/netdevice.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import { EINVAL, ENOMEM } from '../../../include/uapi/asm-generic/errno.ts';
import { netif_skb_features } from '../../core/dev/xmit.ts';
import { __skb_gso_segment, skb_gso_validate_network_len } from '../../core/gso.ts';
import { neigh_output, sock_confirm_neigh } from '../../core/neighbour/output.ts';
import { __neigh_create, ipv6NeighLookup } from '../../core/neighbour/table.ts';
import { skb_headroom, skb_is_gso } from '../../core/skbuff/data.ts';
import { consume_skb, kfree_skb, kfree_skb_reason } from '../../core/skbuff/free.ts';
import { skb_expand_head } from '../../core/skbuff/clone.ts';
import { LL_RESERVED_SPACE } from '../../ipv4/ip_output/output.ts';
import { nf_hook_ipv6 } from '../../netfilter/core.ts';
import { ip6_mtu, rt6_nexthop } from '../route/nexthop.ts';
import { IPV6_PMTUDISC_PROBE } from '../datagram.ts';
import { ip6_fragment } from './fragment.ts';

export function ip6_output(cpu: Cpu, sk: sock | null, skb: sk_buff): number {
  spend(cpu, cpu.costs.ip_output);
  const dev = skb.dst!.dev;
  const indev = skb.dev;
  skb.dev = dev;
  skb.protocol = ETH_P_IPV6;
  if (cpu.host.nf_hooks_ipv6[NF_INET_POST_ROUTING]!.length > 0) {
    const err = nf_hook_ipv6(cpu, NF_INET_POST_ROUTING, skb, indev, dev);
    if (err !== 1) return err;
  }
  return ip6_finish_output(cpu, sk, skb);
}

export function ip6_finish_output(cpu: Cpu, sk: sock | null, skb: sk_buff): number {
  return __ip6_finish_output(cpu, sk, skb);
}

/** The MTU that counts for this packet: a socket that probes the path goes by the device's. */
export function ip6_skb_dst_mtu(cpu: Cpu, skb: sk_buff): number {
  const np = skb.sk === null ? null : skb.sk.inet.pinet6;
  return np !== null && np.pmtudisc >= IPV6_PMTUDISC_PROBE ? skb.dst!.dev.mtu : ip6_mtu(cpu, skb.dst!);
}

/** Too long for the path: cut, unless the device will do that. */
function __ip6_finish_output(cpu: Cpu, sk: sock | null, skb: sk_buff): number {
  const mtu = ip6_skb_dst_mtu(cpu, skb);
  if (skb_is_gso(skb)) return ip6_finish_output_gso(cpu, sk, skb, mtu);
  const max = IP6CB_frag_max_size(skb);
  if (skb.len > mtu || (max !== 0 && skb.len > max)) return ip6_fragment(cpu, sk, skb);
  return ip6_finish_output2(cpu, sk, skb);
}

/** Segments fit, as a rule; where they do not they are made here and fragmented. */
function ip6_finish_output_gso(cpu: Cpu, sk: sock | null, skb: sk_buff, mtu: number): number {
  if (skb_gso_validate_network_len(cpu, skb, mtu)) return ip6_finish_output2(cpu, sk, skb);
  return ip6_finish_output_gso_slowpath_drop(cpu, sk, skb, mtu);
}

function ip6_finish_output_gso_slowpath_drop(cpu: Cpu, sk: sock | null, skb: sk_buff, _mtu: number): number {
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
    const err = ip6_fragment(cpu, sk, segs);
    if (err !== 0 && ret === 0) ret = err;
    segs = next;
  }
  return ret;
}

/** To the next hop: its entry of the neighbour table has, or finds, the link-layer address. */
export function ip6_finish_output2(cpu: Cpu, _sk: sock | null, packet: sk_buff): number {
  const mib = cpu.host.mib.Ip6;
  let skb = packet;
  const dst = skb.dst!;
  const dev = dst.dev;
  const hh_len = LL_RESERVED_SPACE(dev.hard_header_len);
  if (skb_headroom(skb) < hh_len) skb = skb_expand_head(cpu, skb, hh_len);
  const daddr = ipv6_daddr(skb);
  if (ipv6_addr_is_multicast(daddr)) {
    mib.OutMcastPkts++;
    mib.OutMcastOctets += skb.len;
  }
  mib.OutTransmits++;
  mib.OutOctets += skb.len;
  const nexthop = rt6_nexthop(dst, daddr);
  const neigh = ipv6NeighLookup(cpu, dev, nexthop) ?? __neigh_create(cpu, cpu.host.nd_tbl, nexthop, dev);
  if (neigh === null) {
    mib.OutNoRoutes++;
    const { entries, gc_thresh3 } = cpu.host.nd_tbl;
    kfree_skb_reason(cpu, skb, 'NEIGH_CREATEFAIL', { condition: 'IS_ERR(neigh)', values: { entries: entries.length, gc_thresh3 } });
    return -EINVAL;
  }
  sock_confirm_neigh(cpu, skb, neigh);
  return neigh_output(cpu, neigh, skb);
}
