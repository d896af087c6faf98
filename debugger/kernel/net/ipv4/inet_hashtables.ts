/** Finding the socket of a segment: established connections by four-tuple, listeners by port (net/ipv4/inet_hashtables.c). */
import { LOOPBACK4_IPV6 } from '../../include/linux/in6.ts';
import type { In6Addr } from '../../include/linux/in6.ts';
import { findEntry6, hashedIn6, inet6_ehashfn } from '../ipv6/inet6_hashtables.ts';
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { AF_INET, TCP_CLOSE, TCP_LISTEN } from '../../include/net/sock.ts';
import type { sock } from '../../include/net/sock.ts';
import { createInetHashinfo } from '../../include/net/tcp_sock.ts';
import type { inet_hashinfo, inet_timewait_sock, request_sock, sock_common } from '../../include/net/tcp_sock.ts';
import { reuseport_add_sock, reuseport_alloc, reuseport_select_sock, reuseport_stop_listen_sock } from '../core/sock_reuseport.ts';
import { udp_ehashfn } from './udp/hash.ts';
import { layOut } from '../../../machine/wide_fields.ts';

/** A full socket, a request or a TIME-WAIT sock: told apart by sk_state. */
export type AnySock = sock | request_sock | inet_timewait_sock;

/** A host's tables, empty. @helper */
export function createTcpTables(): inet_hashinfo {
  return createInetHashinfo();
}

/** Bucket of a four-tuple: far end first. */
export function inet_ehashfn(_cpu: Cpu, laddr: number, lport: number, faddr: number, fport: number): number {
  let h = Math.imul(laddr ^ faddr, 0x9e3779b1) ^ Math.imul((lport << 16) | fport, 0x85ebca77);
  h ^= h >>> 15;
  return h >>> 0;
}

/** @helper The socket of an entry. */
export function entrySock(entry: sock_common): AnySock {
  return entry.sk ?? entry.req ?? entry.tw!;
}

/** @helper An entry that is not in the table yet. */
function createEntry(hash: number, daddr: number, rcv_saddr: number, dport: number, num: number): sock_common {
  return { skc_hash: hash, skc_daddr: daddr, skc_rcv_saddr: rcv_saddr, skc_dport: dport, skc_num: num, skc_v6_daddr: null, skc_v6_rcv_saddr: null, sk: null, req: null, tw: null };
}

layOut(createEntry(0, 0, 0, 0, 0), 'skc_hash', 'skc_daddr', 'skc_rcv_saddr');

/** @helper The entry of a four-tuple. */
export function findEntry(cpu: Cpu, daddr: number, dport: number, rcv_saddr: number, num: number): sock_common | null {
  const tables = cpu.host.tcp_tables;
  const hash = inet_ehashfn(cpu, rcv_saddr, num, daddr, dport);
  for (const entry of tables.ehash[hash & tables.ehash_mask]!) {
    if (entry.skc_dport === dport && entry.skc_num === num && entry.skc_daddr === daddr && entry.skc_rcv_saddr === rcv_saddr) return entry;
  }
  return null;
}

/** The connection of a segment from saddr:sport to daddr:hnum. */
export function __inet_lookup_established(cpu: Cpu, saddr: number, sport: number, daddr: number, hnum: number): AnySock | null {
  spend(cpu, cpu.costs.sock_lookup);
  const entry = findEntry(cpu, saddr, sport, daddr, hnum);
  return entry === null ? null : entrySock(entry);
}

/** How well a listener fits: -1 not at all. The device counts, and the CPU that SO_INCOMING_CPU names. */
function compute_tcp_score(cpu: Cpu, sk: sock, daddr: number, dif: number): number {
  if (sk.inet.inet_rcv_saddr !== daddr || sk.sk_ipv6only) return -1;
  if (sk.sk_bound_dev_if !== 0 && sk.sk_bound_dev_if !== dif) return -1;
  return (sk.sk_bound_dev_if !== 0 ? 2 : 1) + (sk.sk_family === AF_INET ? 1 : 0) + (sk.sk_incoming_cpu === cpu.id ? 1 : 0);
}

/** The socket of the group of `sk` that the flow meets; null when it shares its port with nobody. */
export function inet_lookup_reuseport(cpu: Cpu, sk: sock, saddr: number, sport: number, daddr: number, hnum: number): sock | null {
  if (!sk.sk_reuseport) return null;
  const hash = sk.udp !== null ? udp_ehashfn(daddr, hnum, saddr, sport) : inet_ehashfn(cpu, daddr, hnum, saddr, sport);
  return reuseport_select_sock(cpu, sk, hash);
}

