/** Connections by their source, so that one source keeps one mapping (net/netfilter/nf_nat_core.c nf_nat_bysource). */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { nf_conn, nf_conntrack_tuple } from '../../../include/net/netfilter/nf_conntrack.ts';
import type { nf_nat_range2 } from '../../../include/net/netfilter/nf_nat.ts';
import { siphash } from '../../../lib/siphash.ts';
import { scale_hash } from '../nf_conntrack_core/hash.ts';
import { nf_ct_invert_tuple } from '../nf_conntrack_core/tuple.ts';
import { nf_in_range } from './range.ts';

/** The bucket of a source: address, port and protocol. */
export function hash_by_src(cpu: Cpu, tuple: nf_conntrack_tuple): number {
  spend(cpu, cpu.costs.nf_ct_hash);
  const net = cpu.host.ct!;
  return scale_hash(net, siphash([tuple.src, tuple.src_port, tuple.protonum], 12, net.hash_rnd));
}

/** @helper hlist_add_head_rcu(&ct->nat_bysource, ...) */
export function bysource_add(cpu: Cpu, ct: nf_conn): void {
  const { nat_bysource } = cpu.host.ct!;
  const bucket = hash_by_src(cpu, ct.tuplehash[0].tuple);
  if (nat_bysource![bucket] === undefined) nat_bysource![bucket] = [ct];
  else nat_bysource![bucket].unshift(ct);
}

/** The connection is gone. */
export function nf_nat_cleanup_conntrack(cpu: Cpu, ct: nf_conn): void {
  const { nat_bysource } = cpu.host.ct!;
  const bucket = hash_by_src(cpu, ct.tuplehash[0].tuple);
  const left = (nat_bysource![bucket] ?? []).filter((each) => each !== ct);
  if (left.length === 0) delete nat_bysource![bucket];
  else nat_bysource![bucket] = left;
}

export function same_src(ct: nf_conn, tuple: nf_conntrack_tuple): boolean {
  const t = ct.tuplehash[0].tuple;
  return t.protonum === tuple.protonum && t.src === tuple.src && t.src_port === tuple.src_port;
}

/** What another connection of this source was mapped to, if that is in the range: the same for this one. Null: there is none. */
export function find_appropriate_src(cpu: Cpu, tuple: nf_conntrack_tuple, range: nf_nat_range2): nf_conntrack_tuple | null {
  for (const ct of cpu.host.ct!.nat_bysource![hash_by_src(cpu, tuple)] ?? []) {
    if (!same_src(ct, tuple)) continue;
    const result = nf_ct_invert_tuple(ct.tuplehash[1].tuple)!;
    result.dst = tuple.dst;
    result.dst_port = tuple.dst_port;
    result.dir = tuple.dir;
    if (nf_in_range(result, range)) return result;
  }
  return null;
}
