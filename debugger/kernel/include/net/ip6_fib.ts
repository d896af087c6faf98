/** Routes of IPv6: fib6_info as the table keeps them, rt6_info as packets carry them, flowi6 (include/net/ip6_fib.h, flow.h). */
import type { In6Addr } from '../linux/in6.ts';
import type { net_device } from '../linux/netdevice.ts';
import type { dst_entry } from './dst.ts';

export const RTF_UP = 0x0001;
export const RTF_GATEWAY = 0x0002;
export const RTF_REJECT = 0x0200;
export const RTF_CACHE = 0x01000000;
export const RTF_LOCAL = 0x80000000;

/** A route of the table. `fib6_nh`: the next hop; its gateway is null when the destination is on the link. */
export interface fib6_info {
  fib6_dst: In6Addr; plen: number;
  fib6_type: number;
  fib6_flags: number;
  fib6_metric: number;
  fib6_nh: { fib_nh_gw6: In6Addr | null; fib_nh_dev: net_device; nh_flags: number };
  /** 'local' (255), 'main' (254). */
  table: 255 | 254;
  fib6_prefsrc: In6Addr | null;
  /** RTAX_* by number - 1; null: none. */
  fib6_metrics: number[] | null;
  /** The route that packets carry, kept for the next one; made anew when fib6_genid has moved on. */
  rt6i_pcpu: dst_entry | null;
  /** Destinations with a path MTU of their own (struct rt6_exception). */
  exceptions: rt6_exception[];
}

/** What "packet too big" has told of one destination, until `expires` (jiffies). */
export interface rt6_exception { daddr: In6Addr; mtu: number; expires: number; rt6i: dst_entry | null }

/** The part of a dst_entry that only routes of IPv6 have; `from` is null for those to nowhere. */
export interface rt6_info { rt6i_dst: In6Addr; plen: number; rt6i_gateway: In6Addr | null; rt6i_flags: number; from: fib6_info | null }

export interface flowi6 {
  flowi6_oif: number; flowi6_proto: number; flowi6_mark: number;
  saddr: In6Addr; daddr: In6Addr; fl6_sport: number; fl6_dport: number;
  /** Traffic class and flow label. */
  flowi6_tos: number; flowlabel: number;
}
