/** From a device to the protocols: lists from NAPI, single packets from the backlog (net/core/dev.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { net_device } from '../../../include/linux/netdevice.ts';
import { HEADER_UNSET } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { arp_rcv } from '../../ipv4/arp.ts';
import { ip_list_rcv, ip_rcv } from '../../ipv4/ip_input.ts';
import { kfree_skb_reason } from '../skbuff/free.ts';
import { this_cpu_softnet } from './softnet.ts';

export const ETH_P_IP = 0x0800;
export const ETH_P_ARP = 0x0806;

/** Who takes a packet, by EtherType: struct packet_type of the protocols (ptype_base). */
type PacketType = 'ip' | 'arp';

/** @helper */
function packetType(protocol: number): PacketType | null {
  return protocol === ETH_P_IP ? 'ip' : protocol === ETH_P_ARP ? 'arp' : null;
}

/** All packets of one delivery of NAPI. */
export function* netif_receive_skb_list_internal(cpu: Cpu, head: sk_buff[]): Resumable<void> {
  yield* __netif_receive_skb_list(cpu, head);
}

export function* __netif_receive_skb_list(cpu: Cpu, head: sk_buff[]): Resumable<void> {
  yield* __netif_receive_skb_list_core(cpu, head);
}

/** Finds each packet's taker; neighbours with the same taker and device go there as one list. */
export function* __netif_receive_skb_list_core(cpu: Cpu, head: sk_buff[]): Resumable<void> {
  let sublist: sk_buff[] = [];
  let pt_curr: PacketType | null = null;
  let od_curr: net_device | null = null;
  for (let i = 0; i < head.length; i++) {
    const skb = head[i]!;
    const orig_dev = skb.dev!;
    const pt_prev = __netif_receive_skb_core(cpu, skb);
    yield;
    if (pt_prev === null) continue;
    if (pt_curr !== pt_prev || od_curr !== orig_dev) {
      if (pt_curr !== null) yield* __netif_receive_skb_list_ptype(cpu, sublist, pt_curr, od_curr!);
      sublist = [];
      pt_curr = pt_prev;
      od_curr = orig_dev;
    }
    sublist.push(skb);
  }
  if (pt_curr !== null) yield* __netif_receive_skb_list_ptype(cpu, sublist, pt_curr, od_curr!);
}

export function* __netif_receive_skb_list_ptype(cpu: Cpu, head: sk_buff[], pt_prev: PacketType, orig_dev: net_device): Resumable<void> {
  if (pt_prev === 'ip') {
    yield* ip_list_rcv(cpu, head, orig_dev);
    return;
  }
  for (const skb of head) {
    arp_rcv(cpu, skb, skb.dev!);
    yield;
  }
}

/** Resets the headers, counts, and finds the taker of `skb->protocol`; null when there is none and the packet is dropped. */
export function __netif_receive_skb_core(cpu: Cpu, skb: sk_buff): PacketType | null {
  spend(cpu, cpu.costs.netif_receive_skb_core);
  skb.network_header = skb.data;
  if (skb.transport_header === HEADER_UNSET) skb.transport_header = skb.data;
  skb.mac_len = skb.network_header - skb.mac_header;
  skb.skb_iif = skb.dev!.ifindex;
  this_cpu_softnet(cpu).processed++;
  const taker = packetType(skb.protocol);
  if (taker !== null) return taker;
  skb.dev!.stats.rx_dropped++;
  kfree_skb_reason(cpu, skb, 'UNHANDLED_PROTO', { condition: 'no packet_type for skb->protocol', values: { protocol: skb.protocol } });
  return null;
}

/** One packet of the backlog. */
export function __netif_receive_skb(cpu: Cpu, skb: sk_buff): void {
  __netif_receive_skb_one_core(cpu, skb);
}

export function __netif_receive_skb_one_core(cpu: Cpu, skb: sk_buff): void {
  const taker = __netif_receive_skb_core(cpu, skb);
  if (taker === 'ip') ip_rcv(cpu, skb, skb.dev!);
  else if (taker === 'arp') arp_rcv(cpu, skb, skb.dev!);
}
