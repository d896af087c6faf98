/** The five hooks on a packet's way (net/netfilter/core.c). Without a rule a hook is not even called (its static key is off). */
import type { Cpu } from '../../../machine/types.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import { NF_DROP } from '../../include/linux/netfilter.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { nft_do_chain_inet, nft_do_chain_ipv4 } from './nf_tables_core.ts';

const EPERM = 1;

/** 1: the packet goes on; < 0: a rule dropped it (freed already), the answer is -EPERM. */
export function nf_hook(cpu: Cpu, hook: number, skb: sk_buff, indev: net_device | null, outdev: net_device | null): number {
  return cpu.host.nf_hooks[hook]!.length === 0 ? 1 : nf_hook_slow(cpu, hook, skb, indev, outdev);
}

export function nf_hook_slow(cpu: Cpu, hook: number, skb: sk_buff, indev: net_device | null, outdev: net_device | null): number {
  const nft_do_chain = cpu.host.nf_hooks[hook]![0]!.family === 'ip' ? nft_do_chain_ipv4 : nft_do_chain_inet;
  return nft_do_chain(cpu, hook, skb, indev, outdev) === NF_DROP ? -EPERM : 1;
}

/** The hook for a list of packets: what it refuses leaves the list. */
export function nf_hook_slow_list(cpu: Cpu, hook: number, head: sk_buff[], indev: net_device): void {
  let kept = 0;
  for (let i = 0; i < head.length; i++) {
    const skb = head[i]!;
    if (nf_hook_slow(cpu, hook, skb, indev, null) === 1) head[kept++] = skb;
  }
  head.length = kept;
}