/** The best listener at `daddr` (0: of those at all addresses). The first that shares its port decides: its group answers. */
function inet_lhash2_lookup(cpu: Cpu, list: readonly sock[], saddr: number, sport: number, daddr: number, hnum: number, dif: number): sock | null {
  let result: sock | null = null;
  let hiscore = 0;
  for (const sk of list) {
    const score = compute_tcp_score(cpu, sk, daddr, dif);
    if (score <= hiscore) continue;
    const shared = inet_lookup_reuseport(cpu, sk, saddr, sport, daddr, hnum);
    if (shared !== null) return shared;
    result = sk;
    hiscore = score;
  }
  return result;
}

/** The listener of a port: at this address, or at all. */
export function __inet_lookup_listener(cpu: Cpu, saddr: number, sport: number, daddr: number, hnum: number, dif: number): sock | null {
  const list = cpu.host.tcp_tables.lhash2[hnum];
  if (list === undefined) return null;
  return inet_lhash2_lookup(cpu, list, saddr, sport, daddr, hnum, dif) ?? inet_lhash2_lookup(cpu, list, saddr, sport, 0, hnum, dif);
}

/** Established first, then listeners. */
export function __inet_lookup_skb(cpu: Cpu, skb: sk_buff, saddr: number, sport: number, daddr: number, dport: number): AnySock | null {
  if (skb.sk !== null) {
    const sk = skb.sk as AnySock;
    skb.sk = null;
    skb.destructor = null;
    return sk;
  }
  const dif = skb.skb_iif;
  return __inet_lookup_established(cpu, saddr, sport, daddr, dport) ?? __inet_lookup_listener(cpu, saddr, sport, daddr, dport, dif);
}

/** Puts an entry into its bucket. @helper */
function insertEntry(cpu: Cpu, entry: sock_common): void {
  const tables = cpu.host.tcp_tables;
  tables.ehash[entry.skc_hash & tables.ehash_mask]!.push(entry);
}

/** Takes an entry out; false when it is not in. @helper */
export function removeEntry(cpu: Cpu, entry: sock_common): boolean {
  const tables = cpu.host.tcp_tables;
  const bucket = tables.ehash[entry.skc_hash & tables.ehash_mask]!;
  const at = bucket.indexOf(entry);
  if (at < 0) return false;
  bucket.splice(at, 1);
  return true;
}

/** The entry of a full socket. @helper */
export function sockEntry(cpu: Cpu, sk: sock): sock_common | null {
  const inet = sk.inet;
  const entry = hashedIn6(sk)
    ? findEntry6(cpu, sk.sk_v6_daddr!, inet.inet_dport, sk.sk_v6_rcv_saddr!, inet.inet_num)
    : findEntry(cpu, inet.inet_daddr, inet.inet_dport, inet.inet_rcv_saddr, inet.inet_num);
  return entry !== null && entry.sk === sk ? entry : null;
}

/** A connection takes its place, in the stead of `osk` (its request) if there is one. False when another has been faster. */
export function inet_ehash_insert(cpu: Cpu, sk: sock, osk: request_sock | null): boolean {
  const inet = sk.inet;
  if (osk !== null) {
    const old = osk.hashed;
    if (old === null || !removeEntry(cpu, old)) return false;
    osk.hashed = null;
  }
  const entry = hashedIn6(sk)
    ? createEntry6(cpu, sk.sk_v6_daddr!, sk.sk_v6_rcv_saddr!, inet.inet_dport, inet.inet_num)
    : createEntry(inet_ehashfn(cpu, inet.inet_rcv_saddr, inet.inet_num, inet.inet_daddr, inet.inet_dport), inet.inet_daddr, inet.inet_rcv_saddr, inet.inet_dport, inet.inet_num);
  entry.sk = sk;
  insertEntry(cpu, entry);
  return true;
}

export function inet_ehash_nolisten(cpu: Cpu, sk: sock, osk: request_sock | null): boolean {
  const ok = inet_ehash_insert(cpu, sk, osk);
  if (!ok) {
    sk.sk_state = TCP_CLOSE;
    sk.sk_dead = true;
  }
  return ok;
}

