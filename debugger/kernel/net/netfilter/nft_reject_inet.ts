/** `reject` in a table of both families (net/netfilter/nft_reject_inet.c). */
import type { Cpu } from '../../../machine/types.ts';
import { NFPROTO_IPV6 } from '../../include/linux/netfilter.ts';
import type { nf_hook_state, nft_rule } from '../../include/linux/netfilter.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { nf_send_reset, nf_send_unreach } from '../ipv4/netfilter/nf_reject_ipv4.ts';
import { nft_reject_ipv6_eval } from '../ipv6/netfilter/nft_reject_ipv6.ts';

export function nft_reject_inet_eval(cpu: Cpu, rule: nft_rule, skb: sk_buff, state: nf_hook_state): void {
  if (state.pf === NFPROTO_IPV6) {
    nft_reject_ipv6_eval(cpu, rule, skb, state);
    return;
  }
  if (rule.icmp_code! < 0) nf_send_reset(cpu, state.sk, skb, state.hook);
  else nf_send_unreach(cpu, skb, rule.icmp_code!, state.hook);
}
