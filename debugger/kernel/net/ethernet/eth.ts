/** Ethernet headers (net/ethernet/eth.c). */
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { get_unaligned_be16, put_unaligned_be16 } from '../../include/asm-generic/unaligned.ts';
import { ETH_ALEN, ETH_HLEN, ETH_P_802_2, ETH_P_802_3_MIN } from '../../include/linux/if_ether.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import { PACKET_BROADCAST, PACKET_MULTICAST, PACKET_OTHERHOST } from '../../include/linux/skbuff.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';

/** Takes the header off a received frame: whom it is for (pkt_type), and the protocol, which it answers. */
export function eth_type_trans(cpu: Cpu, skb: sk_buff, dev: net_device): number {
  spend(cpu, cpu.costs.eth_type_trans);
  skb.dev = dev;
  const at = skb.data;
  skb.mac_header = at;
  skb.data += ETH_HLEN;
  skb.len -= ETH_HLEN;
  eth_skb_pkt_type(skb, dev, at);
  const protocol = get_unaligned_be16(skb.head, at + 2 * ETH_ALEN);
  return protocol >= ETH_P_802_3_MIN ? protocol : ETH_P_802_2;
}

/** @helper */
function eth_skb_pkt_type(skb: sk_buff, dev: net_device, at: number): void {
  const b = skb.head;
  if (sameMac(b, at, dev.dev_addr)) return;
  if ((b[at]! & 1) === 1) skb.pkt_type = sameMac(b, at, dev.broadcast) ? PACKET_BROADCAST : PACKET_MULTICAST;
  else skb.pkt_type = PACKET_OTHERHOST;
}

/** @helper */
function sameMac(bytes: Uint8Array, at: number, address: readonly number[]): boolean {
  for (let i = 0; i < ETH_ALEN; i++) if (bytes[at + i] !== address[i]) return false;
  return true;
}

/** Puts a header in front: to `daddr`, from `saddr` (null: the device's own address). */
export function eth_header(_cpu: Cpu, skb: sk_buff, dev: net_device, type: number, daddr: readonly number[], saddr: readonly number[] | null): number {
  skb.data -= ETH_HLEN;
  skb.len += ETH_HLEN;
  const at = skb.data;
  const from = saddr ?? dev.dev_addr;
  for (let i = 0; i < ETH_ALEN; i++) {
    skb.head[at + i] = daddr[i]!;
    skb.head[at + ETH_ALEN + i] = from[i]!;
  }
  put_unaligned_be16(type, skb.head, at + 2 * ETH_ALEN);
  return ETH_HLEN;
}

export function dev_hard_header(cpu: Cpu, skb: sk_buff, dev: net_device, type: number, daddr: readonly number[], saddr: readonly number[] | null): number {
  return eth_header(cpu, skb, dev, type, daddr, saddr);
}

/** The sender's address into `haddr`; answers its length. */
export function eth_header_parse(_cpu: Cpu, skb: sk_buff, haddr: number[]): number {
  for (let i = 0; i < ETH_ALEN; i++) haddr[i] = skb.head[skb.mac_header + ETH_ALEN + i]!;
  return ETH_ALEN;
}

/** The protocol that stands in the header. */
export function eth_header_parse_protocol(_cpu: Cpu, skb: sk_buff): number {
  return get_unaligned_be16(skb.head, skb.mac_header + 2 * ETH_ALEN);
}
