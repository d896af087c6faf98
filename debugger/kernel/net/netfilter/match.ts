/** Matches of netfilter rules: the scenario's expression over the packet's headers (net/netfilter/nf_tables_core.c). */
import { packet_matches } from '../../../machine/packet_match.ts';
import type { nf_hook_state } from '../../include/linux/netfilter.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { ctState } from './nft_ct.ts';

/** Whether a rule's match holds for `skb`, whose data begin at the IP header; null matches all. @helper */
export function matches(match: unknown, skb: sk_buff, state: nf_hook_state): boolean {
  if (match === null) return true;
  return packet_matches(match, {
    bytes: skb.head, ethernet: -1, network: skb.network_header, length: skb.len, iif: state.in === null ? null : state.in.name, oif: state.out === null ? null : state.out.name,
    ct_state: ctState(skb), ct_status: skb._nfct === null ? 0 : skb._nfct.status,
  });
}
