/** Address resolution (net/ipv4/arp.c, RFC 826). */
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { get_unaligned_be16, get_unaligned_be32, put_unaligned_be16, put_unaligned_be32 } from '../../include/asm-generic/unaligned.ts';
import type { Host } from '../../include/linux/host.ts';
import { ETH_P_ARP, ETH_P_IP } from '../../include/linux/if_ether.ts';
import type { in_device } from '../../include/linux/inetdevice.ts';
import { iph_saddr, ipv4_is_loopback, ipv4_is_multicast } from '../../include/linux/ip.ts';
import { IFF_NOARP } from '../../include/linux/netdevice.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import { PACKET_HOST, PACKET_OTHERHOST } from '../../include/linux/skbuff.ts';
import type { Lineage, sk_buff } from '../../include/linux/skbuff.ts';
import { NUD_REACHABLE, NUD_STALE, NUD_VALID } from '../../include/net/neighbour.ts';
import type { neighbour } from '../../include/net/neighbour.ts';
import { RTN_LOCAL, RTN_UNICAST } from '../../include/net/dst.ts';
import { HZ, jiffies } from '../../kernel/time/jiffies.ts';
import { dev_queue_xmit } from '../core/dev/xmit.ts';
import { __neigh_lookup, neigh_rand_reach_time } from '../core/neighbour/table.ts';
import { NEIGH_UPDATE_F_OVERRIDE, neigh_event_ns, neigh_update } from '../core/neighbour/update.ts';
import { alloc_skb } from '../core/skbuff/alloc.ts';
import { skb_put, skb_reserve, skb_reset_network_header } from '../core/skbuff/data.ts';
import { consume_skb, kfree_skb_reason } from '../core/skbuff/free.ts';
import { pskb_may_pull } from '../core/skbuff/pull.ts';
import { skb_share_check } from '../core/skbuff/share.ts';
import { dev_hard_header } from '../ethernet/eth.ts';
import { inet_select_addr } from './devinet.ts';
import { RT_SCOPE_LINK, inet_addr_type_dev_table } from './fib_frontend.ts';
import { LL_RESERVED_SPACE } from './ip_output/output.ts';
import { ip_route_input_noref } from './route/input.ts';
import { NET_INC_STATS } from '../../include/net/snmp.ts';
import { ipv4_link_failure } from './route/error.ts';
import { createFlowi4, ip_route_output_key } from './route/output.ts';

export const ARPOP_REQUEST = 1;
export const ARPOP_REPLY = 2;
const ARPHRD_ETHER = 1;
const ARP_HDR_LEN = 28;

/** Offsets of the addresses in the packet. */
const AR_SHA = 8;
const AR_SIP = 14;
const AR_THA = 18;
const AR_TIP = 24;

/** A host's neighbour parameters, from net.ipv4.neigh.default.*. */
export function arp_init(host: Host): void {
  const value = (name: string): number => host.sysctl[`net.ipv4.neigh.default.${name}`]![0] as number;
  const p = host.arp_tbl.parms;
  p.retrans_time = Math.ceil((value('retrans_time_ms') * HZ) / 1000);
  p.base_reachable_time = Math.ceil((value('base_reachable_time_ms') * HZ) / 1000);
  p.delay_probe_time = value('delay_first_probe_time') * HZ;
  p.ucast_probes = value('ucast_solicit');
  p.mcast_probes = value('mcast_solicit');
  p.app_probes = value('app_solicit');
  p.queue_len_bytes = value('unres_qlen_bytes');
  p.gc_staletime = value('gc_stale_time') * HZ;
  host.arp_tbl.gc_thresh2 = value('gc_thresh2');
  host.arp_tbl.gc_thresh3 = value('gc_thresh3');
  p.locktime = Math.ceil((value('locktime') * HZ) / 100);
  p.reachable_time = neigh_rand_reach_time(host, p.base_reachable_time);
}

