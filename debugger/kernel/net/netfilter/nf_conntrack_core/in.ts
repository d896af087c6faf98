/** Which connection a packet belongs to, and what it is to it (net/netfilter/nf_conntrack_core.c). */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { NF_ACCEPT, NF_REPEAT } from '../../../include/linux/netfilter.ts';
import type { nf_hook_state } from '../../../include/linux/netfilter.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import {
  IPS_EXPECTED, IPS_SEEN_REPLY, IP_CT_DIR_ORIGINAL, IP_CT_DIR_REPLY, IP_CT_ESTABLISHED, IP_CT_ESTABLISHED_REPLY, IP_CT_NEW, IP_CT_RELATED, IP_CT_RELATED_REPLY,
  IP_CT_UNTRACKED, CTINFO2DIR,
} from '../../../include/net/netfilter/nf_conntrack.ts';
import type { nf_conn, nf_conntrack_tuple } from '../../../include/net/netfilter/nf_conntrack.ts';
import { IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP } from '../../../include/net/sock.ts';
import { HZ } from '../../../kernel/time/jiffies.ts';
import { skb_network_offset } from '../../core/skbuff/data.ts';
import { NF_DROP_REASON } from '../core.ts';
import { nf_conntrack_icmp_packet, nf_conntrack_icmpv4_error } from '../nf_conntrack_proto_icmp.ts';
import { nf_conntrack_tcp_packet } from '../nf_conntrack_proto_tcp/packet.ts';
import { nf_conntrack_udp_packet } from '../nf_conntrack_proto_udp.ts';
import { __nf_conntrack_find_get, hash_conntrack_raw } from './hash.ts';
import { logInvalid } from './invalid.ts';
import { __nf_conntrack_alloc, nf_ct_put, nf_ct_refresh_acct } from './lifetime.ts';
import { get_l4proto, nf_ct_get_tuple, nf_ct_invert_tuple } from './tuple.ts';

const ENOMEM = 12;

/** A connection of which this is the first packet; null: it cannot be one; -ENOMEM: the table is full. The caller has the only reference. */
export function init_conntrack(cpu: Cpu, tuple: nf_conntrack_tuple, hash: number): nf_conn | null | number {
  const repl_tuple = nf_ct_invert_tuple(tuple);
  if (repl_tuple === null) return null;
  const ct = __nf_conntrack_alloc(cpu, tuple, repl_tuple, hash);
  if (ct === null) return -ENOMEM;
  ct.use = 1;
  return ct;
}

/** Finds the packet's connection, or makes one: skb._nfct and skb.ctinfo. Negative: the table is full. */
export function resolve_normal_ct(cpu: Cpu, skb: sk_buff, dataoff: number, protonum: number): number {
  const tuple = nf_ct_get_tuple(cpu, skb, skb_network_offset(skb), dataoff, protonum);
  if (tuple === null) return 0;
  const hash = hash_conntrack_raw(cpu, tuple);
  const h = __nf_conntrack_find_get(cpu, tuple, hash);
  const ct = h === null ? init_conntrack(cpu, tuple, hash) : h.ct;
  if (ct === null || typeof ct === 'number') return ct ?? 0;
  skb._nfct = ct;
  if (h !== null && h.tuple.dir === IP_CT_DIR_REPLY) skb.ctinfo = IP_CT_ESTABLISHED_REPLY;
  else if ((ct.status & IPS_SEEN_REPLY) !== 0) skb.ctinfo = IP_CT_ESTABLISHED;
  else skb.ctinfo = (ct.status & IPS_EXPECTED) !== 0 ? IP_CT_RELATED : IP_CT_NEW;
  return 0;
}

/** An ICMP error belongs to the connection of the packet that it quotes. <= 0: the negative verdict; 1: go on. */
export function nf_conntrack_handle_icmp(cpu: Cpu, skb: sk_buff, dataoff: number, protonum: number, state: nf_hook_state): number {
  if (protonum !== IPPROTO_ICMP) return NF_ACCEPT;
  const ret = nf_conntrack_icmpv4_error(cpu, skb, dataoff, state);
  if (ret <= 0) cpu.host.ct!.stat[cpu.id]!.error++;
  return ret;
}

