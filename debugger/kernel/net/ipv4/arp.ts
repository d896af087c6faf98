/** Receiving ARP (net/ipv4/arp.c; RFC 826). */
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { ipv4_is_loopback, ipv4_is_multicast } from '../../include/linux/ip.ts';
import { IFF_NOARP } from '../../include/linux/netdevice.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import { PACKET_HOST, PACKET_OTHERHOST } from '../../include/linux/skbuff.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { NUD_REACHABLE, NUD_STALE } from '../../include/net/neighbour.ts';
import { jiffies } from '../../kernel/time/timer.ts';
import { neigh_lookup } from '../core/neighbour/table.ts';
import { NEIGH_UPDATE_F_OVERRIDE, neigh_event_ns, neigh_update } from '../core/neighbour/update.ts';
import { consume_skb, kfree_skb_reason } from '../core/skbuff/free.ts';
import { ARPOP_REPLY, ARPOP_REQUEST, ARP_HDR_LEN, arpIsIpv4, arp_op, arp_sha, arp_sip, arp_tip } from './arp/header.ts';
import { arp_send_dst } from './arp/solicit.ts';
import { ip_route_input_noref } from './route/input.ts';
import { inet_addr_type_dev_table } from './fib_frontend.ts';

const RTN_LOCAL = 2;
const RTN_UNICAST = 1;

export function arp_rcv(cpu: Cpu, skb: sk_buff, dev: net_device): void {
  if ((dev.flags & IFF_NOARP) !== 0 || skb.pkt_type === PACKET_OTHERHOST) {
    kfree_skb_reason(cpu, skb, 'OTHERHOST', { condition: 'dev->flags & IFF_NOARP || skb->pkt_type == PACKET_OTHERHOST', values: { pkt_type: skb.pkt_type } });
    return;
  }
  if (skb.len < ARP_HDR_LEN) {
    kfree_skb_reason(cpu, skb, 'HDR_TRUNC', { condition: '!pskb_may_pull(skb, arp_hdr_len(dev))', values: { len: skb.len } });
    return;
  }
  arp_process(cpu, skb);
}

/** Answers requests for our addresses and learns the sender; replies refresh what we know. */
export function arp_process(cpu: Cpu, skb: sk_buff): void {
  spend(cpu, cpu.costs.arp_process);
  const dev = skb.dev!;
  const op = arp_op(skb);
  const tip = arp_tip(skb);
  if (!arpIsIpv4(skb) || (op !== ARPOP_REPLY && op !== ARPOP_REQUEST) || ipv4_is_multicast(tip) || ipv4_is_loopback(tip)) {
    kfree_skb_reason(cpu, skb, 'NOT_SPECIFIED', { condition: 'malformed ARP, or multicast or loopback target', values: { op, tip } });
    return;
  }
  if (op === ARPOP_REQUEST && arp_sip(skb) === 0) answerProbe(cpu, skb, dev, tip);
  else if (op !== ARPOP_REQUEST || !answerRequest(cpu, skb, dev, tip)) learn(cpu, skb, dev, op);
  consume_skb(cpu, skb);
}

/** Duplicate address detection (RFC 5227): somebody asks whether an address of ours is free. @helper */
function answerProbe(cpu: Cpu, skb: sk_buff, dev: net_device, tip: number): void {
  if (inet_addr_type_dev_table(cpu, dev, tip) !== RTN_LOCAL) return;
  const sha = arp_sha(skb);
  arp_send_dst(cpu, ARPOP_REPLY, 0, dev, tip, sha, dev.dev_addr, sha, skb.lineage);
}

/** True when the request was for this host: answered, its sender learnt. @helper */
function answerRequest(cpu: Cpu, skb: sk_buff, dev: net_device, tip: number): boolean {
  const sip = arp_sip(skb);
  if (ip_route_input_noref(cpu, skb, tip, sip, dev) !== null) return false;
  if (skb.dst!.rt_type !== RTN_LOCAL) return false;
  if (arp_ignore(cpu, dev, sip, tip)) return true;
  const sha = arp_sha(skb);
  neigh_event_ns(cpu, sha, sip, dev);
  arp_send_dst(cpu, ARPOP_REPLY, sip, dev, tip, sha, dev.dev_addr, sha, skb.lineage);
  return true;
}

/** net.ipv4.conf.*.arp_ignore: 1 answers only for the device's own addresses, 2 only to its own subnet besides, 8 never. */
export function arp_ignore(_cpu: Cpu, dev: net_device, sip: number, tip: number): boolean {
  const mode = dev.ip_ptr.cnf.arp_ignore;
  if (mode === 0) return false;
  if (mode >= 8) return true;
  return !dev.ip_ptr.ifa_list.some((ifa) => ifa.ifa_local === tip && (mode === 1 || ((sip ^ ifa.ifa_local) & ifa.ifa_mask) === 0));
}

/** Refreshes the sender's entry, if there is one: a reply to us makes it reachable, anything else stale. @helper */
function learn(cpu: Cpu, skb: sk_buff, dev: net_device, op: number): void {
  const sip = arp_sip(skb);
  const n = neigh_lookup(cpu, sip, dev);
  if (n === null) return;
  const gratuitous = arp_is_garp(cpu, skb, dev, op);
  const override = jiffies(cpu) > n.updated + cpu.host.arp_tbl.parms.locktime || gratuitous;
  const state = op !== ARPOP_REPLY || skb.pkt_type !== PACKET_HOST ? NUD_STALE : NUD_REACHABLE;
  neigh_update(cpu, n, arp_sha(skb), state, override ? NEIGH_UPDATE_F_OVERRIDE : 0);
}

/** Gratuitous: sender and target address are the same. */
export function arp_is_garp(cpu: Cpu, skb: sk_buff, dev: net_device, op: number): boolean {
  const sip = arp_sip(skb);
  return arp_tip(skb) === sip && op === ARPOP_REQUEST && inet_addr_type_dev_table(cpu, dev, sip) === RTN_UNICAST;
}
