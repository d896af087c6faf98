/** `nat` chains (net/netfilter/nft_chain_nat.c): they stand behind NAT's own hooks, and see only a connection's first packet. */
import type { Cpu } from '../../../machine/types.ts';
import type { Host } from '../../include/linux/host.ts';
import {
  NF_INET_LOCAL_IN, NF_INET_LOCAL_OUT, NF_INET_POST_ROUTING, NF_INET_PRE_ROUTING, NF_IP_PRI_NAT_DST, NF_IP_PRI_NAT_SRC,
} from '../../include/linux/netfilter.ts';
import type { nf_hook_state, nft_base_chain } from '../../include/linux/netfilter.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { nf_hook_entries_grow, nf_register_net_hook } from './core.ts';
import type { HookFunction } from './core.ts';
import { nft_do_chain } from './nf_tables_core.ts';

export function nft_nat_do_chain(cpu: Cpu, priv: nft_base_chain, skb: sk_buff, state: nf_hook_state): number {
  return nft_do_chain(cpu, skb, state, priv);
}

/** What NAT registers, all at once, with the first chain (nf_nat_ipv4_ops). */
const nf_nat_ipv4_ops: readonly { hook: HookFunction; hooknum: number; priority: number }[] = [
  { hook: 'nf_nat_ipv4_pre_routing', hooknum: NF_INET_PRE_ROUTING, priority: NF_IP_PRI_NAT_DST },
  { hook: 'nf_nat_ipv4_out', hooknum: NF_INET_POST_ROUTING, priority: NF_IP_PRI_NAT_SRC },
  { hook: 'nf_nat_ipv4_local_fn', hooknum: NF_INET_LOCAL_OUT, priority: NF_IP_PRI_NAT_DST },
  { hook: 'nf_nat_ipv4_local_in', hooknum: NF_INET_LOCAL_IN, priority: NF_IP_PRI_NAT_SRC },
];

/** Registers a `nat` chain; the first brings NAT with it. `hooknum`: prerouting, input, output or postrouting. */
export function nf_nat_register_fn(host: Host, chain: nft_base_chain): void {
  const net = host.ct!;
  if (net.nat_bysource === null) {
    net.nat_bysource = {};
    for (const { hook, hooknum, priority } of nf_nat_ipv4_ops) nf_register_net_hook(host, hooknum, { hook, priority, priv: { entries: [] } });
  }
  for (const { priv } of host.nf_hooks[chain.hook]!) {
    if (priv !== null && 'entries' in priv) nf_hook_entries_grow(priv.entries, { hook: 'nft_nat_do_chain', priority: 0, priv: chain });
  }
}
