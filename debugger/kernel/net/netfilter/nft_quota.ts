/** A rule for the first bytes only (net/netfilter/nft_quota.c). */
import type { nft_rule } from '../../include/linux/netfilter.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';

/** Whether this packet, which the rest of the rule matches, no longer fits into its quota. */
export function nft_overquota(rule: nft_rule, skb: sk_buff): boolean {
  if (rule.quota === null) return false;
  rule.consumed += skb.len;
  return rule.consumed > rule.quota;
}
