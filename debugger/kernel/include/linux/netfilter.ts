/** Netfilter hooks (include/linux/netfilter.h). A host with no rule at a hook does not call nf_hook_slow there. */
export const NF_INET_PRE_ROUTING = 0;
export const NF_INET_LOCAL_IN = 1;
export const NF_INET_FORWARD = 2;
export const NF_INET_LOCAL_OUT = 3;
export const NF_INET_POST_ROUTING = 4;

export const NF_DROP = 0;
export const NF_ACCEPT = 1;

/** One rule of the chain at a hook: a match (an expression of the scenario, null = all) and what happens to what it matches. */
export interface nf_hook_entry {
  /** Of its table, which says how the chain is entered: nft_do_chain_inet or nft_do_chain_ipv4. */
  family: 'inet' | 'ip';
  match: unknown;
  /** Bytes that the rule may match, null without a limit; and those that matched the rest of it so far. */
  quota: number | null;
  consumed: number;
  verdict: 'drop' | 'accept' | 'count';
  packets: number;
  bytes: number;
  /** Line of the scenario. */
  line: number;
}
