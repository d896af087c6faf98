/** Forwarding a packet that is for somebody else (net/ipv6/ip6_output.c). Redirects are not sent. */
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { ICMPV6_EXC_HOPLIMIT, ICMPV6_PKT_TOOBIG, ICMPV6_TIME_EXCEED } from '../../include/linux/icmpv6.ts';
import { IPV6_ADDR_LINKLOCAL, IPV6_ADDR_LOOPBACK, IPV6_ADDR_MULTICAST, __ipv6_addr_type } from '../../include/linux/in6.ts';
import { IP6CB_frag_max_size, ipv6_daddr, ipv6_hop_limit, ipv6_saddr } from '../../include/linux/ipv6.ts';
import { NF_INET_FORWARD } from '../../include/linux/netfilter.ts';
import { CHECKSUM_COMPLETE, CHECKSUM_NONE, PACKET_HOST } from '../../include/linux/skbuff.ts';
import type { drop_values, sk_buff, skb_drop_reason } from '../../include/linux/skbuff.ts';
import { EINVAL, EMSGSIZE, ETIMEDOUT } from '../../include/uapi/asm-generic/errno.ts';
import { skb_gso_validate_network_len } from '../core/gso.ts';
import { dst_output } from '../core/dst.ts';
import { skb_is_gso } from '../core/skbuff/data.ts';
import { kfree_skb_reason } from '../core/skbuff/free.ts';
import { skb_cow } from '../core/skbuff/clone.ts';
import { nf_hook_ipv6 } from '../netfilter/core.ts';
import { icmpv6_send } from './icmp/send.ts';
import { ip6_mtu } from './route/nexthop.ts';

/** LL_RESERVED_SPACE of Ethernet. */
const LINK_HEADROOM = 16;

/** Lowers the hop limit and sends the packet on, or says by ICMPv6 why not. */
export function ip6_forward(cpu: Cpu, skb: sk_buff): number {
  spend(cpu, cpu.costs.ip_forward);
  const mib = cpu.host.mib.Ip6;
  const forwarding = skb.dev!.ip6_ptr?.cnf.forwarding ?? 0;
  if (forwarding === 0) return addressError(cpu, skb, 'net->ipv6.devconf_all->forwarding == 0', { forwarding });
  if (skb.pkt_type !== PACKET_HOST) return drop(cpu, skb, 'NOT_SPECIFIED', 'skb->pkt_type != PACKET_HOST', { pkt_type: skb.pkt_type }, -EINVAL);
  if (skb.sk !== null) return drop(cpu, skb, 'NOT_SPECIFIED', 'skb->sk', { sk: skb.sk.id }, -EINVAL);
  if (skb.ip_summed === CHECKSUM_COMPLETE) skb.ip_summed = CHECKSUM_NONE;
  const hop_limit = ipv6_hop_limit(skb);
  if (hop_limit <= 1) {
    icmpv6_send(cpu, skb, ICMPV6_TIME_EXCEED, ICMPV6_EXC_HOPLIMIT, 0);
    mib.InHdrErrors++;
    return drop(cpu, skb, 'IP_INHDR', 'hdr->hop_limit <= 1', { hop_limit }, -ETIMEDOUT);
  }
  const saddr = ipv6_saddr(skb);
  const type = __ipv6_addr_type(saddr);
  if (saddr === '::' || (type & (IPV6_ADDR_MULTICAST | IPV6_ADDR_LOOPBACK | IPV6_ADDR_LINKLOCAL)) !== 0) {
    return addressError(cpu, skb, 'addrtype & (IPV6_ADDR_MULTICAST | IPV6_ADDR_LOOPBACK | IPV6_ADDR_LINKLOCAL)', { saddr, daddr: ipv6_daddr(skb) });
  }
  const mtu = ip6_mtu(cpu, skb.dst!);
  if (ip6_pkt_too_big(cpu, skb, mtu)) {
    icmpv6_send(cpu, skb, ICMPV6_PKT_TOOBIG, 0, mtu);
    mib.InTooBigErrors++;
    mib.FragFails++;
    return drop(cpu, skb, 'PKT_TOO_BIG', 'ip6_pkt_too_big(skb, mtu)', { len: skb.len, mtu }, -EMSGSIZE);
  }
  skb_cow(cpu, skb, LINK_HEADROOM);
  skb.head[skb.network_header + 7] = hop_limit - 1;
  const outdev = skb.dst!.dev;
  if (nf_hook_ipv6(cpu, NF_INET_FORWARD, skb, skb.dev, outdev) !== 1) return -EINVAL;
  return ip6_forward_finish(cpu, skb);
}

/** A GSO packet counts by its segments, one that was reassembled by its largest fragment. */
function ip6_pkt_too_big(cpu: Cpu, skb: sk_buff, mtu: number): boolean {
  if (skb.len <= mtu) return false;
  const max = IP6CB_frag_max_size(skb);
  if (max !== 0) return max > mtu;
  if (skb.ignore_df) return false;
  return !skb_is_gso(skb) || !skb_gso_validate_network_len(cpu, skb, mtu);
}

function ip6_forward_finish(cpu: Cpu, skb: sk_buff): number {
  cpu.host.mib.Ip6.OutForwDatagrams++;
  skb.tstamp = 0;
  return dst_output(cpu, null, skb);
}

/** @helper */
function addressError(cpu: Cpu, skb: sk_buff, condition: string, values: drop_values): number {
  cpu.host.mib.Ip6.InAddrErrors++;
  return drop(cpu, skb, 'IP_INADDRERRORS', condition, values, -EINVAL);
}

/** @helper */
function drop(cpu: Cpu, skb: sk_buff, reason: skb_drop_reason, condition: string, values: drop_values, err: number): number {
  kfree_skb_reason(cpu, skb, reason, { condition, values });
  return err;
}
