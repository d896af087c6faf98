/** Next hop, MTU, segment size and hop limit of a route (net/ipv6/route.c, include/net/ip6_route.h). */
import type { Cpu } from '../../../../machine/types.ts';
import type { In6Addr } from '../../../include/linux/in6.ts';
import { IPV6_MAXPLEN, IPV6_MIN_MTU, SIZEOF_IPV6HDR, ipv6_daddr } from '../../../include/linux/ipv6.ts';
import { RTAX_HOPLIMIT, RTAX_MTU } from '../../../include/linux/rtnetlink.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { dst_metric_raw } from '../../../include/net/dst.ts';
import type { dst_entry } from '../../../include/net/dst.ts';
import type { neighbour } from '../../../include/net/neighbour.ts';
import { jiffies } from '../../../kernel/time/jiffies.ts';
import { ipv6NeighLookup } from '../../core/neighbour/table.ts';

const SIZEOF_TCPHDR = 20;
/** IP6_MAX_MTU: a payload of 64 KiB and the header. */
const IP6_MAX_MTU = IPV6_MAXPLEN + SIZEOF_IPV6HDR;

/** @helper Next hop of a packet to `daddr`. */
export function rt6_nexthop(rt: dst_entry, daddr: In6Addr): In6Addr {
  return rt.rt6!.rt6i_gateway ?? daddr;
}

/** The entry of the packet's next hop, for what waited for its address. */
export function ip6_dst_neigh_lookup(cpu: Cpu, skb: sk_buff): neighbour | null {
  return ipv6NeighLookup(cpu, skb.dst!.dev, rt6_nexthop(skb.dst!, ipv6_daddr(skb)));
}

/** The largest packet that may leave by this route: what the path has told, else what the route says, else what the device takes; never less than 1280. */
export function ip6_mtu(cpu: Cpu, dst: dst_entry): number {
  if (dst.rt_pmtu !== 0 && jiffies(cpu) < dst.expires) return Math.min(dst.rt_pmtu, IP6_MAX_MTU);
  const mtu = dst_metric_raw(dst, RTAX_MTU) || Math.max(dst.dev.mtu, IPV6_MIN_MTU);
  return Math.min(mtu, IP6_MAX_MTU);
}

/** Largest segment to announce for a route that does not say. */
export function ip6_default_advmss(cpu: Cpu, dst: dst_entry): number {
  const mtu = ip6_mtu(cpu, dst) - SIZEOF_IPV6HDR - SIZEOF_TCPHDR;
  const mss = Math.max(mtu, cpu.host.knobs.ipv6_min_adv_mss!);
  return mss > IPV6_MAXPLEN - SIZEOF_TCPHDR ? IPV6_MAXPLEN : mss;
}

export function ip6_dst_hoplimit(dst: dst_entry): number {
  return dst_metric_raw(dst, RTAX_HOPLIMIT) || (dst.dev.ip6_ptr?.cnf.hop_limit ?? 64);
}

/** The route if it is still good: routes have not changed, and what the path told has not run out. */
export function ip6_dst_check(cpu: Cpu, dst: dst_entry): dst_entry | null {
  if (dst.genid !== cpu.host.fib6_genid) return null;
  return dst.expires !== 0 && jiffies(cpu) >= dst.expires ? null : dst;
}
