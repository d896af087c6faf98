/** Birth, references, timeout and end of a connection (net/netfilter/nf_conntrack_core.c, include/net/netfilter/nf_conntrack.h). */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { IPS_ASSURED, IPS_DYING, IPS_FIXED_TIMEOUT, IPS_SRC_NAT_DONE, nf_ct_is_confirmed, nf_ct_is_dying } from '../../../include/net/netfilter/nf_conntrack.ts';
import type { nf_conn, nf_conntrack_tuple, nf_conntrack_tuple_hash } from '../../../include/net/netfilter/nf_conntrack.ts';
import { createCtTcp } from '../../../include/net/netfilter/nf_conntrack_tcp.ts';
import { IPPROTO_TCP } from '../../../include/net/sock.ts';
import { jiffies } from '../../../kernel/time/jiffies.ts';
import { nf_nat_cleanup_conntrack } from '../nf_nat_core/bysource.ts';
import { hash_del, scale_hash } from './hash.ts';

/** How many buckets early_drop looks through. */
const NF_CT_EVICTION_RANGE = 8;

/** @helper struct nf_conn. */
function createConn(id: number, orig: nf_conntrack_tuple, repl: nf_conntrack_tuple, hash: number): nf_conn {
  const ct: nf_conn = {
    id, use: 0, timeout: 0, status: 0, mark: 0, tuplehash: [] as unknown as nf_conn['tuplehash'], tcp: orig.protonum === IPPROTO_TCP ? createCtTcp() : null, stream_ts: 0, masq_index: 0,
  };
  const half = (tuple: nf_conntrack_tuple, of: number): nf_conntrack_tuple_hash => ({ tuple, hash: of, ct });
  ct.tuplehash = [half(orig, 0), half(repl, hash)];
  return ct;
}

/** A new connection, in no list yet; null: the table is full, and nothing in it can go. `hash` of the original tuple is kept for its confirmation. */
export function __nf_conntrack_alloc(cpu: Cpu, orig: nf_conntrack_tuple, repl: nf_conntrack_tuple, hash: number): nf_conn | null {
  const net = cpu.host.ct!;
  const nf_conntrack_max = cpu.host.knobs.nf_conntrack_max!;
  net.count++;
  if (nf_conntrack_max !== 0 && net.count > nf_conntrack_max && !early_drop(cpu, hash)) {
    net.gc_work.early_drop = true;
    net.count--;
    return null;
  }
  spend(cpu, cpu.costs.nf_ct_alloc);
  return createConn(cpu.world.next_id++, orig, repl, hash);
}

/** The last reference is gone. */
export function nf_conntrack_free(cpu: Cpu, ct: nf_conn): void {
  if ((ct.status & IPS_SRC_NAT_DONE) !== 0) nf_nat_cleanup_conntrack(cpu, ct);
  cpu.host.ct!.count--;
}

export function nf_ct_destroy(cpu: Cpu, ct: nf_conn): void {
  nf_conntrack_free(cpu, ct);
}

/** @helper One reference less. */
export function nf_ct_put(cpu: Cpu, ct: nf_conn): void {
  if (--ct.use === 0) nf_ct_destroy(cpu, ct);
}

/** The packet's connection, if it has one, is let go: it is no longer tracked. */
export function nf_reset_ct(cpu: Cpu, skb: sk_buff): void {
  const ct = skb._nfct;
  skb._nfct = null;
  skb.ctinfo = 0;
  if (ct !== null) nf_ct_put(cpu, ct);
}

/** Jiffies until it ends; 0: it has ended. */
export function nf_ct_expires(cpu: Cpu, ct: nf_conn): number {
  return Math.max(0, ct.timeout - jiffies(cpu));
}

export function nf_ct_is_expired(cpu: Cpu, ct: nf_conn): boolean {
  return ct.timeout <= jiffies(cpu);
}

export function nf_ct_should_gc(cpu: Cpu, ct: nf_conn): boolean {
  return nf_ct_is_expired(cpu, ct) && nf_ct_is_confirmed(ct) && !nf_ct_is_dying(ct);
}

export function nf_ct_gc_expired(cpu: Cpu, ct: nf_conn): void {
  ct.use++;
  if (nf_ct_should_gc(cpu, ct)) nf_ct_kill(cpu, ct);
  nf_ct_put(cpu, ct);
}

export function nf_ct_kill(cpu: Cpu, ct: nf_conn): boolean {
  return nf_ct_delete(cpu, ct);
}

/** Out of the table, for ever; false: somebody was faster. Packets that hold it keep it until they are gone. */
export function nf_ct_delete(cpu: Cpu, ct: nf_conn): boolean {
  if (nf_ct_is_dying(ct)) return false;
  ct.status |= IPS_DYING;
  nf_ct_delete_from_lists(cpu, ct);
  nf_ct_put(cpu, ct);
  return true;
}

export function nf_ct_delete_from_lists(cpu: Cpu, ct: nf_conn): void {
  const net = cpu.host.ct!;
  hash_del(net, ct.tuplehash[0]);
  hash_del(net, ct.tuplehash[1]);
}

/** The connection lives so many jiffies from now (or, if it is not in the table yet, from its confirmation). */
export function __nf_ct_refresh_acct(cpu: Cpu, ct: nf_conn, extra_jiffies: number): void {
  if ((ct.status & IPS_FIXED_TIMEOUT) !== 0) return;
  ct.timeout = nf_ct_is_confirmed(ct) ? jiffies(cpu) + extra_jiffies : extra_jiffies;
}

export function nf_ct_refresh_acct(cpu: Cpu, ct: nf_conn, extra_jiffies: number): void {
  __nf_ct_refresh_acct(cpu, ct, extra_jiffies);
}

export function nf_ct_kill_acct(cpu: Cpu, ct: nf_conn): boolean {
  return nf_ct_delete(cpu, ct);
}

/** Makes room: connections near this bucket that are not assured must go. False: there is none. */
export function early_drop(cpu: Cpu, hash: number): boolean {
  const net = cpu.host.ct!;
  const first = scale_hash(net, hash);
  for (let i = 0; i < NF_CT_EVICTION_RANGE; i++) {
    const drops = early_drop_list(cpu, net.hash[(first + i) % net.htable_size] ?? []);
    if (drops === 0) continue;
    net.stat[cpu.id]!.early_drop += drops;
    return true;
  }
  return false;
}

export function early_drop_list(cpu: Cpu, head: readonly nf_conntrack_tuple_hash[]): number {
  let drops = 0;
  for (const { ct } of head.slice()) {
    spend(cpu, cpu.costs.nf_ct_entry);
    if (nf_ct_is_expired(cpu, ct)) {
      nf_ct_gc_expired(cpu, ct);
      continue;
    }
    if ((ct.status & IPS_ASSURED) === 0 && !nf_ct_is_dying(ct) && nf_ct_is_confirmed(ct) && nf_ct_delete(cpu, ct)) drops++;
  }
  return drops;
}
