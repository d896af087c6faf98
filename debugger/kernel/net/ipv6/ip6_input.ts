/** Receiving IPv6 packets (net/ipv6/ip6_input.c). Its functions cost what those of IPv4 do. */
import type { Resumable } from '../../../machine/frames.ts';
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { ICMPV6_UNK_NEXTHDR } from '../../include/linux/icmpv6.ts';
import { IPPROTO_ICMPV6, ipv6_addr_is_multicast, ipv6_addr_loopback } from '../../include/linux/in6.ts';
import {
  IP6CB, SIZEOF_IPV6HDR, createInet6Cb, ipv6_daddr, ipv6_get_dsfield, ipv6_nexthdr, ipv6_payload_len, ipv6_saddr,
} from '../../include/linux/ipv6.ts';
import { NFPROTO_IPV6, NF_INET_LOCAL_IN, NF_INET_PRE_ROUTING } from '../../include/linux/netfilter.ts';
import { IFF_LOOPBACK } from '../../include/linux/netdevice.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import { PACKET_OTHERHOST } from '../../include/linux/skbuff.ts';
import type { drop_values, sk_buff, skb_drop_reason } from '../../include/linux/skbuff.ts';
import { IPPROTO_TCP, IPPROTO_UDP } from '../../include/net/sock.ts';
import { dst_input } from '../core/dst.ts';
import { __skb_pull } from '../core/skbuff/data.ts';
import { skb_postpull_rcsum } from '../core/skbuff/checksum.ts';
import { skb_share_check } from '../core/skbuff/share.ts';
import { skb_orphan } from '../core/skbuff/destructors.ts';
import { skb_orphan_frags_rx } from '../core/skbuff/zerocopy.ts';
import { consume_skb, kfree_skb_reason } from '../core/skbuff/free.ts';
import { pskb_may_pull, pskb_trim_rcsum } from '../core/skbuff/pull.ts';
import { NET_RX_DROP } from '../ipv4/ip_input.ts';
import { nf_hook_ipv6, nf_hook_slow_list } from '../netfilter/core.ts';
import { ipv6_chk_mcast_addr } from './addrconf.ts';
import { NEXTHDR_HOP, ipv6_parse_hopopts } from './exthdrs.ts';
import { icmpv6_param_prob } from './icmp/send.ts';
import { inet6Protocol } from './protocol.ts';
import { raw6_local_deliver } from './raw.ts';
import { ip6_route_input } from './route/lookup.ts';
import { tcp_v6_early_demux } from './tcp_ipv6/demux.ts';
import { udp_v6_early_demux } from './udp/lookup.ts';

/** Is this an IPv6 packet worth looking at? Checks the header and cuts off link-layer padding; null when the packet was dropped. */
export function ip6_rcv_core(cpu: Cpu, skb_in: sk_buff, dev: net_device): sk_buff | null {
  const mib = cpu.host.mib.Ip6;
  let skb = skb_in;
  if (skb.pkt_type === PACKET_OTHERHOST) return inputDrop(cpu, skb, 'OTHERHOST', 'skb->pkt_type == PACKET_OTHERHOST', { pkt_type: skb.pkt_type });
  mib.InReceives++;
  mib.InOctets += skb.len;
  skb = skb_share_check(cpu, skb);
  if (dev.ip6_ptr === null) {
    mib.InDiscards++;
    return inputDrop(cpu, skb, 'IPV6DISABLED', '!idev', { ifindex: dev.ifindex });
  }
  skb.cb = createInet6Cb();
  if (!pskb_may_pull(cpu, skb, SIZEOF_IPV6HDR)) return headerError(cpu, skb, '!pskb_may_pull(skb, sizeof(*hdr))', { 'skb->len': skb.len });
  const version = skb.head[skb.network_header]! >> 4;
  if (version !== 6) return headerError(cpu, skb, 'hdr->version != 6', { version });
  countEcn(cpu, ipv6_get_dsfield(skb) & 3, Math.max(1, skb.shinfo.gso_segs));
  const saddr = ipv6_saddr(skb);
  const daddr = ipv6_daddr(skb);
  if ((ipv6_addr_loopback(saddr) || ipv6_addr_loopback(daddr)) && (dev.flags & IFF_LOOPBACK) === 0) {
    return headerError(cpu, skb, 'ipv6_addr_loopback(&hdr->saddr) || ipv6_addr_loopback(&hdr->daddr)', { saddr, daddr });
  }
  if (ipv6_addr_is_multicast(saddr)) return headerError(cpu, skb, 'ipv6_addr_is_multicast(&hdr->saddr)', { saddr, daddr });
  skb.transport_header = skb.network_header + SIZEOF_IPV6HDR;
  const pkt_len = ipv6_payload_len(skb);
  const nexthdr = ipv6_nexthdr(skb);
  if (pkt_len !== 0 || nexthdr !== NEXTHDR_HOP) {
    if (pkt_len + SIZEOF_IPV6HDR > skb.len) {
      mib.InTruncatedPkts++;
      return inputDrop(cpu, skb, 'PKT_TOO_SMALL', 'pkt_len + sizeof(struct ipv6hdr) > skb->len', { pkt_len, 'skb->len': skb.len });
    }
    pskb_trim_rcsum(cpu, skb, pkt_len + SIZEOF_IPV6HDR);
  }
  if (nexthdr === NEXTHDR_HOP && !ipv6_parse_hopopts(cpu, skb)) return null;
  if (skb.destructor !== 'sock_pfree') skb_orphan(cpu, skb);
  return skb;
}

