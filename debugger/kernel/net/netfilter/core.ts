/** The five hooks on a packet's way (net/netfilter/core.c). With nothing registered a hook is not even called (its static key is off). */
import type { Cpu } from '../../../machine/types.ts';
import type { Host } from '../../include/linux/host.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import { NFPROTO_IPV4, NFPROTO_IPV6, NF_ACCEPT, NF_STOLEN, NF_VERDICT_MASK } from '../../include/linux/netfilter.ts';
import type { nf_hook_entry, nf_hook_state } from '../../include/linux/netfilter.ts';
import type { drop_condition, sk_buff } from '../../include/linux/skbuff.ts';
import type { sock } from '../../include/net/sock.ts';
import { kfree_skb_reason } from '../core/skbuff/free.ts';
import { ipv4_conntrack_defrag } from '../ipv4/netfilter/nf_defrag_ipv4.ts';
import { nf_conntrack_attach } from './nf_conntrack_core/in.ts';
import { ipv4_conntrack_in, ipv4_conntrack_local, nf_confirm } from './nf_conntrack_proto.ts';
import { nf_nat_ipv4_local_fn, nf_nat_ipv4_local_in, nf_nat_ipv4_out, nf_nat_ipv4_pre_routing } from './nf_nat_proto.ts';
import { nf_conntrack_tcp_set_closing } from './nf_conntrack_proto_tcp/packet.ts';
import { nft_nat_do_chain } from './nft_chain_nat.ts';
import { nft_do_chain_inet, nft_do_chain_ipv4, nft_do_chain_ipv6 } from './nf_tables_core.ts';

const EPERM = 1;

/** What may be registered at a hook, by name. */
const hook_functions = {
  nft_do_chain_inet, nft_do_chain_ipv4, nft_do_chain_ipv6, nft_nat_do_chain, ipv4_conntrack_defrag, ipv4_conntrack_in, ipv4_conntrack_local, nf_confirm, nf_nat_ipv4_pre_routing, nf_nat_ipv4_out,
  nf_nat_ipv4_local_fn, nf_nat_ipv4_local_in,
} satisfies Record<string, (cpu: Cpu, priv: never, skb: sk_buff, state: nf_hook_state) => number>;
export type HookFunction = keyof typeof hook_functions;

/** 1: the packet goes on; 0: somebody has taken it; < 0: it was dropped (freed already), the answer is -EPERM. `sk`: who sends it. */
export function nf_hook(cpu: Cpu, hook: number, skb: sk_buff, indev: net_device | null, outdev: net_device | null, sk: sock | null = null): number {
  const entries = cpu.host.nf_hooks[hook]!;
  return entries.length === 0 ? 1 : nf_hook_slow(cpu, skb, { hook, pf: NFPROTO_IPV4, in: indev, out: outdev, sk }, entries);
}

/** The same of IPv6, whose packets pass hooks of their own. @helper */
export function nf_hook_ipv6(cpu: Cpu, hook: number, skb: sk_buff, indev: net_device | null, outdev: net_device | null, sk: sock | null = null): number {
  const entries = cpu.host.nf_hooks_ipv6[hook]!;
  return entries.length === 0 ? 1 : nf_hook_slow(cpu, skb, { hook, pf: NFPROTO_IPV6, in: indev, out: outdev, sk }, entries);
}

/** Asks one after the other, until one does not accept. */
export function nf_hook_slow(cpu: Cpu, skb: sk_buff, state: nf_hook_state, entries: nf_hook_entry[]): number {
  for (const entry of entries) {
    const verdict = nf_hook_entry_hookfn(cpu, entry, skb, state);
    if ((verdict & NF_VERDICT_MASK) === NF_ACCEPT) continue;
    if ((verdict & NF_VERDICT_MASK) === NF_STOLEN) return -(verdict >> 16);
    kfree_skb_reason(cpu, skb, 'NETFILTER_DROP', { condition: `${entry.hook} says NF_DROP`, values: { priority: entry.priority } });
    return -EPERM;
  }
  return 1;
}

export function nf_hook_entry_hookfn(cpu: Cpu, entry: nf_hook_entry, skb: sk_buff, state: nf_hook_state): number {
  return hook_functions[entry.hook](cpu, entry.priv as never, skb, state);
}

/** The verdict of who drops a packet and knows why: it is freed here, and whoever asked is told errno EPERM. */
export function NF_DROP_REASON(cpu: Cpu, skb: sk_buff, drop: drop_condition): number {
  kfree_skb_reason(cpu, skb, 'NETFILTER_DROP', drop);
  return (EPERM << 16) | NF_STOLEN;
}

/** The hook for a list of packets: what it refuses leaves the list. */
export function nf_hook_slow_list(cpu: Cpu, pf: number, hook: number, head: sk_buff[], indev: net_device): void {
  const entries = (pf === NFPROTO_IPV6 ? cpu.host.nf_hooks_ipv6 : cpu.host.nf_hooks)[hook]!;
  const state: nf_hook_state = { hook, pf, in: indev, out: null, sk: null };
  let kept = 0;
  for (let i = 0; i < head.length; i++) {
    const skb = head[i]!;
    if (nf_hook_slow(cpu, skb, state, entries) === 1) head[kept++] = skb;
  }
  head.length = kept;
}

/** Registers a function at a hook, by priority; before those of the same priority, as nf_hook_entries_grow() does. */
export function nf_register_net_hook(host: Host, hook: number, entry: nf_hook_entry, pf = NFPROTO_IPV4): void {
  nf_hook_entries_grow((pf === NFPROTO_IPV6 ? host.nf_hooks_ipv6 : host.nf_hooks)[hook]!, entry);
}

export function nf_hook_entries_grow(entries: nf_hook_entry[], entry: nf_hook_entry): void {
  const at = entries.findIndex((each) => each.priority >= entry.priority);
  entries.splice(at < 0 ? entries.length : at, 0, entry);
}

/** A packet that answers `skb` belongs to its connection, too. */
export function nf_ct_attach(cpu: Cpu, nskb: sk_buff, skb: sk_buff): void {
  if (skb._nfct !== null && nskb._nfct === null) nf_conntrack_attach(cpu, nskb, skb);
}

/** The packet's connection has been reset by netfilter. */
export function nf_ct_set_closing(cpu: Cpu, skb: sk_buff): void {
  if (skb._nfct !== null) nf_conntrack_tcp_set_closing(cpu, skb._nfct);
}
