/** Routes as packets carry them (struct rtable, net/ipv4/route.c): made from a FIB entry, kept there for the next packet. */
import type { Cpu } from '../../../../machine/types.ts';
import { IP_MAX_MTU } from '../../../include/linux/ip.ts';
import type { net_device } from '../../../include/linux/netdevice.ts';
import { RTAX_MTU } from '../../../include/linux/rtnetlink.ts';
import { RTCF_LOCAL, RTCF_REDIRECTED, dst_metric_raw, ip_mtu_locked } from '../../../include/net/dst.ts';
import type { dst_entry, fib_entry, fib_nh_exception } from '../../../include/net/dst.ts';
import type { sock } from '../../../include/net/sock.ts';
import { jiffies } from '../../../kernel/time/jiffies.ts';
import { sk_dst_reset } from '../../core/dst.ts';

/** genid of a route that nobody may use any longer (DST_OBSOLETE_KILL). */
const KILLED = -1;

/** A route out by `dev`; with RTCF_LOCAL, for packets to this host. */
export function rt_dst_alloc(cpu: Cpu, dev: net_device, flags: number, type: number): dst_entry {
  return {
    dev, input: (flags & RTCF_LOCAL) !== 0 ? 'ip_local_deliver' : 'dst_discard', output: 'ip_output', rt_type: type, rt_flags: flags >>> 0,
    rt_gw4: 0, rt_is_input: false, rt_iif: 0, rt_pmtu: 0, rt_mtu_locked: false, _metrics: null, expires: 0, fib: null, genid: cpu.host.fib_genid, error: 0, __refcnt: 1, rt6: null,
  };
}

/** @helper */
export function rt_cache_valid(cpu: Cpu, rt: dst_entry | null): boolean {
  return rt !== null && rt.genid === cpu.host.fib_genid;
}

/** The exception for this destination, if it has not run out. */
export function find_exception(cpu: Cpu, fib: fib_entry, daddr: number): fib_nh_exception | null {
  const list = fib.exceptions;
  if (list.length === 0) return null;
  for (const fnhe of list) {
    if (fnhe.fnhe_daddr === daddr) return fnhe.fnhe_expires !== 0 && jiffies(cpu) >= fnhe.fnhe_expires ? null : fnhe;
  }
  return null;
}

/** Gateway, what the route says of the way, and what an exception knows of the destination. */
export function rt_set_nexthop(_cpu: Cpu, rt: dst_entry, fib: fib_entry | null, fnhe: fib_nh_exception | null): void {
  if (fib === null) return;
  rt.fib = fib;
  rt.rt_gw4 = fib.gw;
  rt._metrics = fib.fib_metrics;
  if (fnhe === null) return;
  if (fnhe.fnhe_gw !== 0) {
    rt.rt_flags |= RTCF_REDIRECTED;
    rt.rt_gw4 = fnhe.fnhe_gw;
  }
  rt.rt_pmtu = fnhe.fnhe_pmtu;
  rt.rt_mtu_locked = fnhe.fnhe_mtu_locked;
  rt.expires = fnhe.fnhe_expires;
}

/** The route if it is still good: neither have routes changed since, nor was it killed. */
export function ipv4_dst_check(cpu: Cpu, dst: dst_entry): dst_entry | null {
  return dst.genid === cpu.host.fib_genid ? dst : null;
}

/** A sender that gets no answer: a route that was learnt for a time (path MTU, redirect) is given up. */
export function ipv4_negative_advice(sk: sock, dst: dst_entry): void {
  if (dst.expires !== 0) sk_dst_reset(sk);
}

/** All routes in use are asked for anew. */
export function rt_cache_flush(cpu: Cpu): void {
  rt_genid_bump_ipv4(cpu);
}

function rt_genid_bump_ipv4(cpu: Cpu): void {
  cpu.host.fib_genid++;
}

/** Who uses the route asks for it anew. */
export function rt_kill(rt: dst_entry | null): void {
  if (rt !== null) rt.genid = KILLED;
}

/** What goes through any path (RFC 791): a gateway's route with a locked MTU of no size takes this. */
const SAFE_MTU = 576;

/** The largest packet that may leave by this route: what the path has told, else what the route says, else what the device takes. A router does not believe the path. */
export function ip_dst_mtu_maybe_forward(cpu: Cpu, dst: dst_entry, forwarding: boolean): number {
  const believes = !forwarding || ip_mtu_locked(dst) || cpu.host.knobs.sysctl_ip_forward_use_pmtu! !== 0;
  if (dst.rt_pmtu !== 0 && believes && (dst.expires === 0 || jiffies(cpu) < dst.expires)) return Math.min(dst.rt_pmtu, IP_MAX_MTU);
  let mtu = dst_metric_raw(dst, RTAX_MTU);
  if (mtu === 0) {
    mtu = dst.dev.mtu;
    if (ip_mtu_locked(dst) && dst.rt_gw4 !== 0) mtu = Math.min(mtu, SAFE_MTU);
  }
  return Math.min(mtu, IP_MAX_MTU);
}

export function ipv4_mtu(cpu: Cpu, dst: dst_entry): number {
  return ip_dst_mtu_maybe_forward(cpu, dst, false);
}

/** Largest segment to announce for a route that does not say. */
export function ipv4_default_advmss(cpu: Cpu, dst: dst_entry): number {
  return Math.min(Math.max(ipv4_mtu(cpu, dst) - 40, cpu.host.knobs.sysctl_min_adv_mss!), 65495);
}

/** @helper Next hop of a packet to `daddr`. */
export function rt_nexthop(rt: dst_entry, daddr: number): number {
  return rt.rt_gw4 !== 0 ? rt.rt_gw4 : daddr;
}
