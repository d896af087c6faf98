/** The routing table of IPv6 (net/ipv6/ip6_fib.c): a sorted array here, since hosts have few routes. */
import type { Cpu } from '../../../machine/types.ts';
import type { Host } from '../../include/linux/host.ts';
import { in6Prefix, in6PrefixEqual } from '../../include/linux/in6.ts';
import type { In6Addr } from '../../include/linux/in6.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import { RTN_LOCAL, RTN_UNREACHABLE } from '../../include/net/dst.ts';
import { RTF_GATEWAY, RTF_LOCAL, RTF_REJECT, RTF_UP } from '../../include/net/ip6_fib.ts';
import type { fib6_info, flowi6 } from '../../include/net/ip6_fib.ts';
import { RTNH_F_LINKDOWN } from '../../include/net/dst.ts';
import { RT_TABLE_LOCAL, RT_TABLE_MAIN } from '../ipv4/fib_frontend.ts';
import { fib6_select_path, rt6_score_route } from './route/select.ts';

/** @helper The one literal of a route. */
export function createFib6Info(table: 255 | 254, dst: In6Addr, plen: number, type: number, gw: In6Addr | null, dev: net_device, metric: number): fib6_info {
  let flags = RTF_UP | (gw === null ? 0 : RTF_GATEWAY);
  if (type === RTN_LOCAL) flags |= RTF_LOCAL;
  if (type === RTN_UNREACHABLE) flags |= RTF_REJECT;
  return {
    fib6_dst: in6Prefix(dst, plen), plen, fib6_type: type, fib6_flags: flags >>> 0, fib6_metric: metric, fib6_nh: { fib_nh_gw6: gw, fib_nh_dev: dev, nh_flags: 0 },
    table, fib6_prefsrc: null, fib6_metrics: null, rt6i_pcpu: null, exceptions: [],
  };
}

/** Adds a route where the order puts it: local table first, longer prefixes first, lower metrics first. Routes in use become stale. */
export function fib6_add(host: Host, entry: fib6_info): void {
  let i = 0;
  while (i < host.fib6.length && !goesBefore(entry, host.fib6[i]!)) i++;
  host.fib6.splice(i, 0, entry);
  host.fib6_genid++;
}

/** @helper */
function goesBefore(a: fib6_info, b: fib6_info): boolean {
  if (a.table !== b.table) return a.table > b.table;
  if (a.plen !== b.plen) return a.plen > b.plen;
  return a.fib6_metric < b.fib6_metric;
}

/** Routes of one prefix length that lead to `daddr`, from entry `from` of the table on; -1: none. */
export function fib6_node_lookup(cpu: Cpu, table: number, daddr: In6Addr, from: number): number {
  return fib6_node_lookup_1(cpu, table, daddr, from);
}

function fib6_node_lookup_1(cpu: Cpu, table: number, daddr: In6Addr, from: number): number {
  const { fib6 } = cpu.host;
  for (let i = from; i < fib6.length; i++) {
    const f6i = fib6[i]!;
    if (f6i.table === table && in6PrefixEqual(daddr, f6i.fib6_dst, f6i.plen)) return i;
  }
  return -1;
}

/** The best route of the table for a flow, by device `oif` only when that is not 0; null when there is none. */
export function fib6_table_lookup(cpu: Cpu, table: number, oif: number, fl6: flowi6): fib6_info | null {
  const { fib6 } = cpu.host;
  for (let i = fib6_node_lookup(cpu, table, fl6.daddr, 0); i >= 0; i = fib6_node_lookup(cpu, table, fl6.daddr, i + 1)) {
    const f6i = fib6[i]!;
    if (rt6_score_route(cpu, f6i, oif) < 0) continue;
    fib6_select_path(cpu, f6i, fl6);
    return f6i;
  }
  return null;
}

/** A question for the tables in the order of the rules (net/ipv6/fib6_rules.c): local, then main. */
export function fib6_rule_lookup<T>(cpu: Cpu, fl6: flowi6, lookup: (cpu: Cpu, table: number, fl6: flowi6) => T | null): T | null {
  return lookup(cpu, RT_TABLE_LOCAL, fl6) ?? lookup(cpu, RT_TABLE_MAIN, fl6);
}

/** A device has lost its carrier, or has it again: its routes' next hops with it (rt6_sync_down_dev, rt6_sync_up). */
export function fib6_netdev_event(cpu: Cpu, dev: net_device, up: boolean): void {
  for (const { fib6_nh, fib6_type } of cpu.host.fib6) {
    if (fib6_nh.fib_nh_dev !== dev || fib6_type === RTN_LOCAL) continue;
    if (up) fib6_nh.nh_flags &= ~RTNH_F_LINKDOWN;
    else fib6_nh.nh_flags |= RTNH_F_LINKDOWN;
  }
  cpu.host.fib6_genid++;
}