/** @helper */
function countEcn(cpu: Cpu, ecn: number, segs: number): void {
  const mib = cpu.host.mib.Ip6;
  if (ecn === 0) mib.InNoECTPkts += segs;
  else if (ecn === 1) mib.InECT1Pkts += segs;
  else if (ecn === 2) mib.InECT0Pkts += segs;
  else mib.InCEPkts += segs;
}

/** @helper */
function headerError(cpu: Cpu, skb: sk_buff, condition: string, values: drop_values): null {
  cpu.host.mib.Ip6.InHdrErrors++;
  return inputDrop(cpu, skb, 'IP_INHDR', condition, values);
}

/** @helper */
function inputDrop(cpu: Cpu, skb: sk_buff, reason: skb_drop_reason, condition: string, values: drop_values): null {
  kfree_skb_reason(cpu, skb, reason, { condition, values });
  return null;
}

/** One packet, behind the backlog (loopback, veth, RPS). */
export function ipv6_rcv(cpu: Cpu, skb_in: sk_buff, dev: net_device): number {
  spend(cpu, cpu.costs.ip_rcv);
  const skb = ip6_rcv_core(cpu, skb_in, dev);
  if (skb === null) return NET_RX_DROP;
  if (cpu.host.nf_hooks_ipv6[NF_INET_PRE_ROUTING]!.length > 0 && nf_hook_ipv6(cpu, NF_INET_PRE_ROUTING, skb, dev, null) !== 1) return NET_RX_DROP;
  return ip6_rcv_finish(cpu, skb);
}

export function ip6_rcv_finish(cpu: Cpu, skb: sk_buff): number {
  ip6_rcv_finish_core(cpu, skb);
  return dst_input(cpu, skb);
}

/** Finds the packet's route: by its socket (early demultiplexing), or by looking it up. */
export function ip6_rcv_finish_core(cpu: Cpu, skb: sk_buff): void {
  spend(cpu, cpu.costs.ip_rcv_finish);
  const knobs = cpu.host.knobs;
  if (knobs.sysctl_ip_early_demux! !== 0 && skb.dst === null && skb.sk === null) {
    const nexthdr = ipv6_nexthdr(skb);
    if (nexthdr === IPPROTO_TCP) {
      if (knobs.sysctl_tcp_early_demux! !== 0) tcp_v6_early_demux(cpu, skb);
    } else if (nexthdr === IPPROTO_UDP && knobs.sysctl_udp_early_demux! !== 0) udp_v6_early_demux(cpu, skb);
  }
  if (skb.dst === null) ip6_route_input(cpu, skb);
}

/** Packets of a NIC, as GRO hands them up: checked one by one, then routed together. */
export function* ipv6_list_rcv(cpu: Cpu, head: sk_buff[]): Resumable<void> {
  const sublist: sk_buff[] = [];
  for (const packet of head) {
    spend(cpu, cpu.costs.ip_rcv);
    const skb = ip6_rcv_core(cpu, packet, packet.dev!);
    if (skb === null) continue;
    if (sublist.length > 0 && sublist[0]!.dev !== skb.dev) {
      yield* ip6_sublist_rcv(cpu, sublist, sublist[0]!.dev!);
      sublist.length = 0;
    }
    sublist.push(skb);
  }
  if (sublist.length > 0) yield* ip6_sublist_rcv(cpu, sublist, sublist[0]!.dev!);
}

/** Packets of one device. */
export function* ip6_sublist_rcv(cpu: Cpu, head: sk_buff[], dev: net_device): Resumable<void> {
  if (cpu.host.nf_hooks_ipv6[NF_INET_PRE_ROUTING]!.length > 0) nf_hook_slow_list(cpu, NFPROTO_IPV6, NF_INET_PRE_ROUTING, head, dev);
  if (head.length > 0) yield* ip6_list_rcv_finish(cpu, head);
}

