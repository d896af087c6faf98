/** Receiving IP packets (net/ipv4/ip_input.c). */
import type { Resumable } from '../../../machine/frames.ts';
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { ICMP_DEST_UNREACH, ICMP_PROT_UNREACH } from '../../include/linux/icmp.ts';
import {
  INET_ECN_MASK, SIZEOF_IPHDR, ip_hdrlen, ip_is_fragment, iph_daddr, iph_protocol, iph_saddr, iph_tos, iph_tot_len, ipv4_is_lbcast,
  ipv4_is_zeronet,
} from '../../include/linux/ip.ts';
import { NFPROTO_IPV4, NF_INET_LOCAL_IN, NF_INET_PRE_ROUTING } from '../../include/linux/netfilter.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import { PACKET_OTHERHOST } from '../../include/linux/skbuff.ts';
import type { sk_buff, skb_drop_reason } from '../../include/linux/skbuff.ts';
import type { drop_cause } from '../../include/net/dropreason.ts';
import { dropCause } from '../../include/net/dropreason.ts';
import { IPPROTO_TCP, IPPROTO_UDP } from '../../include/net/sock.ts';
import { RTN_BROADCAST, RTN_MULTICAST } from '../../include/net/dst.ts';
import { NET_INC_STATS } from '../../include/net/snmp.ts';
import { dst_input } from '../core/dst.ts';
import { ip_fast_csum } from '../core/skbuff/checksum.ts';
import { __skb_pull } from '../core/skbuff/data.ts';
import { skb_share_check } from '../core/skbuff/share.ts';
import { skb_orphan } from '../core/skbuff/destructors.ts';
import { skb_orphan_frags_rx } from '../core/skbuff/zerocopy.ts';
import { kfree_skb_reason } from '../core/skbuff/free.ts';
import { pskb_may_pull, pskb_trim_rcsum } from '../core/skbuff/pull.ts';
import { nf_hook, nf_hook_slow_list } from '../netfilter/core.ts';
import { icmp_send } from './icmp/send.ts';
import { ip_defrag } from './ip_fragment.ts';
import { inetProtocol } from './protocol.ts';
import { ip_route_input_noref, ip_route_use_hint } from './route/input.ts';
import { tcp_v4_early_demux } from './tcp_ipv4.ts';
import { udp_v4_early_demux } from './udp/early_demux.ts';

export const NET_RX_SUCCESS = 0;
export const NET_RX_DROP = 1;

/** Is this an IP packet worth looking at? Checks the header and cuts off link-layer padding; null when the packet was dropped. */
export function ip_rcv_core(cpu: Cpu, skb_in: sk_buff): sk_buff | null {
  const mib = cpu.host.mib;
  let skb = skb_in;
  if (skb.pkt_type === PACKET_OTHERHOST) {
    return inputDrop(cpu, skb, 'OTHERHOST', 'skb->pkt_type == PACKET_OTHERHOST', { pkt_type: skb.pkt_type });
  }
  mib.Ip.InReceives++;
  mib.IpExt.InOctets += skb.len;
  skb = skb_share_check(cpu, skb);
  if (!pskb_may_pull(cpu, skb, SIZEOF_IPHDR)) return headerError(cpu, skb, '!pskb_may_pull(skb, sizeof(struct iphdr))', { 'skb->len': skb.len });
  const head = skb.head;
  const at = skb.network_header;
  const ihl = head[at]! & 15;
  if (ihl < 5 || head[at]! >> 4 !== 4) return headerError(cpu, skb, 'iph->ihl < 5 || iph->version != 4', { ihl, version: head[at]! >> 4 });
  countEcn(cpu, head[at + 1]! & INET_ECN_MASK, Math.max(1, skb.shinfo.gso_segs));
  if (!pskb_may_pull(cpu, skb, ihl * 4)) return headerError(cpu, skb, '!pskb_may_pull(skb, iph->ihl*4)', { ihl, 'skb->len': skb.len });
  if (ip_fast_csum(skb.head, skb.network_header, ihl) !== 0) {
    mib.IpExt.InCsumErrors++;
    mib.Ip.InHdrErrors++;
    return inputDrop(cpu, skb, 'IP_CSUM', 'ip_fast_csum((u8 *)iph, iph->ihl)', { ihl });
  }
  const len = iph_tot_len(skb);
  if (skb.len < len) {
    mib.IpExt.InTruncatedPkts++;
    return inputDrop(cpu, skb, 'PKT_TOO_SMALL', 'skb->len < len', { 'skb->len': skb.len, len });
  }
  if (len < ihl * 4) return headerError(cpu, skb, 'len < (iph->ihl*4)', { len, ihl });
  pskb_trim_rcsum(cpu, skb, len);
  skb.transport_header = skb.network_header + ihl * 4;
  skb.cb = null;
  if (skb.destructor !== 'sock_pfree') skb_orphan(cpu, skb);
  return skb;
}