/** A request takes its place; false when the connection is there already. @helper */
export function hashRequest(cpu: Cpu, req: request_sock): boolean {
  if (req.ir_v6_rmt_addr !== null) return hashRequest6(cpu, req, req.ir_v6_rmt_addr, req.ir_v6_loc_addr!);
  if (findEntry(cpu, req.ir_rmt_addr, req.ir_rmt_port, req.ir_loc_addr, req.ir_num) !== null) return false;
  const entry = createEntry(inet_ehashfn(cpu, req.ir_loc_addr, req.ir_num, req.ir_rmt_addr, req.ir_rmt_port), req.ir_rmt_addr, req.ir_loc_addr, req.ir_rmt_port, req.ir_num);
  entry.req = req;
  req.hashed = entry;
  insertEntry(cpu, entry);
  return true;
}

/** The same over IPv6. @helper */
function hashRequest6(cpu: Cpu, req: request_sock, rmt: In6Addr, loc: In6Addr): boolean {
  if (findEntry6(cpu, rmt, req.ir_rmt_port, loc, req.ir_num) !== null) return false;
  const entry = createEntry6(cpu, rmt, loc, req.ir_rmt_port, req.ir_num);
  entry.req = req;
  req.hashed = entry;
  insertEntry(cpu, entry);
  return true;
}

/** An entry of a connection over IPv6. @helper */
function createEntry6(cpu: Cpu, daddr: In6Addr, rcv_saddr: In6Addr, dport: number, num: number): sock_common {
  const entry = createEntry(inet6_ehashfn(cpu, rcv_saddr, num, daddr, dport), LOOPBACK4_IPV6, LOOPBACK4_IPV6, dport, num);
  entry.skc_v6_daddr = daddr;
  entry.skc_v6_rcv_saddr = rcv_saddr;
  return entry;
}

/** A TIME-WAIT sock takes the place of its socket. @helper */
export function hashTimewait(cpu: Cpu, tw: inet_timewait_sock, sk: sock): void {
  const entry = sockEntry(cpu, sk) ?? (hashedIn6(sk)
    ? createEntry6(cpu, tw.tw_v6_daddr!, tw.tw_v6_rcv_saddr!, tw.tw_dport, tw.tw_num)
    : createEntry(inet_ehashfn(cpu, tw.tw_rcv_saddr, tw.tw_num, tw.tw_daddr, tw.tw_dport), tw.tw_daddr, tw.tw_rcv_saddr, tw.tw_dport, tw.tw_num));
  const known = entry.sk !== null;
  entry.sk = null;
  entry.tw = tw;
  tw.hashed = entry;
  if (!known) insertEntry(cpu, entry);
}

/** A listener can be found. */
export function inet_hash(cpu: Cpu, sk: sock): number {
  if (sk.sk_state === TCP_CLOSE) return 0;
  if (sk.sk_state !== TCP_LISTEN) {
    inet_ehash_nolisten(cpu, sk, null);
    return 0;
  }
  const lists = cpu.host.tcp_tables.lhash2;
  const list = (lists[sk.inet.inet_num] ??= []);
  if (sk.sk_reuseport) {
    const err = inet_reuseport_add_sock(cpu, sk, list);
    if (err !== 0) return err;
  }
  list.unshift(sk);
  return 0;
}

/** inet_rcv_saddr_equal(sk, sk2, false) @helper */
function sameRcvSaddr(sk: sock, sk2: sock): boolean {
  return sk.sk_v6_rcv_saddr === sk2.sk_v6_rcv_saddr && sk2.inet.inet_rcv_saddr === sk.inet.inet_rcv_saddr;
}

/** Joins the listeners with the same address and device that share the port, or is the first of a group. */
function inet_reuseport_add_sock(cpu: Cpu, sk: sock, list: readonly sock[]): number {
  for (const sk2 of list) {
    if (sk2 !== sk && sk2.sk_bound_dev_if === sk.sk_bound_dev_if && sk2.sk_reuseport && sk2.sk_ipv6only === sk.sk_ipv6only && sameRcvSaddr(sk, sk2)) {
      return reuseport_add_sock(cpu, sk, sk2);
    }
  }
  reuseport_alloc(cpu, sk);
  return 0;
}

/** Out of the tables. */
export function inet_unhash(cpu: Cpu, sk: sock): void {
  if (sk.sk_state === TCP_LISTEN) {
    const lists = cpu.host.tcp_tables.lhash2;
    const list = lists[sk.inet.inet_num];
    const at = list === undefined ? -1 : list.indexOf(sk);
    if (at < 0) return;
    if (sk.sk_reuseport_cb !== null) reuseport_stop_listen_sock(cpu, sk);
    list!.splice(at, 1);
    if (list!.length === 0) delete lists[sk.inet.inet_num];
    return;
  }
  const entry = sockEntry(cpu, sk);
  if (entry !== null) removeEntry(cpu, entry);
}
