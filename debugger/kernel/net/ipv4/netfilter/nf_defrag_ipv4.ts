/** Conntrack needs whole datagrams: fragments are put together before it (net/ipv4/netfilter/nf_defrag_ipv4.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { Host } from '../../../include/linux/host.ts';
import { ip_is_fragment } from '../../../include/linux/ip.ts';
import { NF_ACCEPT, NF_INET_LOCAL_OUT, NF_INET_PRE_ROUTING, NF_IP_PRI_CONNTRACK_DEFRAG, NF_STOLEN } from '../../../include/linux/netfilter.ts';
import type { nf_hook_state } from '../../../include/linux/netfilter.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { IP_CT_UNTRACKED } from '../../../include/net/netfilter/nf_conntrack.ts';
import { nf_register_net_hook } from '../../netfilter/core.ts';
import { ip_defrag } from '../ip_fragment.ts';

/** 0: `skb` is the whole datagram now, and may be cut again whatever its DF says; else it waits for others, or is gone. */
export function nf_ct_ipv4_gather_frags(cpu: Cpu, skb: sk_buff): number {
  const err = ip_defrag(cpu, skb);
  if (err === 0) skb.ignore_df = true;
  return err;
}

export function ipv4_conntrack_defrag(cpu: Cpu, _priv: null, skb: sk_buff, _state: nf_hook_state): number {
  if (skb._nfct !== null || skb.ctinfo === IP_CT_UNTRACKED) return NF_ACCEPT;
  return ip_is_fragment(skb) && nf_ct_ipv4_gather_frags(cpu, skb) !== 0 ? NF_STOLEN : NF_ACCEPT;
}

export function nf_defrag_ipv4_enable(host: Host): void {
  nf_register_net_hook(host, NF_INET_PRE_ROUTING, { hook: 'ipv4_conntrack_defrag', priority: NF_IP_PRI_CONNTRACK_DEFRAG, priv: null });
  nf_register_net_hook(host, NF_INET_LOCAL_OUT, { hook: 'ipv4_conntrack_defrag', priority: NF_IP_PRI_CONNTRACK_DEFRAG, priv: null });
}