function generic_packet(cpu: Cpu, ct: nf_conn): number {
  nf_ct_refresh_acct(cpu, ct, cpu.host.knobs.nf_conntrack_generic_timeout! * HZ);
  return NF_ACCEPT;
}

/** To the protocol's tracker: 1: it fits its connection; else the negative verdict. */
export function nf_conntrack_handle_packet(cpu: Cpu, ct: nf_conn, skb: sk_buff, dataoff: number, ctinfo: number, state: nf_hook_state): number {
  const protonum = ct.tuplehash[0].tuple.protonum;
  if (protonum === IPPROTO_TCP) return nf_conntrack_tcp_packet(cpu, ct, skb, dataoff, ctinfo, state);
  if (protonum === IPPROTO_UDP) return nf_conntrack_udp_packet(cpu, ct, skb, dataoff, ctinfo, state);
  if (protonum === IPPROTO_ICMP) return nf_conntrack_icmp_packet(cpu, ct, skb);
  return generic_packet(cpu, ct);
}

/** Every packet that comes in, or starts here. It goes on even when it fits nothing (rules decide); only a full table drops it. */
export function nf_conntrack_in(cpu: Cpu, skb: sk_buff, state: nf_hook_state): number {
  if (skb._nfct !== null || skb.ctinfo === IP_CT_UNTRACKED) return NF_ACCEPT;
  spend(cpu, cpu.costs.nf_conntrack_in);
  const net = cpu.host.ct!;
  const stat = net.stat[cpu.id]!;
  const l4 = get_l4proto(cpu, skb, skb_network_offset(skb));
  if (l4 === null) {
    stat.invalid++;
    logInvalid(cpu, skb, 'dataoff <= 0', { 'skb->len': skb.len });
    return NF_ACCEPT;
  }
  const { dataoff, protonum } = l4;
  const related = nf_conntrack_handle_icmp(cpu, skb, dataoff, protonum, state);
  if (related <= 0) return -related;
  if (skb._nfct !== null) return NF_ACCEPT;
  let ret = -NF_REPEAT;
  while (ret === -NF_REPEAT) {
    if (resolve_normal_ct(cpu, skb, dataoff, protonum) < 0) {
      stat.drop++;
      return NF_DROP_REASON(cpu, skb, { condition: 'nf_conntrack: table full, dropping packet', values: { nf_conntrack_count: net.count, nf_conntrack_max: cpu.host.knobs.nf_conntrack_max! } });
    }
    const ct = skb._nfct as nf_conn | null;
    if (ct === null) {
      stat.invalid++;
      logInvalid(cpu, skb, '!nf_ct_invert_tuple(&repl_tuple, tuple)', { protonum });
      return NF_ACCEPT;
    }
    ret = nf_conntrack_handle_packet(cpu, ct, skb, dataoff, skb.ctinfo, state);
    if (ret <= 0) {
      skb._nfct = null;
      skb.ctinfo = 0;
      nf_ct_put(cpu, ct);
    } else if (skb.ctinfo === IP_CT_ESTABLISHED_REPLY) ct.status |= IPS_SEEN_REPLY;
  }
  if (ret > 0) return NF_ACCEPT;
  stat.invalid++;
  if (ret !== 0) return -ret;
  stat.drop++;
  return NF_DROP_REASON(cpu, skb, { condition: 'nf_conntrack_handle_packet() says NF_DROP', values: { protonum } });
}

/** An answer that netfilter makes of a packet (nf_send_reset) belongs to its connection, the other way. */
export function nf_conntrack_attach(_cpu: Cpu, nskb: sk_buff, skb: sk_buff): void {
  const ct = skb._nfct;
  if (ct === null) return;
  nskb.ctinfo = CTINFO2DIR(skb.ctinfo) === IP_CT_DIR_ORIGINAL ? IP_CT_RELATED_REPLY : IP_CT_RELATED;
  nskb._nfct = ct;
  ct.use++;
}
