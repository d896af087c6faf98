/** `reject` of an IPv6 packet (net/ipv6/netfilter/nft_reject_ipv6.c). A TCP reset is left out: the segment is only dropped. */
import type { Cpu } from '../../../../machine/types.ts';
import { ICMPV6_ADDR_UNREACH, ICMPV6_ADM_PROHIBITED, ICMPV6_NOROUTE, ICMPV6_PORT_UNREACH } from '../../../include/linux/icmpv6.ts';
import type { nf_hook_state, nft_rule } from '../../../include/linux/netfilter.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { nf_send_unreach6 } from './nf_reject_ipv6.ts';

/** What stands for a code of ICMP, as `reject with icmpx` has it. */
const CODES: Record<number, number> = { 0: ICMPV6_NOROUTE, 1: ICMPV6_ADDR_UNREACH, 9: ICMPV6_ADM_PROHIBITED, 10: ICMPV6_ADM_PROHIBITED, 13: ICMPV6_ADM_PROHIBITED };

export function nft_reject_ipv6_eval(cpu: Cpu, rule: nft_rule, skb: sk_buff, state: nf_hook_state): void {
  if (rule.icmp_code! < 0) return;
  nf_send_unreach6(cpu, skb, CODES[rule.icmp_code!] ?? ICMPV6_PORT_UNREACH, state.hook);
}
