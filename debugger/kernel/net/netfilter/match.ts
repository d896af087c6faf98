/** Matches of netfilter rules: the scenario's expression over the packet's headers (net/netfilter/nf_tables_core.c). */
import { packet_matches } from '../../../machine/packet_match.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';

/** Whether a rule's match holds for `skb`, whose data begin at the IP header; null matches all. @helper */
export function matches(match: unknown, skb: sk_buff, indev: net_device | null, outdev: net_device | null): boolean {
  if (match === null) return true;
  return packet_matches(match, {
    bytes: skb.head, ethernet: -1, network: skb.network_header, length: skb.len, iif: indev === null ? null : indev.name, oif: outdev === null ? null : outdev.name,
  });
}
