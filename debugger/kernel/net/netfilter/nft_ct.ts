/** `notrack`, and what rules may ask of a packet's connection (net/netfilter/nft_ct.c). */
import type { Cpu } from '../../../machine/types.ts';
import { ETH_P_IPV6 } from '../../include/linux/if_ether.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { IP_CT_ESTABLISHED, IP_CT_ESTABLISHED_REPLY, IP_CT_NEW, IP_CT_UNTRACKED } from '../../include/net/netfilter/nf_conntrack.ts';

/** Bits of `ct state` (include/uapi/linux/netfilter/nf_conntrack_common.h NF_CT_STATE_*). */
export const NF_CT_STATE_INVALID_BIT = 1 << 0;
export const NF_CT_STATE_ESTABLISHED_BIT = 1 << 1;
export const NF_CT_STATE_RELATED_BIT = 1 << 2;
export const NF_CT_STATE_NEW_BIT = 1 << 3;
export const NF_CT_STATE_UNTRACKED_BIT = 1 << 6;

/** `ct state` of a packet, one bit: what nft_ct_get_eval() loads. @helper */
export function ctState(skb: sk_buff): number {
  // Conntrack of IPv6 is left out: its packets are untracked rather than invalid.
  if (skb._nfct === null) return skb.ctinfo === IP_CT_UNTRACKED || skb.protocol === ETH_P_IPV6 ? NF_CT_STATE_UNTRACKED_BIT : NF_CT_STATE_INVALID_BIT;
  if (skb.ctinfo === IP_CT_ESTABLISHED || skb.ctinfo === IP_CT_ESTABLISHED_REPLY) return NF_CT_STATE_ESTABLISHED_BIT;
  return skb.ctinfo === IP_CT_NEW ? NF_CT_STATE_NEW_BIT : NF_CT_STATE_RELATED_BIT;
}

/** The packet is not to be tracked: before conntrack has seen it. */
export function nft_notrack_eval(_cpu: Cpu, skb: sk_buff): void {
  if (skb._nfct === null) skb.ctinfo = IP_CT_UNTRACKED;
}
