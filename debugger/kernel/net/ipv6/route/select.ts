/** Which of several routes (net/ipv6/route.c). Each has one next hop here. */
import type { Cpu } from '../../../../machine/types.ts';
import type { fib6_info, flowi6 } from '../../../include/net/ip6_fib.ts';
import { RTF_REJECT } from '../../../include/net/ip6_fib.ts';

/** How well a route fits: -1 not at all. */
export function rt6_score_route(_cpu: Cpu, f6i: fib6_info, oif: number): number {
  const { fib_nh_dev, nh_flags } = f6i.fib6_nh;
  if ((f6i.fib6_flags & RTF_REJECT) !== 0) return 0;
  if (oif !== 0 && fib_nh_dev.ifindex !== oif) return -1;
  if (nh_flags !== 0 && (fib_nh_dev.ip6_ptr?.cnf.ignore_routes_with_linkdown ?? 0) !== 0) return -1;
  return oif === 0 ? 1 : 2;
}

/** Among siblings; there are none. */
export function fib6_select_path(_cpu: Cpu, _f6i: fib6_info, _fl6: flowi6): void {}
