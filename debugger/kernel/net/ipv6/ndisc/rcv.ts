/** Solicitations and advertisements come in (net/ipv6/ndisc.c). Each answers why the message is refused, or null. */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { get_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import { NDISC_NEIGHBOUR_SOLICITATION, SIZEOF_ICMP6HDR } from '../../../include/linux/icmpv6.ts';
import { in6AddrAt, ipv6_addr_any, ipv6_addr_is_multicast, ipv6_addr_is_solict_mult } from '../../../include/linux/in6.ts';
import { ipv6_daddr, ipv6_hop_limit, ipv6_saddr } from '../../../include/linux/ipv6.ts';
import type { net_device } from '../../../include/linux/netdevice.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { drop_cause } from '../../../include/net/dropreason.ts';
import { dropCause } from '../../../include/net/dropreason.ts';
import { NUD_FAILED, NUD_REACHABLE, NUD_STALE } from '../../../include/net/neighbour.ts';
import type { neighbour } from '../../../include/net/neighbour.ts';
import { NEIGH_UPDATE_F_OVERRIDE, NEIGH_UPDATE_F_WEAK_OVERRIDE, neigh_update } from '../../core/neighbour/update.ts';
import { __neigh_lookup, neigh_lookup } from '../../core/neighbour/table.ts';
import { __skb_push } from '../../core/skbuff/data.ts';
import { pskb_may_pull } from '../../core/skbuff/pull.ts';
import { ipv6_get_ifaddr } from '../addrconf.ts';
import { ND_HOP_LIMIT, ND_OPT_SOURCE_LL_ADDR, ND_OPT_TARGET_LL_ADDR, SIZEOF_ND_MSG, ndisc_send_na } from './send.ts';

/** skb.data is behind the ICMPv6 header; it comes from this link only if no router has lowered its hop limit. */
export function ndisc_rcv(cpu: Cpu, skb: sk_buff): drop_cause | null {
  spend(cpu, cpu.costs.arp_process);
  if (!pskb_may_pull(cpu, skb, skb.len)) return dropCause('NOMEM', 'skb_linearize(skb)', { 'skb->len': skb.len });
  __skb_push(skb, SIZEOF_ICMP6HDR);
  const hop_limit = ipv6_hop_limit(skb);
  if (hop_limit !== ND_HOP_LIMIT) return dropCause('IPV6_NDISC_HOP_LIMIT', 'ipv6_hdr(skb)->hop_limit != 255', { hop_limit });
  const code = skb.head[skb.transport_header + 1]!;
  if (code !== 0) return dropCause('IPV6_NDISC_BAD_CODE', 'msg->icmph.icmp6_code != 0', { icmp6_code: code });
  if (skb.len < SIZEOF_ND_MSG) return dropCause('PKT_TOO_SMALL', 'skb->len < sizeof(struct nd_msg)', { 'skb->len': skb.len });
  return skb.head[skb.transport_header] === NDISC_NEIGHBOUR_SOLICITATION ? ndisc_recv_ns(cpu, skb) : ndisc_recv_na(cpu, skb);
}

/** The address in the option of this kind; null: there is none; 'bad': the options make no sense. @helper */
function ndisc_opt_addr_data(skb: sk_buff, kind: number): number[] | null | 'bad' {
  const end = skb.transport_header + skb.len;
  let found: number[] | null = null;
  for (let at = skb.transport_header + SIZEOF_ND_MSG; at < end; at += skb.head[at + 1]! << 3) {
    const length = skb.head[at + 1]! << 3;
    if (length === 0 || at + length > end) return 'bad';
    if (skb.head[at] === kind && found === null) found = [...skb.head.subarray(at + 2, at + 8)];
  }
  return found;
}

/** Somebody asks for an address of this device: who asks becomes a neighbour, and is answered. */
export function ndisc_recv_ns(cpu: Cpu, skb: sk_buff): drop_cause | null {
  const dev = skb.dev!;
  const saddr = ipv6_saddr(skb);
  const daddr = ipv6_daddr(skb);
  const target = in6AddrAt(skb.head, skb.transport_header + 8);
  const dad = ipv6_addr_any(saddr);
  if (ipv6_addr_is_multicast(target)) return dropCause('NOT_SPECIFIED', 'ipv6_addr_is_multicast(&msg->target)', { target });
  if (dad && !ipv6_addr_is_solict_mult(daddr)) return dropCause('NOT_SPECIFIED', 'dad && !ipv6_addr_is_solict_mult(daddr)', { daddr });
  const lladdr = ndisc_opt_addr_data(skb, ND_OPT_SOURCE_LL_ADDR);
  if (lladdr === 'bad' || (dad && lladdr !== null)) return dropCause('IPV6_NDISC_BAD_OPTIONS', '!ndisc_parse_options(dev, msg->opt, ndoptlen, &ndopts)', { target });
  const inc = ipv6_addr_is_multicast(daddr);
  if (ipv6_get_ifaddr(cpu, target, dev) === null) return dropCause('IPV6_NDISC_NS_OTHERHOST', '!ipv6_get_ifaddr(dev_net(dev), &msg->target, dev, 1)', { target });
  const is_router = dev.ip6_ptr!.cnf.forwarding !== 0;
  if (dad) {
    ndisc_send_na(cpu, dev, saddr, target, is_router, false, true, true, skb.lineage);
    return null;
  }
  const neigh = __neigh_lookup(cpu, cpu.host.nd_tbl, saddr, dev, !inc || lladdr !== null);
  if (neigh === null) return null;
  ndisc_update(cpu, dev, neigh, lladdr, NUD_STALE, NEIGH_UPDATE_F_WEAK_OVERRIDE | NEIGH_UPDATE_F_OVERRIDE);
  ndisc_send_na(cpu, dev, saddr, target, is_router, true, inc, inc, skb.lineage);
  return null;
}

/** An answer, or news: only who was asked for is of interest. */
export function ndisc_recv_na(cpu: Cpu, skb: sk_buff): drop_cause | null {
  const dev = skb.dev!;
  const flags = get_unaligned_be32(skb.head, skb.transport_header + 4);
  const target = in6AddrAt(skb.head, skb.transport_header + 8);
  const solicited = (flags & 0x40000000) !== 0;
  if (ipv6_addr_is_multicast(target)) return dropCause('NOT_SPECIFIED', 'ipv6_addr_is_multicast(&msg->target)', { target });
  if (ipv6_addr_is_multicast(ipv6_daddr(skb)) && solicited) return dropCause('NOT_SPECIFIED', 'ipv6_addr_is_multicast(daddr) && msg->icmph.icmp6_solicited', { target });
  const lladdr = ndisc_opt_addr_data(skb, ND_OPT_TARGET_LL_ADDR);
  if (lladdr === 'bad') return dropCause('IPV6_NDISC_BAD_OPTIONS', '!ndisc_parse_options(dev, msg->opt, ndoptlen, &ndopts)', { target });
  if (ipv6_get_ifaddr(cpu, target, dev) !== null) return dropCause('NOT_SPECIFIED', 'ipv6_get_ifaddr(dev_net(dev), &msg->target, dev, 1)', { target });
  const neigh = neigh_lookup(cpu, cpu.host.nd_tbl, target, dev);
  if (neigh === null || (neigh.nud_state & NUD_FAILED) !== 0) return null;
  const override = (flags & 0x20000000) !== 0 ? NEIGH_UPDATE_F_OVERRIDE : 0;
  ndisc_update(cpu, dev, neigh, lladdr, solicited ? NUD_REACHABLE : NUD_STALE, NEIGH_UPDATE_F_WEAK_OVERRIDE | override);
  return null;
}

export function ndisc_update(cpu: Cpu, _dev: net_device, neigh: neighbour, lladdr: readonly number[] | null, state: number, flags: number): void {
  neigh_update(cpu, neigh, lladdr, state, flags);
}
