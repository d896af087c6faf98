/** `snat to` and `dnat to` (net/netfilter/nft_nat.c). */
import type { Cpu } from '../../../machine/types.ts';
import type { nft_rule } from '../../include/linux/netfilter.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { NF_NAT_MANIP_DST, NF_NAT_MANIP_SRC } from '../../include/net/netfilter/nf_nat.ts';
import { nf_nat_setup_info } from './nf_nat_core/setup.ts';

/** The verdict. */
export function nft_nat_eval(cpu: Cpu, rule: nft_rule, skb: sk_buff): number {
  return nf_nat_setup_info(cpu, skb._nfct!, rule.range!, rule.verdict === 'snat' ? NF_NAT_MANIP_SRC : NF_NAT_MANIP_DST);
}
