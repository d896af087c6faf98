/** struct dst_entry with the rtable around it, and flowi4 (include/net/dst.h, route.h, flow.h). */
import { msecs_to_jiffies } from '../../kernel/time/jiffies.ts';
import type { net_device } from '../linux/netdevice.ts';
import type { rt6_info } from './ip6_fib.ts';
import { RTAX_FEATURES, RTAX_LOCK, RTAX_MTU } from '../linux/rtnetlink.ts';

export const RTN_UNICAST = 1;
export const RTN_LOCAL = 2;
export const RTN_BROADCAST = 3;
export const RTN_MULTICAST = 5;
export const RTN_UNREACHABLE = 7;

/** fib_entry.nh_flags: the next hop's device has no carrier. */
export const RTNH_F_LINKDOWN = 16;

/** A route as the FIB keeps it (fib_info with its prefix). */
export interface fib_entry {
  dst: number; prefixlen: number; mask: number;
  type: number;
  /** 0 when directly attached. */
  gw: number;
  dev: net_device;
  /** RT_SCOPE_*: 0 universe, 253 link, 254 host. */
  scope: number;
  prefsrc: number;
  nh_flags: number;
  /** 'local' (255), 'main' (254). */
  table: 255 | 254;
  metric: number;
  /** RTAX_* by number - 1; null: none. */
  fib_metrics: number[] | null;
  /** Routes made from it, kept for the next packet (nhc_rth_input, nhc_pcpu_rth_output); made anew when fib_genid has moved on. */
  rth_input: dst_entry | null;
  rth_output: dst_entry | null;
  /** Destinations with a path MTU of their own (fib_nh_exception). */
  exceptions: fib_nh_exception[];
}

/** What ICMP has told of one destination: its path MTU (0: nothing), another gateway (0: none), until `fnhe_expires` (jiffies). */
export interface fib_nh_exception { fnhe_daddr: number; fnhe_gw: number; fnhe_pmtu: number; fnhe_mtu_locked: boolean; fnhe_expires: number; fnhe_rth_input: dst_entry | null; fnhe_rth_output: dst_entry | null }

export interface dst_entry {
  dev: net_device;
  /** Names in the table of dst functions (net/core/dst.ts): ip_local_deliver, ip_forward, ip_error; ip_output, ip_mc_output ... */
  input: string;
  output: string;
  rt_type: number;
  rt_flags: number;
  /** Next hop: 0 when the destination is on the link. */
  rt_gw4: number;
  rt_is_input: boolean;
  rt_iif: number;
  rt_pmtu: number;
  /** What ICMP told was less than net.ipv4.route.min_pmtu: packets go without DF. */
  rt_mtu_locked: boolean;
  /** The route's RTAX_* by number - 1; null: none (dst_default_metrics). */
  _metrics: number[] | null;
  /** jiffies; 0: never. */
  expires: number;
  fib: fib_entry | null;
  /** FIB generation it was made in: stale when the host's moved on (ipv4_dst_check). */
  genid: number;
  error: number;
  __refcnt: number;
  /** What routes of IPv6 have beside (struct rt6_info); null: of IPv4. */
  rt6: rt6_info | null;
}

export const RTCF_LOCAL = 0x80000000;
export const RTCF_BROADCAST = 0x10000000;
export const RTCF_MULTICAST = 0x20000000;
/** Its gateway is one that a redirect named. */
export const RTCF_REDIRECTED = 0x00040000;

export interface flowi4 {
  flowi4_oif: number; flowi4_tos: number; flowi4_proto: number;
  saddr: number; daddr: number; fl4_sport: number; fl4_dport: number; flowi4_flags: number;
}

/** The source address need not be one of this host's. */
export const FLOWI_FLAG_ANYSRC = 1;

/** What the route says of RTAX_* `metric`, 0: nothing. @helper */
export function dst_metric_raw(dst: dst_entry, metric: number): number {
  return dst._metrics === null ? 0 : dst._metrics[metric - 1]!;
}

/** The same, of those that have no default of their own. @helper */
export function dst_metric(dst: dst_entry, metric: number): number {
  return dst_metric_raw(dst, metric);
}

/** A time of it, in jiffies. @helper */
export function dst_metric_rtt(dst: dst_entry, metric: number): number {
  return msecs_to_jiffies(dst_metric(dst, metric));
}

/** @helper */
export function dst_metric_locked(dst: dst_entry, metric: number): boolean {
  return (dst_metric(dst, RTAX_LOCK) & (1 << metric)) !== 0;
}

/** @helper */
export function dst_feature(dst: dst_entry, feature: number): boolean {
  return (dst_metric(dst, RTAX_FEATURES) & feature) !== 0;
}

/** Whether the path may not lower the MTU (include/net/ip.h). @helper */
export function ip_mtu_locked(dst: dst_entry): boolean {
  return dst.rt_mtu_locked || dst_metric_locked(dst, RTAX_MTU);
}
