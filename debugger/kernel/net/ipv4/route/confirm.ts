/** A neighbour that a program has heard from (net/ipv4/route.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { RTCF_BROADCAST, RTCF_LOCAL, RTCF_MULTICAST } from '../../../include/net/dst.ts';
import type { dst_entry } from '../../../include/net/dst.ts';
import { neigh_confirm } from '../../core/neighbour/output.ts';
import { ipv4NeighLookup } from '../../core/neighbour/table.ts';

/** The gateway's entry, or that of `daddr` itself, if there is one. */
export function ipv4_confirm_neigh(cpu: Cpu, rt: dst_entry, daddr: number): void {
  if (rt.rt_gw4 === 0 && (rt.rt_flags & (RTCF_MULTICAST | RTCF_BROADCAST | RTCF_LOCAL)) !== 0) return;
  const n = ipv4NeighLookup(cpu, rt.dev, rt.rt_gw4 !== 0 ? rt.rt_gw4 : daddr);
  if (n !== null) neigh_confirm(cpu, n);
}
