/** The table of connections (net/netfilter/nf_conntrack_core.c). Each stands in it twice, under its original and its reply tuple. */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { nf_ct_is_confirmed, nf_ct_tuple_equal } from '../../../include/net/netfilter/nf_conntrack.ts';
import type { nf_conn, nf_conntrack_net, nf_conntrack_tuple, nf_conntrack_tuple_hash } from '../../../include/net/netfilter/nf_conntrack.ts';
import { siphash } from '../../../lib/siphash.ts';
import { nf_ct_gc_expired, nf_ct_is_expired } from './lifetime.ts';

/** Bytes of struct nf_conntrack_tuple up to what does not count (dst.dir). */
const HASHED = 39;

/** @helper 32 bits the other way round: addresses and ports stand in network order. */
function swab32(value: number): number {
  return ((value & 0xff) << 24) | ((value & 0xff00) << 8) | ((value >>> 8) & 0xff00) | (value >>> 24);
}

/** @helper */
function swab16(value: number): number {
  return ((value & 0xff) << 8) | (value >>> 8);
}

const AF_INET = 2;

/** SipHash of the tuple under the host's key. In memory: source (16 bytes of address, port, family), destination (address, port, protocol). */
export function hash_conntrack_raw(cpu: Cpu, tuple: nf_conntrack_tuple): number {
  spend(cpu, cpu.costs.nf_ct_hash);
  const { src, src_port, dst, dst_port, protonum } = tuple;
  return siphash([swab32(src), 0, 0, 0, swab16(src_port) | (AF_INET << 16), swab32(dst), 0, 0, 0, swab16(dst_port) | (protonum << 16)], HASHED, cpu.host.ct!.hash_rnd);
}

/** A hash as a number of a bucket (reciprocal_scale). The product may pass 2^53 only for tables of more than 2^21 buckets. */
export function scale_hash(net: nf_conntrack_net, hash: number): number {
  return Math.floor((hash * net.htable_size) / 2 ** 32);
}

export function hash_conntrack(cpu: Cpu, tuple: nf_conntrack_tuple): number {
  return scale_hash(cpu.host.ct!, hash_conntrack_raw(cpu, tuple));
}

/** Whether the entry is of this tuple and valid: a connection that is not confirmed does not count. */
export function nf_ct_key_equal(h: nf_conntrack_tuple_hash, tuple: nf_conntrack_tuple): boolean {
  return nf_ct_tuple_equal(tuple, h.tuple) && nf_ct_is_confirmed(h.ct);
}

/** Looks into the bucket, throwing out what has expired. */
export function ____nf_conntrack_find(cpu: Cpu, tuple: nf_conntrack_tuple, hash: number): nf_conntrack_tuple_hash | null {
  const chain = cpu.host.ct!.hash[scale_hash(cpu.host.ct!, hash)];
  if (chain === undefined) return null;
  for (const h of chain.slice()) {
    spend(cpu, cpu.costs.nf_ct_entry);
    if (nf_ct_is_expired(cpu, h.ct)) nf_ct_gc_expired(cpu, h.ct);
    else if (nf_ct_key_equal(h, tuple)) return h;
  }
  return null;
}

/** The same, with a reference for the caller. */
export function __nf_conntrack_find_get(cpu: Cpu, tuple: nf_conntrack_tuple, hash: number): nf_conntrack_tuple_hash | null {
  const h = ____nf_conntrack_find(cpu, tuple, hash);
  if (h !== null) h.ct.use++;
  return h;
}

export function nf_conntrack_find_get(cpu: Cpu, tuple: nf_conntrack_tuple): nf_conntrack_tuple_hash | null {
  return __nf_conntrack_find_get(cpu, tuple, hash_conntrack_raw(cpu, tuple));
}

/** Whether another connection has this tuple; NAT must find one that nobody has. `ignored`: the one that asks. */
export function nf_conntrack_tuple_taken(cpu: Cpu, tuple: nf_conntrack_tuple, ignored: nf_conn): boolean {
  const net = cpu.host.ct!;
  const chain = net.hash[hash_conntrack(cpu, tuple)];
  if (chain === undefined) return false;
  for (const h of chain.slice()) {
    spend(cpu, cpu.costs.nf_ct_entry);
    if (h.ct === ignored) continue;
    if (nf_ct_is_expired(cpu, h.ct)) {
      nf_ct_gc_expired(cpu, h.ct);
      continue;
    }
    if (!nf_ct_key_equal(h, tuple) || nf_ct_tuple_equal(ignored.tuplehash[0].tuple, h.ct.tuplehash[0].tuple)) continue;
    net.stat[cpu.id]!.found++;
    return true;
  }
  return false;
}

/** @helper Puts an entry in front of its bucket. */
export function hash_add(net: nf_conntrack_net, h: nf_conntrack_tuple_hash, bucket: number): void {
  const chain = net.hash[bucket];
  h.hash = bucket;
  if (chain === undefined) net.hash[bucket] = [h];
  else chain.unshift(h);
}

/** @helper Takes an entry out of its bucket; one that is not there is left alone. */
export function hash_del(net: nf_conntrack_net, h: nf_conntrack_tuple_hash): void {
  const chain = net.hash[h.hash];
  const at = chain === undefined ? -1 : chain.indexOf(h);
  if (at < 0) return;
  if (chain!.length === 1) delete net.hash[h.hash];
  else chain!.splice(at, 1);
}

export function __nf_conntrack_hash_insert(net: nf_conntrack_net, ct: nf_conn, hash: number, reply_hash: number): void {
  hash_add(net, ct.tuplehash[0], hash);
  hash_add(net, ct.tuplehash[1], reply_hash);
}
