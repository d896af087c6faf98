/** `redirect` (net/netfilter/nft_redir.c, nf_nat_redirect.c): the destination becomes this host. */
import type { Cpu } from '../../../machine/types.ts';
import { INADDR_LOOPBACK } from '../../include/linux/ip.ts';
import { NF_INET_LOCAL_OUT } from '../../include/linux/netfilter.ts';
import type { nf_hook_state, nft_rule } from '../../include/linux/netfilter.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { NF_NAT_MANIP_DST, NF_NAT_RANGE_MAP_IPS } from '../../include/net/netfilter/nf_nat.ts';
import type { nf_nat_range2 } from '../../include/net/netfilter/nf_nat.ts';
import { NF_DROP_REASON } from './core.ts';
import { nf_nat_setup_info } from './nf_nat_core/setup.ts';

export function nft_redir_eval(cpu: Cpu, rule: nft_rule, skb: sk_buff, state: nf_hook_state): number {
  return nf_nat_redirect_ipv4(cpu, skb, rule.range!, state);
}

/** Of this host's own packets the loopback address; of others the first address of the device that they came by. */
export function nf_nat_redirect_ipv4(cpu: Cpu, skb: sk_buff, range: nf_nat_range2, state: nf_hook_state): number {
  const ifa = state.in === null ? null : (state.in.ip_ptr?.ifa_list[0] ?? null);
  const newdst = state.hook === NF_INET_LOCAL_OUT ? INADDR_LOOPBACK : ifa === null ? 0 : ifa.ifa_local;
  if (newdst === 0) return NF_DROP_REASON(cpu, skb, { condition: `redirect: ${state.in!.name} has no address`, values: { ifindex: state.in!.ifindex } });
  return nf_nat_setup_info(cpu, skb._nfct!, { ...range, flags: range.flags | NF_NAT_RANGE_MAP_IPS, min_addr: newdst, max_addr: newdst }, NF_NAT_MANIP_DST);
}
