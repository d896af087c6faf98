/** nf_tables, reduced to one base chain a hook (net/netfilter/nf_tables_core.c): the first rule with a verdict that matches decides. */
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import { NF_ACCEPT, NF_DROP } from '../../include/linux/netfilter.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { sk_skb_reason_drop } from '../core/skbuff/free.ts';
import { matches } from './match.ts';
import { nft_overquota } from './nft_quota.ts';

const HOOK_NAMES = ['prerouting', 'input', 'forward', 'output', 'postrouting'];

export function nft_do_chain_inet(cpu: Cpu, hook: number, skb: sk_buff, indev: net_device | null, outdev: net_device | null): number {
  return nft_do_chain(cpu, hook, skb, indev, outdev);
}

export function nft_do_chain_ipv4(cpu: Cpu, hook: number, skb: sk_buff, indev: net_device | null, outdev: net_device | null): number {
  return nft_do_chain(cpu, hook, skb, indev, outdev);
}

/** Walks the chain's rules; each costs. A dropped packet is freed here. */
export function nft_do_chain(cpu: Cpu, hook: number, skb: sk_buff, indev: net_device | null, outdev: net_device | null): number {
  for (const rule of cpu.host.nf_hooks[hook]!) {
    spend(cpu, cpu.costs.nf_rule);
    if (!matches(rule.match, skb, indev, outdev) || nft_overquota(rule, skb)) continue;
    rule.packets++;
    rule.bytes += skb.len;
    if (rule.verdict === 'accept') return NF_ACCEPT;
    if (rule.verdict === 'count') continue;
    const condition = `chain ${HOOK_NAMES[hook]}: the rule of line ${rule.line} says drop`;
    sk_skb_reason_drop(cpu, skb.sk, skb, 'NETFILTER_DROP', { condition, values: { line: rule.line, packets: rule.packets } });
    return NF_DROP;
  }
  return NF_ACCEPT;
}
