/** A connection's mapping, made with its first packet, and what its packets become by it (net/netfilter/nf_nat_core.c). */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { NF_ACCEPT, NF_INET_LOCAL_IN, NF_INET_POST_ROUTING } from '../../../include/linux/netfilter.ts';
import type { nf_hook_state, nf_nat_lookup_hook_priv } from '../../../include/linux/netfilter.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import {
  CTINFO2DIR, IPS_DST_NAT, IPS_DST_NAT_DONE, IPS_NAT_MASK, IPS_SRC_NAT, IPS_SRC_NAT_DONE, IP_CT_DIR_REPLY, IP_CT_ESTABLISHED, IP_CT_ESTABLISHED_REPLY, nf_ct_is_confirmed,
  nf_ct_tuple_equal,
} from '../../../include/net/netfilter/nf_conntrack.ts';
import type { nf_conn } from '../../../include/net/netfilter/nf_conntrack.ts';
import { NF_NAT_MANIP_DST, NF_NAT_MANIP_SRC, NF_NAT_RANGE_MAP_IPS } from '../../../include/net/netfilter/nf_nat.ts';
import type { nf_nat_range2 } from '../../../include/net/netfilter/nf_nat.ts';
import { NF_DROP_REASON, nf_hook_entry_hookfn } from '../core.ts';
import { nf_ct_kill_acct } from '../nf_conntrack_core/lifetime.ts';
import { nf_ct_invert_tuple } from '../nf_conntrack_core/tuple.ts';
import { nf_nat_manip_pkt } from '../nf_nat_proto.ts';
import { bysource_add } from './bysource.ts';
import { get_unique_tuple } from './unique_tuple.ts';

/** On the way out and in to this host the source is rewritten, at the other hooks the destination. @helper */
export function HOOK2MANIP(hooknum: number): number {
  return hooknum === NF_INET_POST_ROUTING || hooknum === NF_INET_LOCAL_IN ? NF_NAT_MANIP_SRC : NF_NAT_MANIP_DST;
}

/** Whether the mapping of this kind has been made, if only to leave all as it is. */
export function nf_nat_initialized(ct: nf_conn, manip: number): boolean {
  return (ct.status & (manip === NF_NAT_MANIP_SRC ? IPS_SRC_NAT_DONE : IPS_DST_NAT_DONE)) !== 0;
}

/** Makes the mapping: the connection's reply tuple is what will come back. */
export function nf_nat_setup_info(cpu: Cpu, ct: nf_conn, range: nf_nat_range2, maniptype: number): number {
  if (nf_ct_is_confirmed(ct)) return NF_ACCEPT;
  spend(cpu, cpu.costs.nf_nat_setup);
  const curr_tuple = nf_ct_invert_tuple(ct.tuplehash[1].tuple)!;
  const new_tuple = get_unique_tuple(cpu, curr_tuple, range, ct, maniptype);
  if (!nf_ct_tuple_equal(new_tuple, curr_tuple)) {
    ct.tuplehash[1].tuple = { ...nf_ct_invert_tuple(new_tuple)!, dir: IP_CT_DIR_REPLY };
    ct.status |= maniptype === NF_NAT_MANIP_SRC ? IPS_SRC_NAT : IPS_DST_NAT;
  }
  if (maniptype === NF_NAT_MANIP_SRC) bysource_add(cpu, ct);
  ct.status |= maniptype === NF_NAT_MANIP_DST ? IPS_DST_NAT_DONE : IPS_SRC_NAT_DONE;
  return NF_ACCEPT;
}

/** No rule has asked for anything: the addresses stay; a port may still have to change. */
export function nf_nat_alloc_null_binding(cpu: Cpu, ct: nf_conn, hooknum: number): number {
  const manip = HOOK2MANIP(hooknum);
  const reply = ct.tuplehash[1].tuple;
  const ip = manip === NF_NAT_MANIP_SRC ? reply.dst : reply.src;
  return nf_nat_setup_info(cpu, ct, { flags: NF_NAT_RANGE_MAP_IPS, min_addr: ip, max_addr: ip, min_proto: 0, max_proto: 0 }, manip);
}

/** Rewrites the packet as its connection's mapping says; one of the reply's direction the other way round. */
export function nf_nat_packet(cpu: Cpu, ct: nf_conn, ctinfo: number, hooknum: number, skb: sk_buff): number {
  const mtype = HOOK2MANIP(hooknum);
  const dir = CTINFO2DIR(ctinfo);
  let statusbit = mtype === NF_NAT_MANIP_SRC ? IPS_SRC_NAT : IPS_DST_NAT;
  if (dir === IP_CT_DIR_REPLY) statusbit ^= IPS_NAT_MASK;
  return (ct.status & statusbit) !== 0 ? nf_nat_manip_pkt(cpu, skb, ct, mtype, dir) : NF_ACCEPT;
}

/** A masqueraded connection now leaves by another device, whose address is another. */
export function nf_nat_oif_changed(hooknum: number, ctinfo: number, ct: nf_conn, state: nf_hook_state): boolean {
  if (ct.masq_index === 0 || hooknum !== NF_INET_POST_ROUTING || CTINFO2DIR(ctinfo) === IP_CT_DIR_REPLY) return false;
  return ct.masq_index !== state.out!.ifindex;
}

/** NAT at a hook: a new connection asks the `nat` chains, once for each end; then its packets are rewritten, every one. */
export function nf_nat_inet_fn(cpu: Cpu, priv: nf_nat_lookup_hook_priv, skb: sk_buff, state: nf_hook_state): number {
  const ct = skb._nfct;
  if (ct === null) return NF_ACCEPT;
  const ctinfo = skb.ctinfo;
  const maniptype = HOOK2MANIP(state.hook);
  const established = ctinfo === IP_CT_ESTABLISHED || ctinfo === IP_CT_ESTABLISHED_REPLY;
  if (established || nf_nat_initialized(ct, maniptype)) {
    if (!nf_nat_oif_changed(state.hook, ctinfo, ct, state)) return nf_nat_packet(cpu, ct, ctinfo, state.hook, skb);
    nf_ct_kill_acct(cpu, ct);
    return NF_DROP_REASON(cpu, skb, { condition: 'nf_nat_oif_changed(state->hook, ctinfo, nat, state->out)', values: { masq_index: ct.masq_index, ifindex: state.out!.ifindex } });
  }
  for (const entry of priv.entries) {
    const ret = nf_hook_entry_hookfn(cpu, entry, skb, state);
    if (ret !== NF_ACCEPT) return ret;
    if (nf_nat_initialized(ct, maniptype)) return nf_nat_packet(cpu, ct, ctinfo, state.hook, skb);
  }
  nf_nat_alloc_null_binding(cpu, ct, state.hook);
  return nf_nat_packet(cpu, ct, ctinfo, state.hook, skb);
}
