/** A host's netfilter rules become base chains at its hooks. */
import type { NfChainSpec, NfRuleSpec } from '../../server/language/scenario.ts';
import type { Expression } from '../../server/language/expression.ts';
import type { Host } from '../machine/types.ts';
import {
  NFPROTO_IPV6, NF_INET_FORWARD, NF_INET_LOCAL_IN, NF_INET_LOCAL_OUT, NF_INET_POST_ROUTING, NF_INET_PRE_ROUTING, NF_IP_PRI_FILTER, NF_IP_PRI_RAW,
} from '../kernel/include/linux/netfilter.ts';
import type { nft_base_chain, nft_rule } from '../kernel/include/linux/netfilter.ts';
import { NF_NAT_RANGE_MAP_IPS, NF_NAT_RANGE_PROTO_SPECIFIED } from '../kernel/include/net/netfilter/nf_nat.ts';
import type { nf_nat_range2 } from '../kernel/include/net/netfilter/nf_nat.ts';
import { nf_register_net_hook } from '../kernel/net/netfilter/core.ts';
import { nf_ct_netns_get } from '../kernel/net/netfilter/nf_conntrack_proto.ts';
import { nf_nat_register_fn } from '../kernel/net/netfilter/nft_chain_nat.ts';

const HOOKS = {
  prerouting: NF_INET_PRE_ROUTING, input: NF_INET_LOCAL_IN, forward: NF_INET_FORWARD, output: NF_INET_LOCAL_OUT, postrouting: NF_INET_POST_ROUTING,
} as const;

/** Chains in the order of the text. Conntrack comes with the first rule that needs it, NAT with the first `nat` chain. */
export function buildNetfilter(host: Host, chains: readonly NfChainSpec[]): void {
  for (const chain of chains) addChain(host, chain);
}

function addChain(host: Host, spec: NfChainSpec): void {
  const { family, type, hook, rules } = spec;
  const chain: nft_base_chain = { family, type, hook: HOOKS[hook], rules: rules.map(ruleOf) };
  if (type === 'nat' || rules.some(({ match }) => match !== null && asksConntrack(match))) nf_ct_netns_get(host);
  if (type === 'nat') {
    nf_nat_register_fn(host, chain);
    return;
  }
  const priority = type === 'raw' ? NF_IP_PRI_RAW : NF_IP_PRI_FILTER;
  if (family !== 'ip6') nf_register_net_hook(host, chain.hook, { hook: family === 'ip' ? 'nft_do_chain_ipv4' : 'nft_do_chain_inet', priority, priv: chain });
  if (family === 'ip') return;
  nf_register_net_hook(host, chain.hook, { hook: family === 'ip6' ? 'nft_do_chain_ipv6' : 'nft_do_chain_inet', priority, priv: chain }, NFPROTO_IPV6);
}

/** Whether a condition reads `ct.` anything. */
function asksConntrack(match: Expression): boolean {
  if (match.kind === 'member') return match.object.kind === 'name' && match.object.name === 'ct';
  if (match.kind === 'binary') return asksConntrack(match.left) || asksConntrack(match.right);
  return match.kind === 'unary' && asksConntrack(match.operand);
}

function ruleOf({ match, quota, verdict, icmpCode, to, span }: NfRuleSpec): nft_rule {
  return { match, quota, consumed: 0, verdict, icmp_code: icmpCode, range: to === null ? null : rangeOf(to), packets: 0, bytes: 0, line: span.line };
}

function rangeOf({ address, port, lastPort }: NonNullable<NfRuleSpec['to']>): nf_nat_range2 {
  const flags = (address === null ? 0 : NF_NAT_RANGE_MAP_IPS) | (port === null ? 0 : NF_NAT_RANGE_PROTO_SPECIFIED);
  return { flags, min_addr: address ?? 0, max_addr: address ?? 0, min_proto: port ?? 0, max_proto: lastPort ?? 0 };
}
