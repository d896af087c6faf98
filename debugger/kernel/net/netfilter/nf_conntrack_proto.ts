/** Connection tracking at its hooks (net/netfilter/nf_conntrack_proto.c): registered only where a rule asks for it. */
import type { Cpu } from '../../../machine/types.ts';
import type { Host } from '../../include/linux/host.ts';
import {
  NF_INET_LOCAL_IN, NF_INET_LOCAL_OUT, NF_INET_POST_ROUTING, NF_INET_PRE_ROUTING, NF_IP_PRI_CONNTRACK, NF_IP_PRI_CONNTRACK_CONFIRM,
} from '../../include/linux/netfilter.ts';
import type { nf_hook_state } from '../../include/linux/netfilter.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { nf_defrag_ipv4_enable } from '../ipv4/netfilter/nf_defrag_ipv4.ts';
import { nf_register_net_hook } from './core.ts';
import { nf_conntrack_confirm } from './nf_conntrack_core/confirm.ts';
import { nf_conntrack_in } from './nf_conntrack_core/in.ts';
import { nf_conntrack_init_net } from './nf_conntrack_core/init.ts';

export function ipv4_conntrack_in(cpu: Cpu, _priv: null, skb: sk_buff, state: nf_hook_state): number {
  return nf_conntrack_in(cpu, skb, state);
}

export function ipv4_conntrack_local(cpu: Cpu, _priv: null, skb: sk_buff, state: nf_hook_state): number {
  return nf_conntrack_in(cpu, skb, state);
}

/** Last of all: what has come this far enters the table. */
export function nf_confirm(cpu: Cpu, _priv: null, skb: sk_buff, _state: nf_hook_state): number {
  return nf_conntrack_confirm(cpu, skb);
}

/** A rule that needs conntrack turns it on (ipv4_conntrack_ops), with the reassembly that it needs. A second time does nothing. */
export function nf_ct_netns_get(host: Host): void {
  if (host.ct !== null) return;
  nf_conntrack_init_net(host);
  nf_defrag_ipv4_enable(host);
  nf_register_net_hook(host, NF_INET_PRE_ROUTING, { hook: 'ipv4_conntrack_in', priority: NF_IP_PRI_CONNTRACK, priv: null });
  nf_register_net_hook(host, NF_INET_LOCAL_OUT, { hook: 'ipv4_conntrack_local', priority: NF_IP_PRI_CONNTRACK, priv: null });
  nf_register_net_hook(host, NF_INET_POST_ROUTING, { hook: 'nf_confirm', priority: NF_IP_PRI_CONNTRACK_CONFIRM, priv: null });
  nf_register_net_hook(host, NF_INET_LOCAL_IN, { hook: 'nf_confirm', priority: NF_IP_PRI_CONNTRACK_CONFIRM, priv: null });
}