/** An ARP packet comes in. */
export function arp_rcv(cpu: Cpu, packet: sk_buff, dev: net_device): number {
  if ((dev.flags & IFF_NOARP) !== 0 || packet.pkt_type === PACKET_OTHERHOST) {
    consume_skb(cpu, packet);
    return 0;
  }
  const skb = skb_share_check(cpu, packet);
  if (!pskb_may_pull(cpu, skb, ARP_HDR_LEN)) return arpDrop(cpu, skb, '!pskb_may_pull(skb, arp_hdr_len(dev))', { 'skb->len': skb.len });
  const at = skb.network_header;
  if (skb.head[at + 4] !== 6 || skb.head[at + 5] !== 4) {
    return arpDrop(cpu, skb, 'arp->ar_hln != dev->addr_len || arp->ar_pln != 4', { ar_hln: skb.head[at + 4]!, ar_pln: skb.head[at + 5]! });
  }
  return arp_process(cpu, skb);
}

/** @helper */
function arpDrop(cpu: Cpu, skb: sk_buff, condition: string, values: Record<string, number>): number {
  kfree_skb_reason(cpu, skb, 'NOT_SPECIFIED', { condition, values });
  return 1;
}

/** @helper */
function arpDone(cpu: Cpu, skb: sk_buff): number {
  consume_skb(cpu, skb);
  return 0;
}

/** Answers a request for an address of this host; learns from answers, and from requests of hosts that it knows. */
export function arp_process(cpu: Cpu, skb: sk_buff): number {
  spend(cpu, cpu.costs.arp_process);
  const dev = skb.dev!;
  const in_dev = dev.ip_ptr;
  const head = skb.head;
  const at = skb.network_header;
  const op = get_unaligned_be16(head, at + 6);
  if (get_unaligned_be16(head, at) !== ARPHRD_ETHER || get_unaligned_be16(head, at + 2) !== ETH_P_IP || (op !== ARPOP_REQUEST && op !== ARPOP_REPLY)) {
    return arpDrop(cpu, skb, 'arp->ar_op != htons(ARPOP_REPLY) && arp->ar_op != htons(ARPOP_REQUEST)', { ar_op: op });
  }
  const sip = get_unaligned_be32(head, at + AR_SIP);
  const tip = get_unaligned_be32(head, at + AR_TIP);
  const sha = hardwareAddress(head, at + AR_SHA);
  if (ipv4_is_multicast(tip) || ipv4_is_loopback(tip)) return arpDrop(cpu, skb, 'ipv4_is_multicast(tip) || ipv4_is_loopback(tip)', { tip });
  if (sip === 0) {
    if (op === ARPOP_REQUEST && inet_addr_type_dev_table(cpu, dev, tip) === RTN_LOCAL && !arp_ignore(cpu, in_dev, dev, sip, tip)) {
      arp_send_dst(cpu, ARPOP_REPLY, sip, dev, tip, sha, sha, skb.lineage);
    }
    return arpDone(cpu, skb);
  }
  if (op === ARPOP_REQUEST && ip_route_input_noref(cpu, skb, tip, sip, dev) === null) {
    const rt = skb.dst!;
    if (rt.rt_type === RTN_LOCAL) {
      if (!arp_ignore(cpu, in_dev, dev, sip, tip) && (in_dev.cnf.arp_filter === 0 || !arp_filter(cpu, sip, tip, dev))) {
        const n = neigh_event_ns(cpu, cpu.host.arp_tbl, sha, sip, dev);
        if (n !== null) arp_send_dst(cpu, ARPOP_REPLY, sip, dev, tip, sha, sha, skb.lineage);
      }
      return arpDone(cpu, skb);
    }
    if (in_dev.cnf.forwarding !== 0 && in_dev.cnf.proxy_arp !== 0 && rt.rt_type === RTN_UNICAST && rt.dev !== dev) {
      const n = neigh_event_ns(cpu, cpu.host.arp_tbl, sha, sip, dev);
      if (n !== null) arp_send_dst(cpu, ARPOP_REPLY, sip, dev, tip, sha, sha, skb.lineage);
      return arpDone(cpu, skb);
    }
  }
  learnSender(cpu, skb, op, sip, tip, sha);
  return arpDone(cpu, skb);
}

