/** nf_tables, reduced to base chains (net/netfilter/nf_tables_core.c): the first rule with a verdict that matches decides. */
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { NF_ACCEPT } from '../../include/linux/netfilter.ts';
import type { nf_hook_state, nft_base_chain, nft_rule } from '../../include/linux/netfilter.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { nft_reject_ipv4_eval } from '../ipv4/netfilter/nft_reject_ipv4.ts';
import { nft_reject_ipv6_eval } from '../ipv6/netfilter/nft_reject_ipv6.ts';
import { NF_DROP_REASON } from './core.ts';
import { matches } from './match.ts';
import { withInvalid } from './nf_conntrack_core/invalid.ts';
import { nft_notrack_eval } from './nft_ct.ts';
import { nft_masq_eval } from './nft_masq.ts';
import { nft_nat_eval } from './nft_nat.ts';
import { nft_overquota } from './nft_quota.ts';
import { nft_redir_eval } from './nft_redir.ts';
import { nft_reject_inet_eval } from './nft_reject_inet.ts';

const HOOK_NAMES = ['prerouting', 'input', 'forward', 'output', 'postrouting'];

export function nft_do_chain_inet(cpu: Cpu, priv: nft_base_chain, skb: sk_buff, state: nf_hook_state): number {
  return nft_do_chain(cpu, skb, state, priv);
}

export function nft_do_chain_ipv4(cpu: Cpu, priv: nft_base_chain, skb: sk_buff, state: nf_hook_state): number {
  return nft_do_chain(cpu, skb, state, priv);
}

export function nft_do_chain_ipv6(cpu: Cpu, priv: nft_base_chain, skb: sk_buff, state: nf_hook_state): number {
  return nft_do_chain(cpu, skb, state, priv);
}

/** Walks the chain's rules; each costs. A dropped packet is freed here. */
export function nft_do_chain(cpu: Cpu, skb: sk_buff, state: nf_hook_state, chain: nft_base_chain): number {
  for (const rule of chain.rules) {
    spend(cpu, cpu.costs.nf_rule);
    if (!matches(rule.match, skb, state) || nft_overquota(rule, skb)) continue;
    rule.packets++;
    rule.bytes += skb.len;
    switch (rule.verdict) {
      case 'accept':
        return NF_ACCEPT;
      case 'count':
        continue;
      case 'notrack':
        nft_notrack_eval(cpu, skb);
        continue;
      case 'snat':
      case 'dnat':
        return nft_nat_eval(cpu, rule, skb);
      case 'masquerade':
        return nft_masq_eval(cpu, rule, skb, state);
      case 'redirect':
        return nft_redir_eval(cpu, rule, skb, state);
      case 'reject':
        if (chain.family === 'ip') nft_reject_ipv4_eval(cpu, rule, skb, state);
        else if (chain.family === 'ip6') nft_reject_ipv6_eval(cpu, rule, skb, state);
        else nft_reject_inet_eval(cpu, rule, skb, state);
        break;
    }
    return ruleDrop(cpu, skb, state, rule);
  }
  return NF_ACCEPT;
}

/** @helper */
function ruleDrop(cpu: Cpu, skb: sk_buff, state: nf_hook_state, rule: nft_rule): number {
  const condition = `chain ${HOOK_NAMES[state.hook]}: the rule of line ${rule.line} says ${rule.verdict}`;
  return NF_DROP_REASON(cpu, skb, withInvalid(cpu, skb, { condition, values: { line: rule.line, packets: rule.packets } }));
}
