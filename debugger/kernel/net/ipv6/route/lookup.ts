/** Where packets go (net/ipv6/route.c). A route to nowhere has its error, and tells the sender when a packet takes it. */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { IPV6_ADDR_LINKLOCAL, IPV6_ADDR_MULTICAST, __ipv6_addr_type } from '../../../include/linux/in6.ts';
import type { In6Addr } from '../../../include/linux/in6.ts';
import { ip6_flowlabel, ipv6_daddr, ipv6_get_dsfield, ipv6_nexthdr, ipv6_saddr } from '../../../include/linux/ipv6.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { dst_entry } from '../../../include/net/dst.ts';
import type { fib6_info, flowi6 } from '../../../include/net/ip6_fib.ts';
import type { sock } from '../../../include/net/sock.ts';
import { fib6_rule_lookup, fib6_table_lookup } from '../ip6_fib.ts';
import { ip6_null_entry, rt6_find_cached_rt, rt6_get_pcpu_route, rt6_make_pcpu_route } from './alloc.ts';

/** @helper struct flowi6. */
export function createFlowi6(proto: number, oif: number, tos: number, saddr: In6Addr, daddr: In6Addr, sport: number, dport: number): flowi6 {
  return { flowi6_oif: oif, flowi6_proto: proto, flowi6_mark: 0, saddr, daddr, fl6_sport: sport, fl6_dport: dport, flowi6_tos: tos, flowlabel: 0 };
}

/** A route of one table; null: the next table is asked. */
export function ip6_pol_route(cpu: Cpu, table: number, oif: number, fl6: flowi6): dst_entry | null {
  const f6i: fib6_info | null = fib6_table_lookup(cpu, table, oif, fl6);
  if (f6i === null) return null;
  return rt6_find_cached_rt(cpu, f6i, fl6.daddr) ?? rt6_get_pcpu_route(cpu, f6i) ?? rt6_make_pcpu_route(cpu, f6i);
}

/** Only an address of one link binds a received packet's route to its device. */
function ip6_pol_route_input(cpu: Cpu, table: number, fl6: flowi6): dst_entry | null {
  return ip6_pol_route(cpu, table, 0, fl6);
}

function ip6_pol_route_output(cpu: Cpu, table: number, fl6: flowi6): dst_entry | null {
  return ip6_pol_route(cpu, table, fl6.flowi6_oif, fl6);
}

/** Sets skb.dst: to this host, through it, or to nowhere. */
export function ip6_route_input(cpu: Cpu, skb: sk_buff): void {
  spend(cpu, cpu.costs.ip_route_input);
  const fl6 = createFlowi6(ipv6_nexthdr(skb), skb.dev!.ifindex, ipv6_get_dsfield(skb), ipv6_saddr(skb), ipv6_daddr(skb), 0, 0);
  fl6.flowlabel = ip6_flowlabel(skb);
  skb.dst = ip6_route_input_lookup(cpu, skb, fl6);
}

/** Groups, and addresses of one link, are those of the device that the packet came in by. @helper */
function ip6_route_input_lookup(cpu: Cpu, _skb: sk_buff, fl6: flowi6): dst_entry {
  const strict = rt6_need_strict(fl6.daddr);
  const found = strict ? fib6_rule_lookup(cpu, fl6, strictInput) : fib6_rule_lookup(cpu, fl6, ip6_pol_route_input);
  return found ?? ip6_null_entry(cpu);
}

/** RT6_LOOKUP_F_IFACE; what came back by lo (ifindex 1) was of any device. @helper */
function strictInput(cpu: Cpu, table: number, fl6: flowi6): dst_entry | null {
  const oif = fl6.flowi6_oif === 1 ? 0 : fl6.flowi6_oif;
  return ip6_pol_route(cpu, table, oif, fl6);
}

/** Whether the address means something on one link only. */
export function rt6_need_strict(daddr: In6Addr): boolean {
  return (__ipv6_addr_type(daddr) & (IPV6_ADDR_MULTICAST | IPV6_ADDR_LINKLOCAL)) !== 0;
}

/** The route of a flow of `sk` (null: of the kernel's own). Its error says where it leads to nowhere. */
export function ip6_route_output_flags(cpu: Cpu, _sk: sock | null, fl6: flowi6): dst_entry {
  spend(cpu, cpu.costs.ip_route_output);
  return fib6_rule_lookup(cpu, fl6, ip6_pol_route_output) ?? ip6_null_entry(cpu);
}
