/** Ports of TCP sockets: bind(), connect(), and what accepted connections inherit (net/ipv4/inet_connection_sock.c, inet_hashtables.c). */
import { findEntry6, hashedIn6 } from '../../ipv6/inet6_hashtables.ts';
import { inet_rcv_saddr_equal, rcvSaddrEqual } from '../rcv_saddr.ts';
import { roll } from '../../../../machine/random.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { TCP_LISTEN } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import type { inet_bind_bucket, inet_timewait_sock } from '../../../include/net/tcp_sock.ts';
import { ktime_get_seconds } from '../../../include/net/tcp_inlines/clock.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { EADDRNOTAVAIL } from '../../../include/uapi/asm-generic/errno.ts';
import { findEntry, inet_ehash_insert, removeEntry } from '../inet_hashtables.ts';
import { inet_twsk_deschedule_put } from '../inet_timewait_sock.ts';
import { secure_ipv4_port_ephemeral } from '../tcp_ipv4/hash.ts';

/** The bucket of a port, made when it is first used. */
function inet_bind_bucket_create(cpu: Cpu, port: number): inet_bind_bucket {
  const tb: inet_bind_bucket = { port, fastreuse: -1, fastreuseport: -1, owners: [], tw: [] };
  cpu.host.tcp_tables.bhash[port] = tb;
  return tb;
}

export function inet_bind_bucket_destroy(cpu: Cpu, tb: inet_bind_bucket): void {
  if (tb.owners.length === 0 && tb.tw.length === 0) delete cpu.host.tcp_tables.bhash[tb.port];
}

export function inet_bind_hash(_cpu: Cpu, sk: sock, tb: inet_bind_bucket, port: number): void {
  sk.inet.inet_num = port;
  tb.owners.push(sk);
  sk.icsk!.icsk_bind_hash = tb;
}

/** The socket lets go of its port. */
export function inet_put_port(cpu: Cpu, sk: sock): void {
  const tb = sk.icsk!.icsk_bind_hash;
  if (tb === null) return;
  const at = tb.owners.indexOf(sk);
  if (at >= 0) tb.owners.splice(at, 1);
  sk.icsk!.icsk_bind_hash = null;
  sk.inet.inet_num = 0;
  inet_bind_bucket_destroy(cpu, tb);
}

/** An accepted connection shares its listener's port. */
export function __inet_inherit_port(cpu: Cpu, sk: sock, child: sock): void {
  const port = child.inet.inet_num;
  const tb = cpu.host.tcp_tables.bhash[port] ?? sk.icsk!.icsk_bind_hash ?? inet_bind_bucket_create(cpu, port);
  inet_bind_hash(cpu, child, tb, port);
}

/** What of another holder of the port decides whether it can be shared: a socket's, or a connection's in TIME-WAIT. @helper */
interface holder { reuse: boolean; reuseport: boolean; bound_dev_if: number; listens: boolean }

/**
 * Whether `sk` may not share the port with `sk2`. `relax`: the program has named the port, both may have SO_REUSEADDR; `reuseport_ok`: both may have
 * SO_REUSEPORT, unless the socket is in a group already.
 */
function inet_bind_conflict(sk: sock, sk2: holder, relax: boolean, reuseport_ok: boolean): boolean {
  if (!sameDevice(sk, sk2.bound_dev_if)) return false;
  const shared = sk.sk_reuseport && sk2.reuseport && sk.sk_reuseport_cb === null;
  if (sk.sk_reuse && sk2.reuse && !sk2.listens) return !relax || (!reuseport_ok && shared);
  return !reuseport_ok || !shared;
}

