/** Finding a tuple that nobody else has (net/netfilter/nf_nat_core.c). */
import { roll } from '../../../../machine/random.ts';
import type { Cpu } from '../../../../machine/types.ts';
import {
  IPS_DYING, IPS_FIXED_TIMEOUT, IPS_NAT_MASK, IPS_SEQ_ADJUST, IPS_SRC_NAT, IP_CT_DIR_ORIGINAL, IP_CT_DIR_REPLY, nf_ct_tuple_equal,
} from '../../../include/net/netfilter/nf_conntrack.ts';
import type { nf_conn, nf_conntrack_tuple } from '../../../include/net/netfilter/nf_conntrack.ts';
import { TCP_CONNTRACK_SYN_SENT, TCP_CONNTRACK_TIME_WAIT } from '../../../include/net/netfilter/nf_conntrack_tcp.ts';
import {
  NF_NAT_MANIP_DST, NF_NAT_MANIP_SRC, NF_NAT_RANGE_MAP_IPS, NF_NAT_RANGE_PERSISTENT, NF_NAT_RANGE_PROTO_RANDOM_ALL, NF_NAT_RANGE_PROTO_SPECIFIED,
} from '../../../include/net/netfilter/nf_nat.ts';
import type { nf_nat_range2 } from '../../../include/net/netfilter/nf_nat.ts';
import { IPPROTO_ICMP, IPPROTO_TCP, IPPROTO_UDP } from '../../../include/net/sock.ts';
import { after } from '../../../include/net/tcp.ts';
import { nf_conntrack_find_get, nf_conntrack_tuple_taken } from '../nf_conntrack_core/hash.ts';
import { nf_ct_kill, nf_ct_put } from '../nf_conntrack_core/lifetime.ts';
import { nf_ct_invert_tuple } from '../nf_conntrack_core/tuple.ts';
import { find_appropriate_src } from './bysource.ts';
import { l4proto_in_range, nf_in_range } from './range.ts';

const NF_NAT_MAX_ATTEMPTS = 128;
const NF_NAT_HARDER_THRESH = NF_NAT_MAX_ATTEMPTS / 4;

/** Whether answers to `tuple` could be taken for those of another connection. */
export function nf_nat_used_tuple(cpu: Cpu, tuple: nf_conntrack_tuple, ignored: nf_conn): boolean {
  const reply = nf_ct_invert_tuple(tuple);
  return reply !== null && nf_conntrack_tuple_taken(cpu, reply, ignored);
}

/** The same for a tuple that NAT leaves alone: a connection that both ends began at once may be left to nf_ct_resolve_clash(). */
export function nf_nat_used_tuple_new(cpu: Cpu, tuple: nf_conntrack_tuple, ignored: nf_conn): boolean {
  const uses_nat = IPS_NAT_MASK | IPS_SEQ_ADJUST;
  if (!nf_nat_used_tuple(cpu, tuple, ignored)) return false;
  if (tuple.protonum === IPPROTO_TCP || (ignored.status & uses_nat) !== 0) return true;
  const reply = nf_ct_invert_tuple(tuple);
  const thash = nf_conntrack_find_get(cpu, tuple) ?? (reply === null ? null : nf_conntrack_find_get(cpu, reply));
  if (thash === null) return false;
  const { ct } = thash;
  const mirrored = nf_ct_tuple_equal(ct.tuplehash[0].tuple, ignored.tuplehash[1].tuple) && nf_ct_tuple_equal(ct.tuplehash[1].tuple, ignored.tuplehash[0].tuple);
  const taken = thash.tuple.dir !== IP_CT_DIR_REPLY || (ct.status & uses_nat) !== 0 || !mirrored;
  nf_ct_put(cpu, ct);
  return taken;
}

/** A connection in TIME_WAIT or closed, with its source rewritten, may make way. */
export function nf_nat_may_kill(ct: nf_conn, flags: number): boolean {
  if (ct.tcp === null || ct.tcp.state < TCP_CONNTRACK_TIME_WAIT) return false;
  return (flags & (IPS_FIXED_TIMEOUT | IPS_DYING)) === 0 && (flags & IPS_SRC_NAT) !== 0;
}

export function nf_seq_has_advanced(old: nf_conn, ct: nf_conn): boolean {
  return after(ct.tcp!.seen[0].td_end, old.tcp!.seen[0].td_end);
}

/** Among the last attempts for a TCP port an old connection is thrown out to get one. */
export function nf_nat_used_tuple_harder(cpu: Cpu, tuple: nf_conntrack_tuple, ignored: nf_conn, attempts_left: number): boolean {
  const reply = nf_ct_invert_tuple(tuple);
  if (reply === null) return false;
  if (attempts_left > NF_NAT_HARDER_THRESH || tuple.protonum !== IPPROTO_TCP || ignored.tcp!.state !== TCP_CONNTRACK_SYN_SENT) {
    return nf_conntrack_tuple_taken(cpu, reply, ignored);
  }
  const thash = nf_conntrack_find_get(cpu, reply);
  if (thash === null) return false;
  const { ct } = thash;
  const evicted = thash.tuple.dir !== IP_CT_DIR_ORIGINAL && nf_nat_may_kill(ct, ct.status) && nf_seq_has_advanced(ct, ignored) && nf_ct_kill(cpu, ct);
  nf_ct_put(cpu, ct);
  return !evicted;
}