/** @helper The end of arp_process: updates an entry that there is; arp_accept lets gratuitous ARP make one. */
function learnSender(cpu: Cpu, skb: sk_buff, op: number, sip: number, tip: number, sha: readonly number[]): void {
  const dev = skb.dev!;
  let n = __neigh_lookup(cpu, cpu.host.arp_tbl, sip, dev, false);
  const accept = arp_accept(dev.ip_ptr);
  const garp = (n !== null || accept) && arp_is_garp(cpu, dev, op, sip, tip, sha, hardwareAddress(skb.head, skb.network_header + AR_THA));
  if (accept && n === null && (garp || (op === ARPOP_REPLY && inet_addr_type_dev_table(cpu, dev, sip) === RTN_UNICAST))) {
    n = __neigh_lookup(cpu, cpu.host.arp_tbl, sip, dev, true);
  }
  if (n === null) return;
  const override = garp || jiffies(cpu) > n.updated + cpu.host.arp_tbl.parms.locktime;
  const state = op !== ARPOP_REPLY || skb.pkt_type !== PACKET_HOST ? NUD_STALE : NUD_REACHABLE;
  neigh_update(cpu, n, sha, state, override ? NEIGH_UPDATE_F_OVERRIDE : 0);
}

/** @helper */
function hardwareAddress(head: Uint8Array, at: number): number[] {
  return [head[at]!, head[at + 1]!, head[at + 2]!, head[at + 3]!, head[at + 4]!, head[at + 5]!];
}

export function arp_accept(in_dev: in_device): boolean {
  return in_dev.cnf.arp_accept !== 0;
}

/** Somebody announces an address of its own; in an answer, to itself. */
export function arp_is_garp(cpu: Cpu, dev: net_device, op: number, sip: number, tip: number, sha: readonly number[], tha: readonly number[]): boolean {
  if (sip !== tip || (op === ARPOP_REPLY && !sha.every((byte, i) => byte === tha[i]))) return false;
  return inet_addr_type_dev_table(cpu, dev, sip) === RTN_UNICAST;
}

/** Whether another device would be the way to who asks (arp_filter): then that one is to answer. */
function arp_filter(cpu: Cpu, sip: number, tip: number, dev: net_device): boolean {
  const rt = ip_route_output_key(cpu, createFlowi4(0, 0, 0, tip, sip, 0, 0));
  if (typeof rt === 'number') return true;
  if (rt.dev === dev) return false;
  NET_INC_STATS(cpu, 'ArpFilter');
  return true;
}

/** Whether this device does not answer for `tip`. */
export function arp_ignore(_cpu: Cpu, in_dev: in_device, _dev: net_device, sip: number, tip: number): boolean {
  const mode = in_dev.cnf.arp_ignore;
  if (mode === 8) return true;
  if (mode !== 1 && mode !== 2) return false;
  for (const ifa of in_dev.ifa_list) {
    if (ifa.ifa_local === tip && (mode === 1 || ((sip ^ ifa.ifa_local) & ifa.ifa_mask) === 0)) return false;
  }
  return true;
}

