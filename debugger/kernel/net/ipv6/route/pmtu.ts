/** What "packet too big" has told of the path (net/ipv6/route.c; RFC 8201). */
import type { Cpu } from '../../../../machine/types.ts';
import type { In6Addr } from '../../../include/linux/in6.ts';
import { IPV6_MIN_MTU } from '../../../include/linux/ipv6.ts';
import { RTAX_LOCK, RTAX_MTU } from '../../../include/linux/rtnetlink.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { dst_metric_raw } from '../../../include/net/dst.ts';
import type { dst_entry } from '../../../include/net/dst.ts';
import type { sock } from '../../../include/net/sock.ts';
import { HZ, jiffies } from '../../../kernel/time/jiffies.ts';
import { __sk_dst_check, sk_dst_set } from '../../core/dst.ts';
import { in6AddrAt } from '../../../include/linux/in6.ts';
import { createFlowi6, ip6_route_output_flags } from './lookup.ts';
import { ip6_mtu } from './nexthop.ts';

/** net.ipv6.route.mtu_expires. */
const MTU_EXPIRES = 600 * HZ;

/** The path to `daddr` takes no more than `mtu` bytes: noted with the route, for ten minutes. */
export function __ip6_rt_update_pmtu(cpu: Cpu, dst: dst_entry, daddr: In6Addr, mtu_: number): void {
  const f6i = dst.rt6!.from;
  const locked = (dst_metric_raw(dst, RTAX_LOCK) & (1 << RTAX_MTU)) !== 0;
  const mtu = Math.max(mtu_, IPV6_MIN_MTU);
  if (f6i === null || locked || mtu >= ip6_mtu(cpu, dst)) return;
  const expires = jiffies(cpu) + MTU_EXPIRES;
  const at = f6i.exceptions.findIndex((each) => each.daddr === daddr);
  if (at >= 0) f6i.exceptions.splice(at, 1);
  f6i.exceptions.push({ daddr, mtu, expires, rt6i: null });
}

/** Of a flow of the kernel's own, or of a socket's packet. skb.data is at the packet that came to grief. */
export function ip6_update_pmtu(cpu: Cpu, skb: sk_buff, mtu: number, oif: number): void {
  const saddr = in6AddrAt(skb.head, skb.data + 8);
  const daddr = in6AddrAt(skb.head, skb.data + 24);
  const dst = ip6_route_output_flags(cpu, null, createFlowi6(skb.head[skb.data + 6]!, oif, 0, saddr, daddr, 0, 0));
  if (dst.error === 0) __ip6_rt_update_pmtu(cpu, dst, daddr, mtu);
}

/** The same for a socket, whose own route is then looked up anew. */
export function ip6_sk_update_pmtu(cpu: Cpu, skb: sk_buff, sk: sock, mtu: number): void {
  ip6_update_pmtu(cpu, skb, mtu, sk.sk_bound_dev_if);
  const dst = __sk_dst_check(cpu, sk);
  if (dst !== null) sk_dst_set(sk, null);
}