/** Somebody holds the port who does not share it. */
export function inet_csk_bind_conflict(_cpu: Cpu, sk: sock, tb: inet_bind_bucket, relax: boolean, reuseport_ok: boolean): boolean {
  for (const sk2 of tb.owners) {
    if (sk2 === sk || !inet_rcv_saddr_equal(sk, sk2)) continue;
    const held = { reuse: sk2.sk_reuse, reuseport: sk2.sk_reuseport, bound_dev_if: sk2.sk_bound_dev_if, listens: sk2.sk_state === TCP_LISTEN };
    if (inet_bind_conflict(sk, held, relax, reuseport_ok)) return true;
  }
  for (const tw of tb.tw) {
    if (!rcvSaddrEqual(sk, tw.tw_rcv_saddr, tw.tw_v6_rcv_saddr, tw.tw_ipv6only)) continue;
    if (inet_bind_conflict(sk, { reuse: tw.tw_reuse, reuseport: tw.tw_reuseport, bound_dev_if: tw.tw_bound_dev_if, listens: false }, relax, reuseport_ok)) return true;
  }
  return false;
}

/** @helper */
function sameDevice(sk: sock, other: number): boolean {
  return sk.sk_bound_dev_if === 0 || other === 0 || sk.sk_bound_dev_if === other;
}

/** The ports that the socket may get: IP_LOCAL_PORT_RANGE as far as it lies in net.ipv4.ip_local_port_range. `local`: it has a range of its own. */
export function inet_sk_get_local_port_range(cpu: Cpu, sk: sock): { low: number; high: number; local: boolean } {
  const lo = cpu.host.knobs.sysctl_ip_local_port_range_0!;
  const hi = cpu.host.knobs.sysctl_ip_local_port_range_1!;
  const sk_range = sk.inet.local_port_range;
  if (sk_range === 0) return { low: lo, high: hi, local: false };
  const sk_lo = sk_range & 0xffff;
  const sk_hi = sk_range >>> 16;
  return { low: lo <= sk_lo && sk_lo <= hi ? sk_lo : lo, high: lo <= sk_hi && sk_hi <= hi ? sk_hi : hi, local: true };
}

/** A free port from `low` up to but not `end`, odd ones first: the even ones are left for connect(). 0: none. @helper */
function openPortIn(cpu: Cpu, sk: sock, low: number, end: number): number {
  const range = end - low;
  const remaining = range > 1 ? range & ~1 : range;
  const offset = roll(cpu.host, remaining) | 1;
  for (let parity = 0; parity < 2; parity++) {
    for (let i = 0; i < remaining; i += 2) {
      const port = low + ((offset - parity + i) % remaining);
      const tb = cpu.host.tcp_tables.bhash[port];
      if (tb === undefined || !inet_csk_bind_conflict(cpu, sk, tb, false, false)) return port;
    }
  }
  return 0;
}

/** A port that is free for bind(); with SO_REUSEADDR of the lower half of the range, if there is one. 0: none. */
function inet_csk_find_open_port(cpu: Cpu, sk: sock): number {
  const { low, high } = inet_sk_get_local_port_range(cpu, sk);
  const end = high + 1;
  if (!sk.sk_reuse || end - low < 4) return openPortIn(cpu, sk, low, end);
  const half = low + (((end - low) >> 2) << 1);
  const port = openPortIn(cpu, sk, low, half);
  return port !== 0 ? port : openPortIn(cpu, sk, half, end);
}

/** Binds to port `snum`, or to any (0). True when that failed. */
export function inet_csk_get_port(cpu: Cpu, sk: sock, snum: number): boolean {
  const port = snum !== 0 ? snum : inet_csk_find_open_port(cpu, sk);
  if (port === 0) return true;
  const tb = cpu.host.tcp_tables.bhash[port] ?? inet_bind_bucket_create(cpu, port);
  if (snum !== 0 && inet_csk_bind_conflict(cpu, sk, tb, true, true)) return true;
  if (tb.owners.length === 0 && tb.tw.length === 0) {
    tb.fastreuse = sk.sk_reuse && sk.sk_state !== TCP_LISTEN ? 1 : 0;
    tb.fastreuseport = sk.sk_reuseport ? 1 : 0;
  }
  if (sk.icsk!.icsk_bind_hash === null) inet_bind_hash(cpu, sk, tb, port);
  return false;
}