/** The address: the range's only one, or one of several by a hash of both ends, so that a server sees a client under one address. */
export function find_best_ips_proto(cpu: Cpu, tuple: nf_conntrack_tuple, range: nf_nat_range2, maniptype: number): void {
  if ((range.flags & NF_NAT_RANGE_MAP_IPS) === 0) return;
  const dist = range.max_addr - range.min_addr + 1;
  const seed = (range.flags & NF_NAT_RANGE_PERSISTENT) !== 0 ? 0 : tuple.dst;
  const addr = dist === 1 ? range.min_addr : range.min_addr + spread(cpu, tuple.src, seed, dist);
  if (maniptype === NF_NAT_MANIP_SRC) tuple.src = addr;
  else tuple.dst = addr;
}

/** [0, dist) by two addresses; Linux has jhash2 here, with the same property: equal ends, equal place. @helper */
function spread(cpu: Cpu, src: number, seed: number, dist: number): number {
  const mixed = Math.imul(src ^ Math.imul(seed, 0x9e3779b1) ^ cpu.host.ct!.hash_rnd[0]!, 0x85ebca6b) >>> 0;
  return Math.floor((mixed * dist) / 2 ** 32);
}

/** The ports to choose from: the range's, or those of the class that the port has now (RFC 4787 4.2.2: low ports stay low). @helper */
function portRange(range: nf_nat_range2, port: number): { min: number; range_size: number } {
  if ((range.flags & NF_NAT_RANGE_PROTO_SPECIFIED) !== 0) return { min: range.min_proto, range_size: range.max_proto - range.min_proto + 1 };
  if (port < 512) return { min: 1, range_size: 511 };
  return port < 1024 ? { min: 600, range_size: 424 } : { min: 1024, range_size: 64512 };
}

/** @helper */
function getPort(tuple: nf_conntrack_tuple, source: boolean): number {
  return source ? tuple.src_port : tuple.dst_port;
}

/** @helper */
function setPort(tuple: nf_conntrack_tuple, source: boolean, port: number): void {
  if (source) tuple.src_port = port;
  else tuple.dst_port = port;
}

/** Another port, or identifier of an ICMP request: at random from the range, then one after the other, fewer each time; if none is free the last stays. */
export function nf_nat_l4proto_unique_tuple(cpu: Cpu, tuple: nf_conntrack_tuple, range: nf_nat_range2, maniptype: number, ct: nf_conn): void {
  const icmp = tuple.protonum === IPPROTO_ICMP;
  if (!icmp && tuple.protonum !== IPPROTO_TCP && tuple.protonum !== IPPROTO_UDP) return;
  const specified = (range.flags & NF_NAT_RANGE_PROTO_SPECIFIED) !== 0;
  if (!icmp && !specified && maniptype === NF_NAT_MANIP_DST) return;
  const source = icmp || maniptype === NF_NAT_MANIP_SRC;
  const { min, range_size } = icmp && !specified ? { min: 0, range_size: 65536 } : portRange(range, getPort(tuple, source));
  const random = (range.flags & NF_NAT_RANGE_PROTO_RANDOM_ALL) !== 0 || maniptype !== NF_NAT_MANIP_DST;
  let off = random ? roll(cpu.host.ct!, 65536) : 0;
  let attempts = Math.min(range_size, NF_NAT_MAX_ATTEMPTS);
  for (;;) {
    for (let i = 0; i < attempts; i++, off++) {
      setPort(tuple, source, min + ((off & 0xffff) % range_size));
      if (!nf_nat_used_tuple_harder(cpu, tuple, ct, attempts - i)) return;
    }
    if (attempts >= range_size || attempts < 16) return;
    attempts >>= 1;
    off = roll(cpu.host.ct!, 65536);
  }
}

/** What `orig_tuple` becomes within `range`, with answers that no other connection gets. It need not be possible: then the packet is dropped when it is confirmed. */
export function get_unique_tuple(cpu: Cpu, orig_tuple: nf_conntrack_tuple, range: nf_nat_range2, ct: nf_conn, maniptype: number): nf_conntrack_tuple {
  const random = (range.flags & NF_NAT_RANGE_PROTO_RANDOM_ALL) !== 0;
  if (maniptype === NF_NAT_MANIP_SRC && !random) {
    if (nf_in_range(orig_tuple, range)) {
      if (!nf_nat_used_tuple_new(cpu, orig_tuple, ct)) return { ...orig_tuple };
    } else {
      const found = find_appropriate_src(cpu, orig_tuple, range);
      if (found !== null && !nf_nat_used_tuple(cpu, found, ct)) return found;
    }
  }
  const tuple = { ...orig_tuple };
  find_best_ips_proto(cpu, tuple, range, maniptype);
  if (!random) {
    if ((range.flags & NF_NAT_RANGE_PROTO_SPECIFIED) !== 0) {
      const inside = l4proto_in_range(tuple, maniptype, range.min_proto, range.max_proto);
      if (inside && (range.min_proto === range.max_proto || !nf_nat_used_tuple(cpu, tuple, ct))) return tuple;
    } else if (!nf_nat_used_tuple(cpu, tuple, ct)) return tuple;
  }
  nf_nat_l4proto_unique_tuple(cpu, tuple, range, maniptype, ct);
  return tuple;
}