/** @helper */
function countEcn(cpu: Cpu, ecn: number, segs: number): void {
  const ext = cpu.host.mib.IpExt;
  if (ecn === 0) ext.InNoECTPkts += segs;
  else if (ecn === 1) ext.InECT1Pkts += segs;
  else if (ecn === 2) ext.InECT0Pkts += segs;
  else ext.InCEPkts += segs;
}

/** @helper */
function headerError(cpu: Cpu, skb: sk_buff, condition: string, values: Record<string, number>): null {
  cpu.host.mib.Ip.InHdrErrors++;
  return inputDrop(cpu, skb, 'IP_INHDR', condition, values);
}

/** @helper */
function inputDrop(cpu: Cpu, skb: sk_buff, reason: skb_drop_reason, condition: string, values: Record<string, number>): null {
  kfree_skb_reason(cpu, skb, reason, { condition, values });
  return null;
}

/** One packet, behind the backlog (loopback, veth, RPS). */
export function ip_rcv(cpu: Cpu, skb_in: sk_buff, dev: net_device): number {
  spend(cpu, cpu.costs.ip_rcv);
  const skb = ip_rcv_core(cpu, skb_in);
  if (skb === null) return NET_RX_DROP;
  if (cpu.host.nf_hooks[NF_INET_PRE_ROUTING]!.length > 0 && nf_hook(cpu, NF_INET_PRE_ROUTING, skb, dev, null) !== 1) return NET_RX_DROP;
  return ip_rcv_finish(cpu, skb);
}

export function ip_rcv_finish(cpu: Cpu, skb: sk_buff): number {
  const ret = ip_rcv_finish_core(cpu, skb, skb.dev!, null);
  if (ret === NET_RX_DROP) return ret;
  return dst_input(cpu, skb);
}

/** Whether the packet before went to the same place. */
function ip_can_use_hint(skb: sk_buff, hint: sk_buff | null): hint is sk_buff {
  return hint !== null && skb.dst === null && iph_daddr(hint) === iph_daddr(skb) && iph_tos(hint) === iph_tos(skb);
}

/** Finds the packet's route: by the packet before it, by its socket (early demultiplexing), or by looking it up. */
export function ip_rcv_finish_core(cpu: Cpu, skb: sk_buff, dev: net_device, hint: sk_buff | null): number {
  spend(cpu, cpu.costs.ip_rcv_finish);
  const knobs = cpu.host.knobs;
  let cause: drop_cause | null = null;
  if (ip_can_use_hint(skb, hint)) {
    cause = ip_route_use_hint(cpu, skb, iph_daddr(skb), iph_saddr(skb), dev, hint);
    if (cause !== null) return finishDrop(cpu, skb, cause);
  }
  if (knobs.sysctl_ip_early_demux! !== 0 && skb.dst === null && skb.sk === null && !ip_is_fragment(skb)) {
    const protocol = iph_protocol(skb);
    if (protocol === IPPROTO_TCP) {
      if (knobs.sysctl_tcp_early_demux! !== 0) tcp_v4_early_demux(cpu, skb);
    } else if (protocol === IPPROTO_UDP && knobs.sysctl_udp_early_demux! !== 0) udp_v4_early_demux(cpu, skb);
  }
  if (skb.dst === null) {
    cause = ip_route_input_noref(cpu, skb, iph_daddr(skb), iph_saddr(skb), dev);
    if (cause !== null) return finishDrop(cpu, skb, cause);
  }
  if (ip_hdrlen(skb) > SIZEOF_IPHDR) {
    cause = ip_rcv_options(cpu, skb);
    if (cause !== null) return finishDrop(cpu, skb, cause);
  }
  const type = skb.dst!.rt_type;
  if (type === RTN_MULTICAST) {
    cpu.host.mib.IpExt.InMcastPkts++;
    cpu.host.mib.IpExt.InMcastOctets += skb.len;
  } else if (type === RTN_BROADCAST) {
    cpu.host.mib.IpExt.InBcastPkts++;
    cpu.host.mib.IpExt.InBcastOctets += skb.len;
  }
  return NET_RX_SUCCESS;
}

/** @helper */
function finishDrop(cpu: Cpu, skb: sk_buff, cause: drop_cause): number {
  if (cause.reason === 'IP_RPFILTER') NET_INC_STATS(cpu, 'IPReversePathFilter');
  kfree_skb_reason(cpu, skb, cause.reason, cause);
  return NET_RX_DROP;
}

