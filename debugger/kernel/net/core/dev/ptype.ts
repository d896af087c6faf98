/** Who gets packets of a protocol: protocols of the kernel and packet sockets, in lists (net/core/dev.c dev_add_pack). */
import { ipv6_list_rcv, ipv6_rcv } from '../../ipv6/ip6_input.ts';
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { ETH_P_ALL, ETH_P_ARP, ETH_P_IP, ETH_P_IPV6 } from '../../../include/linux/if_ether.ts';
import type { Host } from '../../../include/linux/host.ts';
import type { net_device, packet_type } from '../../../include/linux/netdevice.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { arp_rcv } from '../../ipv4/arp.ts';
import { ip_list_rcv, ip_rcv } from '../../ipv4/ip_input.ts';
import { packet_rcv } from '../../packet/af_packet/rcv.ts';
import { tpacket_rcv } from '../../packet/af_packet/tpacket_rcv.ts';

const packet_functions: Record<string, (cpu: Cpu, skb: sk_buff, dev: net_device, pt: packet_type, orig_dev: net_device) => void> = { ip_rcv, ipv6_rcv, arp_rcv, packet_rcv, tpacket_rcv };
/** Functions for whole lists, by name. */
export const list_functions: Record<string, (cpu: Cpu, list: sk_buff[], pt: packet_type, orig_dev: net_device) => Resumable<void>> = { ip_list_rcv, ipv6_list_rcv };

/** @helper The protocols that every host has. */
export function addProtocols(host: Host): void {
  host.ptype_base.push({ type: ETH_P_IP, func: 'ip_rcv', list_func: 'ip_list_rcv', dev: null, af_packet_priv: null, ignore_outgoing: false });
  host.ptype_base.push({ type: ETH_P_IPV6, func: 'ipv6_rcv', list_func: 'ipv6_list_rcv', dev: null, af_packet_priv: null, ignore_outgoing: false });
  host.ptype_base.push({ type: ETH_P_ARP, func: 'arp_rcv', list_func: null, dev: null, af_packet_priv: null, ignore_outgoing: false });
}

/** @helper The kernel's handler of a protocol, null when nobody wants it. */
export function packetType(host: Host, protocol: number): packet_type | null {
  for (const pt of host.ptype_base) if (pt.type === protocol) return pt;
  return null;
}

/** @helper One packet to its protocol. */
export function callPacketFunction(cpu: Cpu, skb: sk_buff, pt: packet_type, orig_dev: net_device): void {
  packet_functions[pt.func]!(cpu, skb, skb.dev!, pt, orig_dev);
}

/** The list that a handler belongs to: of all packets or of one protocol, of the host or of one device. */
function ptype_head(cpu: Cpu, pt: packet_type): packet_type[] {
  const { dev } = pt;
  if (pt.type === ETH_P_ALL) return dev === null ? cpu.host.ptype_all : dev.ptype_all;
  return dev === null ? cpu.host.ptype_specific : dev.ptype_specific;
}

/** Hooks a packet socket in, in front of those that are there. */
export function dev_add_pack(cpu: Cpu, pt: packet_type): void {
  ptype_head(cpu, pt).unshift(pt);
  cpu.host.netdev_nit++;
}

export function __dev_remove_pack(cpu: Cpu, pt: packet_type): void {
  const head = ptype_head(cpu, pt);
  const at = head.indexOf(pt);
  if (at < 0) return;
  head.splice(at, 1);
  cpu.host.netdev_nit--;
}