/** Asks who has the neighbour's address: everybody, or its last known owner while that may still be right. */
export function arp_solicit(cpu: Cpu, neigh: neighbour, skb: sk_buff | null): void {
  const dev = neigh.dev;
  const target = neigh.primary_key as number;
  const parms = cpu.host.arp_tbl.parms;
  let saddr = 0;
  if (skb !== null && skb.protocol === ETH_P_IP) saddr = announcedAddress(cpu, dev, iph_saddr(skb), target);
  if (saddr === 0) saddr = inet_select_addr(cpu, dev, target, RT_SCOPE_LINK);
  const probes = neigh.probes - parms.ucast_probes;
  if (probes >= 0 && probes < parms.app_probes) return;
  const dst_hw = probes < 0 && (neigh.nud_state & NUD_VALID) !== 0 ? neigh.ha : null;
  arp_send_dst(cpu, ARPOP_REQUEST, target, dev, saddr, dst_hw, null, skb === null ? null : skb.lineage);
}

/** @helper Which of the packet's and the device's addresses ARP may name (arp_announce). */
function announcedAddress(cpu: Cpu, dev: net_device, saddr: number, target: number): number {
  const mode = dev.ip_ptr.cnf.arp_announce;
  if (mode >= 2 || inet_addr_type_dev_table(cpu, dev, saddr) !== RTN_LOCAL) return 0;
  if (mode === 0) return saddr;
  for (const ifa of dev.ip_ptr.ifa_list) {
    if (((saddr ^ ifa.ifa_local) & ifa.ifa_mask) === 0 && ((target ^ ifa.ifa_local) & ifa.ifa_mask) === 0) return saddr;
  }
  return 0;
}

/** Makes a packet and sends it. `dest_hw` null: to all. */
export function arp_send_dst(
  cpu: Cpu, type: number, dest_ip: number, dev: net_device, src_ip: number, dest_hw: readonly number[] | null,
  target_hw: readonly number[] | null, from: Lineage | null,
): void {
  if ((dev.flags & IFF_NOARP) !== 0) return;
  arp_xmit(cpu, arp_create(cpu, type, dest_ip, dev, src_ip, dest_hw, target_hw, from));
}

export function arp_create(
  cpu: Cpu, type: number, dest_ip: number, dev: net_device, src_ip: number, dest_hw: readonly number[] | null,
  target_hw: readonly number[] | null, from: Lineage | null,
): sk_buff {
  const hlen = LL_RESERVED_SPACE(dev.hard_header_len);
  const skb = alloc_skb(cpu, ARP_HDR_LEN + hlen, from);
  skb_reserve(skb, hlen);
  skb_reset_network_header(skb);
  const at = skb_put(skb, ARP_HDR_LEN);
  skb.dev = dev;
  skb.protocol = ETH_P_ARP;
  dev_hard_header(cpu, skb, dev, ETH_P_ARP, dest_hw ?? dev.broadcast, dev.dev_addr);
  const head = skb.head;
  put_unaligned_be16(ARPHRD_ETHER, head, at);
  put_unaligned_be16(ETH_P_IP, head, at + 2);
  head[at + 4] = 6;
  head[at + 5] = 4;
  put_unaligned_be16(type, head, at + 6);
  put_unaligned_be32(src_ip, head, at + AR_SIP);
  put_unaligned_be32(dest_ip, head, at + AR_TIP);
  for (let i = 0; i < 6; i++) {
    head[at + AR_SHA + i] = dev.dev_addr[i]!;
    head[at + AR_THA + i] = target_hw === null ? 0 : target_hw[i]!;
  }
  return skb;
}

export function arp_xmit(cpu: Cpu, skb: sk_buff): void {
  arp_xmit_finish(cpu, skb);
}

function arp_xmit_finish(cpu: Cpu, skb: sk_buff): number {
  return dev_queue_xmit(cpu, skb);
}

/** A packet waited in vain for its next hop's address. */
export function arp_error_report(cpu: Cpu, neigh: neighbour, skb: sk_buff): void {
  ipv4_link_failure(cpu, skb);
  kfree_skb_reason(cpu, skb, 'NEIGH_FAILED', {
    condition: 'atomic_read(&neigh->probes) >= neigh_max_probes(neigh)', values: { probes: neigh.probes, primary_key: neigh.primary_key as number },
  });
}
