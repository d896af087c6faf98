/** The routing table (net/ipv4/fib_trie.c): a sorted array here, since hosts have few routes. */
import type { Host } from '../../include/linux/host.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import type { Cpu } from '../../../machine/types.ts';
import { RTN_UNREACHABLE } from '../../include/net/dst.ts';
import type { fib_entry } from '../../include/net/dst.ts';

/** @helper The one literal of a route. */
export function createFibEntry(
  table: 255 | 254, dst: number, prefixlen: number, type: number, gw: number, dev: net_device, scope: number, prefsrc: number,
): fib_entry {
  const mask = prefixToMask(prefixlen);
  return {
    dst: (dst & mask) >>> 0, prefixlen, mask, type, gw, dev, scope, prefsrc, nh_flags: 0, table, metric: 0, fib_metrics: null, rth_input: null, rth_output: null, exceptions: [],
  };
}

/** @helper */
export function prefixToMask(prefixlen: number): number {
  return prefixlen === 0 ? 0 : (0xffffffff << (32 - prefixlen)) >>> 0;
}

/** Adds a route where the order puts it: local table first, longer prefixes first, lower metrics first. Routes in use become stale. */
export function fib_table_insert(host: Host, entry: fib_entry): void {
  let i = 0;
  while (i < host.fib.length && !goesBefore(entry, host.fib[i]!)) i++;
  host.fib.splice(i, 0, entry);
  host.fib_genid++;
}

/** @helper */
function goesBefore(a: fib_entry, b: fib_entry): boolean {
  if (a.table !== b.table) return a.table > b.table;
  if (a.prefixlen !== b.prefixlen) return a.prefixlen > b.prefixlen;
  return a.metric < b.metric;
}

/** The best route to `daddr`, of device `oif` only when that is not 0; null when there is none. */
export function fib_table_lookup(cpu: Cpu, daddr: number, oif: number): fib_entry | null {
  for (const entry of cpu.host.fib) {
    if ((daddr & entry.mask) >>> 0 !== entry.dst) continue;
    if (entry.nh_flags !== 0 && entry.dev.ip_ptr.cnf.ignore_routes_with_linkdown !== 0) continue;
    if (oif !== 0 && entry.dev.ifindex !== oif && entry.type !== RTN_UNREACHABLE) continue;
    return entry;
  }
  return null;
}

export function fib_lookup(cpu: Cpu, daddr: number, oif: number): fib_entry | null {
  return fib_table_lookup(cpu, daddr, oif);
}