/** Options: source routes are refused (accept_source_route is off), others are left alone. */
export function ip_rcv_options(cpu: Cpu, skb: sk_buff): drop_cause | null {
  const end = skb.network_header + ip_hdrlen(skb);
  let at = skb.network_header + SIZEOF_IPHDR;
  while (at < end) {
    const type = skb.head[at]!;
    if (type === 0) return null;
    if (type === 1) {
      at++;
      continue;
    }
    const optlen = skb.head[at + 1]!;
    if (optlen < 2 || at + optlen > end) {
      cpu.host.mib.Ip.InHdrErrors++;
      return dropCause('IP_INHDR', 'optlen < 2 || optlen > l', { type, optlen });
    }
    if (type === 0x83 || type === 0x89) return dropCause('NOT_SPECIFIED', '!IN_DEV_SOURCE_ROUTE(in_dev)', { type });
    at += optlen;
  }
  return null;
}

/** The packet is for this host. Fragments wait here until their datagram is complete. */
export function ip_local_deliver(cpu: Cpu, skb: sk_buff): number {
  if (ip_is_fragment(skb) && ip_defrag(cpu, skb) !== 0) return 0;
  if (cpu.host.nf_hooks[NF_INET_LOCAL_IN]!.length > 0 && nf_hook(cpu, NF_INET_LOCAL_IN, skb, skb.dev, null) !== 1) return 0;
  return ip_local_deliver_finish(cpu, skb);
}

export function ip_local_deliver_finish(cpu: Cpu, skb: sk_buff): number {
  spend(cpu, cpu.costs.ip_local_deliver);
  if (skb.shinfo.destructor_arg !== null) skb_orphan_frags_rx(cpu, skb);
  __skb_pull(skb, skb.transport_header - skb.network_header);
  ip_protocol_deliver_rcu(cpu, skb, iph_protocol(skb));
  return 0;
}

/** To the transport protocol, or back to the sender: protocol unreachable. */
export function ip_protocol_deliver_rcu(cpu: Cpu, skb: sk_buff, protocol: number): void {
  const ipprot = inetProtocol(protocol);
  if (ipprot !== null) {
    ipprot.handler(cpu, skb);
    cpu.host.mib.Ip.InDelivers++;
    return;
  }
  cpu.host.mib.Ip.InUnknownProtos++;
  icmp_send(cpu, skb, ICMP_DEST_UNREACH, ICMP_PROT_UNREACH, 0);
  kfree_skb_reason(cpu, skb, 'IP_NOPROTO', { condition: '!inet_protos[protocol]', values: { protocol } });
}

/** Packets of a NIC, as GRO hands them up: checked one by one, then routed together. */
export function* ip_list_rcv(cpu: Cpu, head: sk_buff[]): Resumable<void> {
  const sublist: sk_buff[] = [];
  for (const packet of head) {
    spend(cpu, cpu.costs.ip_rcv);
    const skb = ip_rcv_core(cpu, packet);
    if (skb === null) continue;
    if (sublist.length > 0 && sublist[0]!.dev !== skb.dev) {
      yield* ip_sublist_rcv(cpu, sublist, sublist[0]!.dev!);
      sublist.length = 0;
    }
    sublist.push(skb);
  }
  if (sublist.length > 0) yield* ip_sublist_rcv(cpu, sublist, sublist[0]!.dev!);
}

/** Packets of one device. */
export function* ip_sublist_rcv(cpu: Cpu, head: sk_buff[], dev: net_device): Resumable<void> {
  if (cpu.host.nf_hooks[NF_INET_PRE_ROUTING]!.length > 0) nf_hook_slow_list(cpu, NFPROTO_IPV4, NF_INET_PRE_ROUTING, head, dev);
  if (head.length > 0) yield* ip_list_rcv_finish(cpu, head);
}

/** Routes all, then sends each run of packets with the same route on its way. */
export function* ip_list_rcv_finish(cpu: Cpu, head: sk_buff[]): Resumable<void> {
  let hint: sk_buff | null = null;
  let curr_dst: sk_buff['dst'] = null;
  const sublist: sk_buff[] = [];
  for (const skb of head) {
    if (ip_rcv_finish_core(cpu, skb, skb.dev!, hint) === NET_RX_DROP) continue;
    if (curr_dst !== skb.dst) {
      hint = ip_extract_route_hint(skb);
      if (sublist.length > 0) {
        yield* ip_sublist_rcv_finish(cpu, sublist);
        sublist.length = 0;
      }
      curr_dst = skb.dst;
    }
    sublist.push(skb);
  }
  if (sublist.length > 0) yield* ip_sublist_rcv_finish(cpu, sublist);
}

/** The packet whose route the next ones may use. */
function ip_extract_route_hint(skb: sk_buff): sk_buff | null {
  const daddr = iph_daddr(skb);
  return ipv4_is_lbcast(daddr) || ipv4_is_zeronet(daddr) ? null : skb;
}

export function* ip_sublist_rcv_finish(cpu: Cpu, head: sk_buff[]): Resumable<void> {
  for (const skb of head) {
    dst_input(cpu, skb);
    yield;
  }
}