/** Whether the packet before went to the same place. */
function ip6_can_use_hint(skb: sk_buff, hint: sk_buff | null): hint is sk_buff {
  return hint !== null && skb.dst === null && ipv6_daddr(hint) === ipv6_daddr(skb);
}

/** Routes all, then sends each run of packets with the same route on its way. */
export function* ip6_list_rcv_finish(cpu: Cpu, head: sk_buff[]): Resumable<void> {
  let hint: sk_buff | null = null;
  let curr_dst: sk_buff['dst'] = null;
  const sublist: sk_buff[] = [];
  for (const skb of head) {
    if (ip6_can_use_hint(skb, hint)) skb.dst = hint.dst;
    ip6_rcv_finish_core(cpu, skb);
    if (curr_dst !== skb.dst) {
      hint = skb;
      if (sublist.length > 0) {
        yield* ip6_sublist_rcv_finish(cpu, sublist);
        sublist.length = 0;
      }
      curr_dst = skb.dst;
    }
    sublist.push(skb);
  }
  if (sublist.length > 0) yield* ip6_sublist_rcv_finish(cpu, sublist);
}

export function* ip6_sublist_rcv_finish(cpu: Cpu, head: sk_buff[]): Resumable<void> {
  for (const skb of head) {
    dst_input(cpu, skb);
    yield;
  }
}

/** The packet is for this host. */
export function ip6_input(cpu: Cpu, skb: sk_buff): number {
  if (cpu.host.nf_hooks_ipv6[NF_INET_LOCAL_IN]!.length > 0 && nf_hook_ipv6(cpu, NF_INET_LOCAL_IN, skb, skb.dev, null) !== 1) return 0;
  return ip6_input_finish(cpu, skb);
}

export function ip6_input_finish(cpu: Cpu, skb: sk_buff): number {
  spend(cpu, cpu.costs.ip_local_deliver);
  if (skb.shinfo.destructor_arg !== null) skb_orphan_frags_rx(cpu, skb);
  ip6_protocol_deliver_rcu(cpu, skb, 0);
  return 0;
}

/** Along the headers, to the transport protocol; or back to the sender: unknown next header. `nexthdr`: 0 at the beginning. */
export function ip6_protocol_deliver_rcu(cpu: Cpu, skb: sk_buff, _nexthdr: number): void {
  const mib = cpu.host.mib.Ip6;
  for (;;) {
    const cb = IP6CB(skb);
    __skb_pull(skb, skb.transport_header - skb.data);
    const nexthdr = skb.head[skb.network_header + cb.nhoff]!;
    const raw = raw6_local_deliver(cpu, skb, nexthdr);
    const ipprot = inet6Protocol(nexthdr);
    if (ipprot === null) {
      if (!raw) {
        mib.InUnknownProtos++;
        icmpv6_param_prob(cpu, skb, ICMPV6_UNK_NEXTHDR, cb.nhoff);
        kfree_skb_reason(cpu, skb, 'IP_NOPROTO', { condition: '!inet6_protos[nexthdr]', values: { nexthdr } });
      } else {
        mib.InDelivers++;
        consume_skb(cpu, skb);
      }
      return;
    }
    if (ipprot.final) {
      skb_postpull_rcsum(skb, skb.network_header, skb.transport_header - skb.network_header);
      const daddr = ipv6_daddr(skb);
      if (nexthdr !== IPPROTO_ICMPV6 && ipv6_addr_is_multicast(daddr) && !ipv6_chk_mcast_addr(cpu, skb.dev!, daddr)) {
        kfree_skb_reason(cpu, skb, 'IP_INADDRERRORS', { condition: '!ipv6_chk_mcast_addr(dev, &hdr->daddr, &hdr->saddr)', values: { daddr } });
        return;
      }
    }
    const ret = ipprot.handler(cpu, skb);
    if (ret <= 0) {
      if (ret === 0) mib.InDelivers++;
      return;
    }
  }
}

/** A multicast: for this host if it is a member of the group. */
export function ip6_mc_input(cpu: Cpu, skb: sk_buff): number {
  const mib = cpu.host.mib.Ip6;
  mib.InMcastPkts++;
  mib.InMcastOctets += skb.len;
  const daddr = ipv6_daddr(skb);
  if (ipv6_chk_mcast_addr(cpu, skb.dev!, daddr)) ip6_input(cpu, skb);
  else kfree_skb_reason(cpu, skb, 'NOT_SPECIFIED', { condition: '!ipv6_chk_mcast_addr(dev, &hdr->daddr, NULL)', values: { daddr } });
  return 0;
}

