/** `masquerade` (net/netfilter/nft_masq.c, nf_nat_masquerade.c): the source becomes an address of the device that the packet leaves by. */
import type { Cpu } from '../../../machine/types.ts';
import { NF_ACCEPT } from '../../include/linux/netfilter.ts';
import type { nf_hook_state, nft_rule } from '../../include/linux/netfilter.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import { iph_daddr } from '../../include/linux/ip.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { NF_NAT_MANIP_SRC, NF_NAT_RANGE_MAP_IPS } from '../../include/net/netfilter/nf_nat.ts';
import type { nf_nat_range2 } from '../../include/net/netfilter/nf_nat.ts';
import { inet_select_addr } from '../ipv4/devinet.ts';
import { RT_SCOPE_UNIVERSE } from '../ipv4/fib_frontend.ts';
import { rt_nexthop } from '../ipv4/route/cache.ts';
import { NF_DROP_REASON } from './core.ts';
import { nf_nat_setup_info } from './nf_nat_core/setup.ts';

export function nft_masq_eval(cpu: Cpu, rule: nft_rule, skb: sk_buff, state: nf_hook_state): number {
  return nf_nat_masquerade_ipv4(cpu, skb, rule.range!, state.out!);
}

/** The device's address towards the next hop; it is remembered which device, since another would have another address. */
export function nf_nat_masquerade_ipv4(cpu: Cpu, skb: sk_buff, range: nf_nat_range2, out: net_device): number {
  const ct = skb._nfct!;
  if (ct.tuplehash[0].tuple.src === 0) return NF_ACCEPT;
  const newsrc = inet_select_addr(cpu, out, rt_nexthop(skb.dst!, iph_daddr(skb)), RT_SCOPE_UNIVERSE);
  if (newsrc === 0) return NF_DROP_REASON(cpu, skb, { condition: `masquerade: ${out.name} has no address`, values: { ifindex: out.ifindex } });
  ct.masq_index = out.ifindex;
  return nf_nat_setup_info(cpu, ct, { ...range, flags: range.flags | NF_NAT_RANGE_MAP_IPS, min_addr: newsrc, max_addr: newsrc }, NF_NAT_MANIP_SRC);
}
