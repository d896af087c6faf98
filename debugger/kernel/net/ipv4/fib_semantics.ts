/** Next hops over a device that has lost its carrier, or has it again (net/ipv4/fib_semantics.c). */
import type { Cpu } from '../../../machine/types.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import { RTN_LOCAL, RTNH_F_LINKDOWN } from '../../include/net/dst.ts';

/** The host's own addresses stay reachable (RT_SCOPE_NOWHERE); the other routes are marked, and used all the same unless ignore_routes_with_linkdown says otherwise. */
export function fib_sync_down_dev(cpu: Cpu, dev: net_device): void {
  for (const entry of cpu.host.fib) if (entry.dev === dev && entry.type !== RTN_LOCAL) entry.nh_flags |= RTNH_F_LINKDOWN;
}

export function fib_sync_up(cpu: Cpu, dev: net_device, nh_flags: number): void {
  for (const entry of cpu.host.fib) if (entry.dev === dev) entry.nh_flags &= ~nh_flags;
}
