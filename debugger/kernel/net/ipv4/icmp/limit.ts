/** How many ICMP messages a host sends: in all, and to one destination (net/ipv4/icmp.c). */
import { roll } from '../../../../machine/random.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, NR_ICMP_TYPES } from '../../../include/linux/icmp.ts';
import { IFF_LOOPBACK } from '../../../include/linux/netdevice.ts';
import type { dst_entry } from '../../../include/net/dst.ts';
import { HZ, jiffies } from '../../../kernel/time/jiffies.ts';
import { inet_getpeer, inet_peer_xrlim_allow } from '../inetpeer.ts';

/** Types that are never limited: those not in the mask, and what path MTU discovery needs. */
export function icmpv4_mask_allow(cpu: Cpu, type: number, code: number): boolean {
  if (type > NR_ICMP_TYPES) return true;
  if (type === ICMP_DEST_UNREACH && code === ICMP_FRAG_NEEDED) return true;
  return ((1 << type) & cpu.host.knobs.sysctl_icmp_ratemask!) === 0;
}

/** The host's bucket: icmp_msgs_per_sec, bursts of icmp_msgs_burst. In `limit` whether the destination's bucket is to be asked, too, and tokens taken. */
export function icmpv4_global_allow(cpu: Cpu, type: number, code: number, limit: { apply_ratelimit: boolean }): boolean {
  if (icmpv4_mask_allow(cpu, type, code)) return true;
  if (icmp_global_allow(cpu)) {
    limit.apply_ratelimit = true;
    return true;
  }
  cpu.host.mib.Icmp.OutRateLimitGlobal++;
  return false;
}

export function icmp_global_allow(cpu: Cpu): boolean {
  const bucket = cpu.host.icmp_global;
  if (bucket.credit > 0) return true;
  const knobs = cpu.host.knobs;
  const now = jiffies(cpu);
  const delta = Math.min(now - bucket.stamp, HZ);
  if (bucket.stamp !== 0 && delta < HZ / 50) return false;
  const incr = Math.floor((knobs.sysctl_icmp_msgs_per_sec! * (bucket.stamp === 0 ? HZ : delta)) / HZ);
  if (incr === 0) return false;
  bucket.stamp = Math.max(now, 1);
  bucket.credit = Math.min(bucket.credit + incr, knobs.sysctl_icmp_msgs_burst!);
  return true;
}

/** Takes a few tokens, how many is chance: so that nobody can count them from outside. */
export function icmp_global_consume(cpu: Cpu): void {
  cpu.host.icmp_global.credit -= roll(cpu.host, 3);
}

/** The destination's bucket; none on loopback. */
export function icmpv4_xrlim_allow(cpu: Cpu, rt: dst_entry, daddr: number, apply_ratelimit: boolean): boolean {
  if (!apply_ratelimit) return true;
  const peer_timeout = cpu.host.knobs.sysctl_icmp_ratelimit!;
  if (peer_timeout !== 0 && (rt.dev.flags & IFF_LOOPBACK) === 0 && !inet_peer_xrlim_allow(cpu, inet_getpeer(cpu, daddr), peer_timeout)) {
    cpu.host.mib.Icmp.OutRateLimitHost++;
    return false;
  }
  icmp_global_consume(cpu);
  return true;
}
