/** Where a packet of this host goes (net/ipv4/route.c). Each answers a route, or a negative errno; it fills the flow's source address. */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { INADDR_LOOPBACK, ipv4_is_lbcast, ipv4_is_multicast, ipv4_is_zeronet } from '../../../include/linux/ip.ts';
import { IFF_LOOPBACK, IFF_UP } from '../../../include/linux/netdevice.ts';
import type { net_device } from '../../../include/linux/netdevice.ts';
import {
  FLOWI_FLAG_ANYSRC, RTCF_BROADCAST, RTCF_LOCAL, RTCF_MULTICAST, RTN_BROADCAST, RTN_LOCAL, RTN_MULTICAST, RTN_UNICAST, RTN_UNREACHABLE,
} from '../../../include/net/dst.ts';
import type { dst_entry, fib_entry, flowi4 } from '../../../include/net/dst.ts';
import type { sock } from '../../../include/net/sock.ts';
import { EHOSTUNREACH, EINVAL, ENETUNREACH, ENODEV } from '../../../include/uapi/asm-generic/errno.ts';
import { __ip_dev_find, dev_get_by_index_rcu, inet_select_addr } from '../devinet.ts';
import { RT_SCOPE_LINK } from '../fib_frontend.ts';
import { fib_lookup } from '../fib_trie.ts';
import { find_exception, rt_cache_valid, rt_dst_alloc, rt_set_nexthop } from './cache.ts';

/** @helper struct flowi4. */
export function createFlowi4(proto: number, oif: number, tos: number, saddr: number, daddr: number, sport: number, dport: number): flowi4 {
  return { flowi4_oif: oif, flowi4_tos: tos, flowi4_proto: proto, saddr, daddr, fl4_sport: sport, fl4_dport: dport, flowi4_flags: 0 };
}

/** The route of a flow of `sk` (null: of the kernel's own). */
export function ip_route_output_flow(cpu: Cpu, fl4: flowi4, _sk: sock | null): dst_entry | number {
  return __ip_route_output_key(cpu, fl4);
}

export function __ip_route_output_key(cpu: Cpu, fl4: flowi4): dst_entry | number {
  return ip_route_output_key_hash(cpu, fl4);
}

/** @helper */
export function ip_route_output_key(cpu: Cpu, fl4: flowi4): dst_entry | number {
  return ip_route_output_flow(cpu, fl4, null);
}

export function ip_route_output_key_hash(cpu: Cpu, fl4: flowi4): dst_entry | number {
  return ip_route_output_key_hash_rcu(cpu, fl4);
}

/** Checks the addresses asked for, then looks into the table. */
export function ip_route_output_key_hash_rcu(cpu: Cpu, fl4: flowi4): dst_entry | number {
  spend(cpu, cpu.costs.ip_route_output);
  const orig_oif = fl4.flowi4_oif;
  if (fl4.saddr !== 0) {
    if (ipv4_is_multicast(fl4.saddr) || ipv4_is_lbcast(fl4.saddr) || ipv4_is_zeronet(fl4.saddr)) return -EINVAL;
    if ((fl4.flowi4_flags & FLOWI_FLAG_ANYSRC) === 0 && __ip_dev_find(cpu, fl4.saddr) === null) return -EINVAL;
  }
  let dev_out: net_device | null = null;
  if (orig_oif !== 0) {
    dev_out = dev_get_by_index_rcu(cpu, orig_oif);
    if (dev_out === null) return -ENODEV;
    if ((dev_out.flags & IFF_UP) === 0) return -ENETUNREACH;
    if (ipv4_is_lbcast(fl4.daddr)) {
      if (fl4.saddr === 0) fl4.saddr = inet_select_addr(cpu, dev_out, 0, RT_SCOPE_LINK);
      return __mkroute_output(cpu, null, RTN_BROADCAST, fl4, orig_oif, dev_out, 0);
    }
  }
  const loopback = cpu.host.devices[0]!;
  if (fl4.daddr === 0) {
    fl4.daddr = fl4.saddr !== 0 ? fl4.saddr : INADDR_LOOPBACK;
    fl4.saddr = fl4.daddr;
    return __mkroute_output(cpu, null, RTN_LOCAL, fl4, orig_oif, loopback, RTCF_LOCAL);
  }
  const res = fib_lookup(cpu, fl4.daddr, orig_oif);
  if (res === null) {
    if (dev_out === null) return -ENETUNREACH;
    if (fl4.saddr === 0) fl4.saddr = inet_select_addr(cpu, dev_out, 0, RT_SCOPE_LINK);
    return __mkroute_output(cpu, null, RTN_UNICAST, fl4, orig_oif, dev_out, 0);
  }
  if (res.type === RTN_UNREACHABLE) return -EHOSTUNREACH;
  if (res.type === RTN_LOCAL) {
    if (fl4.saddr === 0) fl4.saddr = res.prefsrc !== 0 ? res.prefsrc : fl4.daddr;
    return __mkroute_output(cpu, res, RTN_LOCAL, fl4, orig_oif, loopback, RTCF_LOCAL);
  }
  fib_select_path(cpu, res, fl4);
  return __mkroute_output(cpu, res, res.type, fl4, orig_oif, res.dev, 0);
}

/** The source address that the route prefers. */
export function fib_select_path(cpu: Cpu, res: fib_entry, fl4: flowi4): void {
  if (fl4.saddr === 0) fl4.saddr = res.prefsrc !== 0 ? res.prefsrc : inet_select_addr(cpu, res.dev, res.gw, res.scope);
}

/** The route kept in the FIB entry, or a new one. */
export function __mkroute_output(
  cpu: Cpu, res: fib_entry | null, res_type: number, fl4: flowi4, orig_oif: number, dev_out: net_device, res_flags: number,
): dst_entry | number {
  let type = res_type;
  let flags = res_flags;
  let fi = res;
  if (ipv4_is_lbcast(fl4.daddr)) type = RTN_BROADCAST;
  else if (ipv4_is_multicast(fl4.daddr)) type = RTN_MULTICAST;
  else if (ipv4_is_zeronet(fl4.daddr)) return -EINVAL;
  if ((dev_out.flags & IFF_LOOPBACK) !== 0) flags |= RTCF_LOCAL;
  if (type === RTN_BROADCAST) {
    flags |= RTCF_BROADCAST | RTCF_LOCAL;
    fi = null;
  } else if (type === RTN_MULTICAST) flags |= RTCF_MULTICAST;
  const do_cache = fi !== null && !(type === RTN_LOCAL && orig_oif !== 0 && orig_oif !== dev_out.ifindex);
  const fnhe = fi === null ? null : find_exception(cpu, fi, fl4.daddr);
  const cached = fi === null ? null : fnhe === null ? fi.rth_output : fnhe.fnhe_rth_output;
  if (do_cache && rt_cache_valid(cpu, cached)) return cached!;
  const rth = rt_dst_alloc(cpu, dev_out, flags, type);
  rth.rt_iif = orig_oif;
  if ((flags & (RTCF_BROADCAST | RTCF_MULTICAST)) !== 0 && (flags & RTCF_LOCAL) !== 0 && (dev_out.flags & IFF_LOOPBACK) === 0) {
    rth.output = 'ip_mc_output';
  }
  rt_set_nexthop(cpu, rth, fi, fnhe);
  if (do_cache) {
    if (fnhe === null) fi!.rth_output = rth;
    else fnhe.fnhe_rth_output = rth;
  }
  return rth;
}
