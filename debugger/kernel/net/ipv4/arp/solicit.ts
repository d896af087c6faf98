/** Asking for an address, and sending ARP packets (net/ipv4/arp.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { ETH_P_ARP } from '../../../include/linux/if_ether.ts';
import { iph_saddr } from '../../../include/linux/ip.ts';
import type { net_device } from '../../../include/linux/netdevice.ts';
import type { Lineage, sk_buff } from '../../../include/linux/skbuff.ts';
import { NUD_VALID } from '../../../include/net/neighbour.ts';
import type { neighbour } from '../../../include/net/neighbour.ts';
import { dev_queue_xmit } from '../../core/dev/xmit.ts';
import { alloc_skb } from '../../core/skbuff/alloc.ts';
import { skb_put, skb_reserve, skb_reset_network_header } from '../../core/skbuff/data.ts';
import { kfree_skb_reason } from '../../core/skbuff/free.ts';
import { dev_hard_header } from '../../ethernet/eth.ts';
import { inet_select_addr } from '../devinet.ts';
import { inet_addr_type_dev_table } from '../fib_frontend.ts';
import { ipv4_link_failure } from '../route/error.ts';
import { ARPOP_REQUEST, ARP_HDR_LEN, writeArp } from './header.ts';

const RTN_LOCAL = 2;
const RT_SCOPE_LINK = 253;
/** LL_RESERVED_SPACE of Ethernet. */
const LL_RESERVED = 16;

/** Asks who has the neighbour's address: by unicast while an old address is known, else all. */
export function arp_solicit(cpu: Cpu, neigh: neighbour, skb: sk_buff | null): void {
  const target = neigh.primary_key;
  const saddr = sourceOf(cpu, neigh, skb);
  const parms = cpu.host.arp_tbl.parms;
  const unicast = neigh.probes < parms.ucast_probes && (neigh.nud_state & NUD_VALID) !== 0;
  const from = skb === null ? null : skb.lineage;
  arp_send_dst(cpu, ARPOP_REQUEST, target, neigh.dev, saddr, unicast ? neigh.ha : null, neigh.dev.dev_addr, null, from);
}

/** The waiting packet's own source if it is ours, else the device's address. @helper */
function sourceOf(cpu: Cpu, neigh: neighbour, skb: sk_buff | null): number {
  if (skb !== null) {
    const saddr = iph_saddr(skb);
    if (inet_addr_type_dev_table(cpu, neigh.dev, saddr) === RTN_LOCAL) return saddr;
  }
  return inet_select_addr(cpu, neigh.dev, neigh.primary_key, RT_SCOPE_LINK);
}

/** Builds and sends one ARP packet; `dest_hw` null: to all. `from` is the packet that made us ask. */
export function arp_send_dst(
  cpu: Cpu, type: number, dest_ip: number, dev: net_device, src_ip: number, dest_hw: readonly number[] | null, src_hw: readonly number[],
  target_hw: readonly number[] | null, from: Lineage | null,
): void {
  const skb = arp_create(cpu, type, dest_ip, dev, src_ip, dest_hw, src_hw, target_hw, from);
  arp_xmit(cpu, skb);
}

export function arp_create(
  cpu: Cpu, type: number, dest_ip: number, dev: net_device, src_ip: number, dest_hw: readonly number[] | null, src_hw: readonly number[],
  target_hw: readonly number[] | null, from: Lineage | null,
): sk_buff {
  const skb = alloc_skb(cpu, ARP_HDR_LEN + LL_RESERVED, from);
  skb_reserve(skb, LL_RESERVED);
  skb_reset_network_header(skb);
  const at = skb_put(skb, ARP_HDR_LEN);
  skb.dev = dev;
  skb.protocol = ETH_P_ARP;
  dev_hard_header(cpu, skb, dev, ETH_P_ARP, dest_hw ?? dev.broadcast, src_hw);
  writeArp(skb.head, at, type, src_hw, src_ip, target_hw, dest_ip);
  return skb;
}

export function arp_xmit(cpu: Cpu, skb: sk_buff): void {
  arp_xmit_finish(cpu, skb);
}

export function arp_xmit_finish(cpu: Cpu, skb: sk_buff): number {
  return dev_queue_xmit(cpu, skb);
}

/** Nobody answered for this packet's next hop. */
export function arp_error_report(cpu: Cpu, neigh: neighbour, skb: sk_buff): void {
  ipv4_link_failure(cpu, skb);
  kfree_skb_reason(cpu, skb, 'NEIGH_FAILED', { condition: 'probes >= neigh_max_probes(neigh)', values: { probes: neigh.probes } });
}
