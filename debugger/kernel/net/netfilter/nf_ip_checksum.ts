/** Verifying a packet's transport checksum from within netfilter (net/netfilter/utils.c). */
import type { Cpu } from '../../../machine/types.ts';
import { iph_daddr, iph_saddr } from '../../include/linux/ip.ts';
import { NF_INET_LOCAL_IN, NF_INET_PRE_ROUTING } from '../../include/linux/netfilter.ts';
import { CHECKSUM_COMPLETE, CHECKSUM_NONE, CHECKSUM_UNNECESSARY } from '../../include/linux/skbuff.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { IPPROTO_TCP, IPPROTO_UDP } from '../../include/net/sock.ts';
import { __skb_checksum_complete, csum_fold, csum_tcpudp_magic, csum_tcpudp_nofold } from '../core/skbuff/checksum.ts';

/** 0 when it is right, or nobody needs to verify. The packet's data begin at the IP header, whose own sum is zero; `dataoff`: its length. */
export function nf_ip_checksum(cpu: Cpu, skb: sk_buff, hook: number, dataoff: number, protocol: number): number {
  const pseudo = protocol === IPPROTO_TCP || protocol === IPPROTO_UDP;
  if (skb.ip_summed === CHECKSUM_COMPLETE) {
    if (hook !== NF_INET_PRE_ROUTING && hook !== NF_INET_LOCAL_IN) return 0;
    const sum = pseudo ? csum_tcpudp_magic(iph_saddr(skb), iph_daddr(skb), skb.len - dataoff, protocol, skb.csum) : csum_fold(skb.csum);
    if (sum === 0) {
      skb.ip_summed = CHECKSUM_UNNECESSARY;
      return 0;
    }
  } else if (skb.ip_summed !== CHECKSUM_NONE) return 0;
  skb.csum = pseudo ? csum_tcpudp_nofold(iph_saddr(skb), iph_daddr(skb), skb.len - dataoff, protocol, 0) : 0;
  return __skb_checksum_complete(cpu, skb);
}
