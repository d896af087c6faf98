/** Routes that somebody adds (net/ipv6/route.c). */
import type { Host } from '../../../include/linux/host.ts';
import { in6PrefixEqual } from '../../../include/linux/in6.ts';
import type { In6Addr } from '../../../include/linux/in6.ts';
import type { net_device } from '../../../include/linux/netdevice.ts';
import { RTN_UNICAST } from '../../../include/net/dst.ts';
import { RT_TABLE_MAIN } from '../../ipv4/fib_frontend.ts';
import { ip_fib_metrics_init } from '../../ipv4/metrics.ts';
import type { rtax } from '../../ipv4/metrics.ts';
import { ipv6_add_dev } from '../addrconf.ts';
import { createFib6Info, fib6_add } from '../ip6_fib.ts';

/** IP6_RT_PRIO_USER */
const IP6_RT_PRIO_USER = 1024;

/** ip -6 route add `dst`/`plen` [via `gw`] dev `dev` with what the route says of the way. */
export function ip6_route_add(host: Host, dst: In6Addr, plen: number, gw: In6Addr | null, dev: net_device, metrics: readonly rtax[]): void {
  ipv6_add_dev(host, dev);
  const entry = createFib6Info(RT_TABLE_MAIN, dst, plen, RTN_UNICAST, gw, dev, IP6_RT_PRIO_USER);
  entry.fib6_metrics = ip_fib_metrics_init(metrics);
  fib6_add(host, entry);
}

/** @helper The device whose network holds `gw`, for routes that name only a gateway; null when none does. */
export function ip6DeviceTowards(host: Host, gw: In6Addr): net_device | null {
  for (const { table, fib6_nh, fib6_dst, plen } of host.fib6) {
    if (table === RT_TABLE_MAIN && fib6_nh.fib_nh_gw6 === null && in6PrefixEqual(gw, fib6_dst, plen)) return fib6_nh.fib_nh_dev;
  }
  return null;
}
