/** A frame has come by a port: for this host, for another port, or for all (net/bridge/br_input.c). */
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { ETH_ALEN } from '../../include/linux/if_ether.ts';
import { PACKET_HOST } from '../../include/linux/skbuff.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { netif_receive_skb } from '../core/dev/receive.ts';
import { kfree_skb_reason } from '../core/skbuff/free.ts';
import { skb_share_check } from '../core/skbuff/share.ts';
import { jiffies } from '../../kernel/time/jiffies.ts';
import { br_fdb_find_rcu, br_fdb_update, etherAddrEqual } from './br_fdb.ts';
import { br_flood, br_forward } from './br_forward.ts';
import { BR_STATE_DISABLED } from './br_private.ts';
import type { net_bridge_port } from './br_private.ts';

/** What an rx_handler did with a packet (enum rx_handler_result, include/linux/netdevice.h). */
export const RX_HANDLER_CONSUMED = 0;
export const RX_HANDLER_PASS = 3;

const PACKET_LOOPBACK = 5;

/** Up the stack, as if the bridge's own device had received it. */
export function br_pass_frame_up(cpu: Cpu, skb: sk_buff, p: net_bridge_port): number {
  const brdev = p.br.dev;
  brdev.stats.rx_packets++;
  brdev.stats.rx_bytes += skb.len;
  skb.dev = brdev;
  return br_netif_receive_skb(cpu, skb);
}

export function br_netif_receive_skb(cpu: Cpu, skb: sk_buff): number {
  netif_receive_skb(cpu, skb);
  return 0;
}

/** Learns the source, looks the destination up. A group's frames go everywhere, and up. */
export function br_handle_frame_finish(cpu: Cpu, skb: sk_buff): number {
  const p = skb.dev!.rx_handler_data as net_bridge_port;
  const { br } = p;
  const dest = skb.mac_header;
  br_fdb_update(cpu, br, p, skb.head, dest + ETH_ALEN);
  const group = (skb.head[dest]! & 1) === 1;
  const dst = group ? null : br_fdb_find_rcu(cpu, br, skb.head, dest);
  if (dst === null) br_flood(cpu, br, skb, group, false);
  else if (dst.is_local) return br_pass_frame_up(cpu, skb, p);
  else {
    dst.used = jiffies(cpu);
    br_forward(cpu, dst.dst!, skb, false, false);
  }
  return group ? br_pass_frame_up(cpu, skb, p) : 0;
}

/** Neither a group's address nor all zeros (include/linux/etherdevice.h). @helper */
function is_valid_ether_addr(bytes: Uint8Array, at: number): boolean {
  if ((bytes[at]! & 1) === 1) return false;
  for (let i = 0; i < ETH_ALEN; i++) if (bytes[at + i] !== 0) return true;
  return false;
}

/** The rx_handler of a bridge's ports: the packet's data begin behind its Ethernet header. */
export function br_handle_frame(cpu: Cpu, packet: sk_buff): number {
  spend(cpu, cpu.costs.br_handle_frame);
  if (packet.pkt_type === PACKET_LOOPBACK) return RX_HANDLER_PASS;
  const p = packet.dev!.rx_handler_data as net_bridge_port;
  const at = packet.mac_header;
  if (!is_valid_ether_addr(packet.head, at + ETH_ALEN)) {
    kfree_skb_reason(cpu, packet, 'MAC_INVALID_SOURCE', { condition: '!is_valid_ether_addr(eth_hdr(skb)->h_source)', values: { first: packet.head[at + ETH_ALEN]! } });
    return RX_HANDLER_CONSUMED;
  }
  if (p.state === BR_STATE_DISABLED) {
    kfree_skb_reason(cpu, packet, 'BRIDGE_INGRESS_STP_STATE', { condition: 'p->state == BR_STATE_DISABLED', values: { port_no: p.port_no, state: p.state } });
    return RX_HANDLER_CONSUMED;
  }
  const skb = skb_share_check(cpu, packet);
  skb.cb = null;
  if (etherAddrEqual(skb.head, skb.mac_header, p.br.dev.dev_addr)) skb.pkt_type = PACKET_HOST;
  br_handle_frame_finish(cpu, skb);
  return RX_HANDLER_CONSUMED;
}
