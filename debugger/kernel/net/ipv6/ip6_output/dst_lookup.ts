/** Route and source address of a flow (net/ipv6/ip6_output.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { ipv6_addr_any } from '../../../include/linux/in6.ts';
import type { dst_entry } from '../../../include/net/dst.ts';
import type { flowi6 } from '../../../include/net/ip6_fib.ts';
import type { sock } from '../../../include/net/sock.ts';
import { EADDRNOTAVAIL, ENETUNREACH } from '../../../include/uapi/asm-generic/errno.ts';
import { sk_dst_check } from '../../core/dst.ts';
import { dev_get_by_index_rcu } from '../../ipv4/devinet.ts';
import { ipv6_dev_get_saddr } from '../addrconf.ts';
import { ip6_route_output_flags } from '../route/lookup.ts';

/** The flow's source address where it has none. To this host it is the device's that has the address. */
function ip6_dst_lookup_tail(cpu: Cpu, sk: sock | null, fl6: flowi6): dst_entry | number {
  const dst = ip6_route_output_flags(cpu, sk, fl6);
  if (dst.error === 0 && ipv6_addr_any(fl6.saddr)) {
    const from = dst.rt6!.from;
    const dev = from === null ? dst.dev : from.fib6_nh.fib_nh_dev;
    const saddr = from?.fib6_prefsrc ?? ipv6_dev_get_saddr(cpu, dev_get_by_index_rcu(cpu, dev.ifindex), fl6.daddr);
    if (saddr === null) return -EADDRNOTAVAIL;
    fl6.saddr = saddr;
  }
  if (dst.error === -ENETUNREACH) cpu.host.mib.Ip6.OutNoRoutes++;
  return dst.error !== 0 ? dst.error : dst;
}

/** The route of a flow, or a negative errno; fills the flow's source address. */
export function ip6_dst_lookup_flow(cpu: Cpu, sk: sock | null, fl6: flowi6): dst_entry | number {
  return ip6_dst_lookup_tail(cpu, sk, fl6);
}

/** The same for a datagram socket: a connected one keeps its route. */
export function ip6_sk_dst_lookup_flow(cpu: Cpu, sk: sock, fl6: flowi6, connected: boolean): dst_entry | number {
  const dst = connected ? sk_dst_check(cpu, sk) : null;
  return dst !== null && dst.rt6 !== null && !ipv6_addr_any(fl6.saddr) ? dst : ip6_dst_lookup_flow(cpu, sk, fl6);
}
