/** Who gets packets of a protocol (packet_type; net/core/dev.c ptype_base). */
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { ETH_P_ARP, ETH_P_IP } from '../../../include/linux/if_ether.ts';
import type { net_device } from '../../../include/linux/netdevice.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { arp_rcv } from '../../ipv4/arp.ts';
import { ip_list_rcv, ip_rcv } from '../../ipv4/ip_input.ts';

/** Names of the functions: see packet_functions and list_functions. */
export interface packet_type { type: number; func: string; list_func: string | null }

const packet_functions: Record<string, (cpu: Cpu, skb: sk_buff, dev: net_device, pt: packet_type, orig_dev: net_device) => void> = { ip_rcv, arp_rcv };
/** Functions for whole lists, by name. */
export const list_functions: Record<string, (cpu: Cpu, list: sk_buff[], pt: packet_type, orig_dev: net_device) => Resumable<void>> = { ip_list_rcv };

const ip_packet_type: packet_type = { type: ETH_P_IP, func: 'ip_rcv', list_func: 'ip_list_rcv' };
const arp_packet_type: packet_type = { type: ETH_P_ARP, func: 'arp_rcv', list_func: null };

/** @helper The handler of a protocol, null when nobody wants it. */
export function packetType(protocol: number): packet_type | null {
  if (protocol === ETH_P_IP) return ip_packet_type;
  return protocol === ETH_P_ARP ? arp_packet_type : null;
}

/** @helper One packet to its protocol. */
export function callPacketFunction(cpu: Cpu, skb: sk_buff, pt: packet_type, orig_dev: net_device): void {
  packet_functions[pt.func]!(cpu, skb, skb.dev!, pt, orig_dev);
}