/** @helper */
function onLoopback(tw: inet_timewait_sock): boolean {
  if (hashedIn6({ sk_v6_daddr: tw.tw_v6_daddr })) return tw.tw_v6_daddr === '::1' || tw.tw_v6_rcv_saddr === '::1';
  return tw.tw_daddr >>> 24 === 127 || tw.tw_rcv_saddr >>> 24 === 127;
}

/** A connection in TIME-WAIT may make room for a new one with the same addresses: on loopback, after a while (net.ipv4.tcp_tw_reuse). */
function tcp_twsk_unique(cpu: Cpu, sk: sock, tw: inet_timewait_sock): boolean {
  const knobs = cpu.host.knobs;
  let reuse = knobs.sysctl_tcp_tw_reuse!;
  if (reuse === 2) reuse = onLoopback(tw) ? 1 : 0;
  if (tw.tw_ts_recent_stamp === 0 || reuse === 0 || ktime_get_seconds(cpu) <= tw.tw_ts_recent_stamp) return false;
  if (tw.tw_entry_stamp + knobs.sysctl_tcp_tw_reuse_delay! > Math.floor(cpu.now / 1_000_000)) return false;
  const tp = sk.tcp!;
  tp.write_seq = ((tw.tw_snd_nxt + 65535 + 2) >>> 0) || 1;
  tp.rx_opt.ts_recent = tw.tw_ts_recent;
  tp.rx_opt.ts_recent_stamp = tw.tw_ts_recent_stamp;
  return true;
}

/** No connection has these addresses and ports: this one takes them. */
function __inet_check_established(cpu: Cpu, sk: sock, lport: number): boolean {
  const inet = sk.inet;
  const entry = hashedIn6(sk)
    ? findEntry6(cpu, sk.sk_v6_daddr!, inet.inet_dport, sk.sk_v6_rcv_saddr!, lport)
    : findEntry(cpu, inet.inet_daddr, inet.inet_dport, inet.inet_rcv_saddr, lport);
  if (entry !== null) {
    if (entry.tw === null || !tcp_twsk_unique(cpu, sk, entry.tw)) return false;
    removeEntry(cpu, entry);
    NET_INC_STATS(cpu, 'TWRecycled');
    inet_twsk_deschedule_put(cpu, entry.tw);
  }
  inet.inet_num = lport;
  inet.inet_sport = lport;
  inet_ehash_insert(cpu, sk, null);
  return true;
}

/** connect(): a port that makes the four-tuple unique, even ones first; 0 or a negative errno. */
export function inet_hash_connect(cpu: Cpu, sk: sock): number {
  const offset = sk.inet.inet_num === 0 ? secure_ipv4_port_ephemeral(cpu, sk.inet.inet_rcv_saddr, sk.inet.inet_daddr, sk.inet.inet_dport) : 0;
  return __inet_hash_connect(cpu, sk, offset);
}

export function __inet_hash_connect(cpu: Cpu, sk: sock, port_offset: number): number {
  const tables = cpu.host.tcp_tables;
  if (sk.inet.inet_num !== 0) return __inet_check_established(cpu, sk, sk.inet.inet_num) ? 0 : -EADDRNOTAVAIL;
  const { low, high, local } = inet_sk_get_local_port_range(cpu, sk);
  const range = high + 1 - low;
  const step = local ? 1 : 2;
  const remaining = local || range <= 1 ? range : range & ~1;
  const offset = (port_offset + tables.table_perturb) % remaining;
  const start = local ? offset : offset & ~1;
  for (let parity = 0; parity < step; parity++) {
    for (let i = 0; i < remaining; i += step) {
      const port = low + ((start + parity + i) % remaining);
      const known = tables.bhash[port];
      if (known !== undefined && (known.fastreuse >= 0 || known.fastreuseport >= 0)) continue;
      if (!__inet_check_established(cpu, sk, port)) continue;
      inet_bind_hash(cpu, sk, known ?? inet_bind_bucket_create(cpu, port), port);
      tables.table_perturb += i + step;
      return 0;
    }
  }
  return -EADDRNOTAVAIL;
}
