/** A connection's first packet has come through all hooks: the connection enters the table (net/netfilter/nf_conntrack_core.c). */
import { roll } from '../../../../machine/random.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { NF_ACCEPT, NF_DROP } from '../../../include/linux/netfilter.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import {
  CTINFO2DIR, IPS_CONFIRMED, IPS_FIXED_TIMEOUT, IPS_NAT_CLASH, IP_CT_DIR_ORIGINAL, nf_ct_is_confirmed, nf_ct_is_dying, nf_ct_tuple_equal,
} from '../../../include/net/netfilter/nf_conntrack.ts';
import type { nf_conn, nf_conntrack_net, nf_conntrack_tuple, nf_conntrack_tuple_hash } from '../../../include/net/netfilter/nf_conntrack.ts';
import { IPPROTO_TCP } from '../../../include/net/sock.ts';
import { HZ, jiffies } from '../../../kernel/time/jiffies.ts';
import { NF_DROP_REASON } from '../core.ts';
import { __nf_conntrack_hash_insert, hash_add, hash_conntrack, nf_ct_key_equal, scale_hash } from './hash.ts';
import { nf_ct_put } from './lifetime.ts';

/** A bucket longer than this, drawn anew each time, takes nothing more. */
const MIN_CHAINLEN = 50;
const MAX_CHAINLEN = 80 - MIN_CHAINLEN;

export function nf_conntrack_confirm(cpu: Cpu, skb: sk_buff): number {
  const ct = skb._nfct;
  if (ct === null || nf_ct_is_confirmed(ct)) return NF_ACCEPT;
  return __nf_conntrack_confirm(cpu, skb);
}

/** Puts the connection of `skb` into the table, unless somebody has taken one of its tuples meanwhile. A packet that loses is dropped here. */
export function __nf_conntrack_confirm(cpu: Cpu, skb: sk_buff): number {
  const net = cpu.host.ct!;
  const ct = skb._nfct!;
  if (CTINFO2DIR(skb.ctinfo) !== IP_CT_DIR_ORIGINAL) return NF_ACCEPT;
  spend(cpu, cpu.costs.nf_ct_confirm);
  const hash = scale_hash(net, ct.tuplehash[1].hash);
  const reply_hash = hash_conntrack(cpu, ct.tuplehash[1].tuple);
  if (nf_ct_is_dying(ct)) {
    net.stat[cpu.id]!.insert_failed++;
    return lost(cpu, skb, 'nf_ct_is_dying(ct)', { ct: ct.id });
  }
  const max_chainlen = MIN_CHAINLEN + roll(net, MAX_CHAINLEN);
  const clash = find(net, hash, ct.tuplehash[0].tuple) ?? find(net, reply_hash, ct.tuplehash[1].tuple);
  if (clash !== null) return nf_ct_resolve_clash(cpu, skb, clash, reply_hash);
  const chainlen = Math.max(length(net, hash), length(net, reply_hash));
  if (chainlen > max_chainlen) {
    net.stat[cpu.id]!.chaintoolong++;
    net.stat[cpu.id]!.insert_failed++;
    return lost(cpu, skb, 'chainlen > max_chainlen', { chainlen, max_chainlen });
  }
  ct.timeout += jiffies(cpu);
  ct.use++;
  __nf_conntrack_hash_insert(net, ct, hash, reply_hash);
  ct.status |= IPS_CONFIRMED;
  return NF_ACCEPT;
}

/** @helper */
function find(net: nf_conntrack_net, bucket: number, tuple: nf_conntrack_tuple): nf_conntrack_tuple_hash | null {
  for (const h of net.hash[bucket] ?? []) if (nf_ct_key_equal(h, tuple)) return h;
  return null;
}

/** @helper */
function length(net: nf_conntrack_net, bucket: number): number {
  return net.hash[bucket]?.length ?? 0;
}

/** @helper */
function lost(cpu: Cpu, skb: sk_buff, condition: string, values: Record<string, number>): number {
  return NF_DROP_REASON(cpu, skb, { condition: `__nf_conntrack_confirm: ${condition}`, values });
}

/** Two packets of one connection were both its first, on two CPUs, or NAT gave one tuple twice: TCP's is dropped, UDP and ICMP can do better. */
export function nf_ct_resolve_clash(cpu: Cpu, skb: sk_buff, h: nf_conntrack_tuple_hash, reply_hash: number): number {
  const net = cpu.host.ct!;
  if (h.tuple.protonum !== IPPROTO_TCP) {
    if (__nf_ct_resolve_clash(cpu, skb, h) === NF_ACCEPT) return NF_ACCEPT;
    if (nf_ct_resolve_clash_harder(cpu, skb, reply_hash) === NF_ACCEPT) return NF_ACCEPT;
  }
  net.stat[cpu.id]!.drop++;
  net.stat[cpu.id]!.insert_failed++;
  return lost(cpu, skb, 'nf_ct_key_equal(h, tuple), and the clash cannot be resolved', { ct: skb._nfct!.id, winner: h.ct.id });
}

/** The same connection: the packet goes over to the one that is in the table already. */
export function __nf_ct_resolve_clash(cpu: Cpu, skb: sk_buff, h: nf_conntrack_tuple_hash): number {
  const ct = h.ct;
  const loser_ct = skb._nfct!;
  if (!nf_ct_can_merge(ct, loser_ct)) return NF_DROP;
  ct.use++;
  nf_ct_put(cpu, loser_ct);
  skb._nfct = ct;
  cpu.host.ct!.stat[cpu.id]!.clash_resolve++;
  return NF_ACCEPT;
}

/** Equal, or equal with the directions changed. */
function nf_ct_can_merge(ct: nf_conn, loser_ct: nf_conn): boolean {
  const [orig, reply] = ct.tuplehash;
  const [loser_orig, loser_reply] = loser_ct.tuplehash;
  if (nf_ct_tuple_equal(orig.tuple, loser_orig.tuple)) return nf_ct_tuple_equal(reply.tuple, loser_reply.tuple);
  return nf_ct_tuple_equal(orig.tuple, loser_reply.tuple) && nf_ct_tuple_equal(reply.tuple, loser_orig.tuple);
}

/** Only the original tuples are equal: the connection enters the table for its replies, for a second at most. */
function nf_ct_resolve_clash_harder(cpu: Cpu, skb: sk_buff, repl_idx: number): number {
  const net = cpu.host.ct!;
  const loser_ct = skb._nfct!;
  const h = find(net, repl_idx, loser_ct.tuplehash[1].tuple);
  if (h !== null) return __nf_ct_resolve_clash(cpu, skb, h);
  loser_ct.timeout = jiffies(cpu) + HZ;
  loser_ct.status |= IPS_FIXED_TIMEOUT | IPS_NAT_CLASH;
  loser_ct.use++;
  hash_add(net, loser_ct.tuplehash[1], repl_idx);
  loser_ct.status |= IPS_CONFIRMED;
  net.stat[cpu.id]!.clash_resolve++;
  return NF_ACCEPT;
}
