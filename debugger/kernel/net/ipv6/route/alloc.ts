/** Routes as packets carry them (net/ipv6/route.c): made from an entry of the table, kept there for the next packet. */
import type { Cpu } from '../../../../machine/types.ts';
import { IPV6_ADDR_MULTICAST, __ipv6_addr_type, in6addr_any } from '../../../include/linux/in6.ts';
import type { In6Addr } from '../../../include/linux/in6.ts';
import type { net_device } from '../../../include/linux/netdevice.ts';
import { RTN_LOCAL, RTN_UNICAST, RTN_UNREACHABLE } from '../../../include/net/dst.ts';
import type { dst_entry } from '../../../include/net/dst.ts';
import { RTF_CACHE, RTF_LOCAL, RTF_REJECT } from '../../../include/net/ip6_fib.ts';
import type { fib6_info, rt6_exception, rt6_info } from '../../../include/net/ip6_fib.ts';
import { EHOSTUNREACH, ENETUNREACH } from '../../../include/uapi/asm-generic/errno.ts';
import { jiffies } from '../../../kernel/time/jiffies.ts';

/** A route out by `dev`, to nowhere yet. */
export function ip6_dst_alloc(cpu: Cpu, dev: net_device): dst_entry {
  return dst_alloc(cpu, dev, rt6_info_init());
}

function rt6_info_init(): rt6_info {
  return { rt6i_dst: in6addr_any, plen: 0, rt6i_gateway: null, rt6i_flags: 0, from: null };
}

/** The dst_entry around it (net/core/dst.c). */
function dst_alloc(cpu: Cpu, dev: net_device, rt6: rt6_info): dst_entry {
  return {
    dev, input: 'dst_discard', output: 'dst_discard_out', rt_type: RTN_UNICAST, rt_flags: 0, rt_gw4: 0, rt_is_input: false, rt_iif: 0, rt_pmtu: 0, rt_mtu_locked: false,
    _metrics: null, expires: 0, fib: null, genid: cpu.host.fib6_genid, error: 0, __refcnt: 1, rt6,
  };
}

/** To this host goes by lo, whatever device has the address. */
function ip6_rt_get_dev_rcu(cpu: Cpu, f6i: fib6_info): net_device {
  return (f6i.fib6_flags & RTF_LOCAL) !== 0 ? cpu.host.devices[0]! : f6i.fib6_nh.fib_nh_dev;
}

/** What packets by this route go through. */
function ip6_rt_init_dst(rt: dst_entry, f6i: fib6_info): void {
  rt.rt_type = f6i.fib6_type;
  if ((f6i.fib6_flags & RTF_REJECT) !== 0) {
    ip6_rt_init_dst_reject(rt);
    return;
  }
  rt.output = 'ip6_output';
  if (f6i.fib6_type === RTN_LOCAL) rt.input = 'ip6_input';
  else rt.input = (__ipv6_addr_type(f6i.fib6_dst) & IPV6_ADDR_MULTICAST) !== 0 ? 'ip6_mc_input' : 'ip6_forward';
}

function ip6_rt_init_dst_reject(rt: dst_entry): void {
  rt.error = -EHOSTUNREACH;
  rt.input = 'ip6_pkt_discard';
  rt.output = 'ip6_pkt_discard_out';
}

/** The entry's answer in the form that packets carry. */
export function ip6_rt_copy_init(rt: dst_entry, f6i: fib6_info): void {
  const rt6 = rt.rt6!;
  ip6_rt_init_dst(rt, f6i);
  rt6.rt6i_dst = f6i.fib6_dst;
  rt6.plen = f6i.plen;
  rt6.rt6i_gateway = f6i.fib6_nh.fib_nh_gw6;
  rt6.rt6i_flags = f6i.fib6_flags;
  rt6.from = f6i;
  rt._metrics = f6i.fib6_metrics;
}

/** The entry's route; the last one that was made while it is good. */
export function rt6_get_pcpu_route(cpu: Cpu, f6i: fib6_info): dst_entry | null {
  const pcpu_rt = f6i.rt6i_pcpu;
  return pcpu_rt !== null && pcpu_rt.genid === cpu.host.fib6_genid ? pcpu_rt : null;
}

export function rt6_make_pcpu_route(cpu: Cpu, f6i: fib6_info): dst_entry {
  const rt = ip6_rt_pcpu_alloc(cpu, f6i);
  f6i.rt6i_pcpu = rt;
  return rt;
}

function ip6_rt_pcpu_alloc(cpu: Cpu, f6i: fib6_info): dst_entry {
  const rt = ip6_dst_alloc(cpu, ip6_rt_get_dev_rcu(cpu, f6i));
  ip6_rt_copy_init(rt, f6i);
  return rt;
}

/** A route of its own for a destination with a smaller path MTU; null while nothing is known of the destination. */
export function rt6_find_cached_rt(cpu: Cpu, f6i: fib6_info, daddr: In6Addr): dst_entry | null {
  return f6i.exceptions.length === 0 ? null : __rt6_find_exception_rcu(cpu, f6i, daddr);
}

function __rt6_find_exception_rcu(cpu: Cpu, f6i: fib6_info, daddr: In6Addr): dst_entry | null {
  const found = f6i.exceptions.find((each) => each.daddr === daddr);
  if (found === undefined || jiffies(cpu) >= found.expires) return null;
  if (found.rt6i === null || found.rt6i.genid !== cpu.host.fib6_genid) found.rt6i = ip6_rt_cache_alloc(cpu, f6i, found);
  return found.rt6i;
}

/** A copy for one destination. */
function ip6_rt_cache_alloc(cpu: Cpu, f6i: fib6_info, { daddr, mtu, expires }: rt6_exception): dst_entry {
  const rt = ip6_rt_pcpu_alloc(cpu, f6i);
  const rt6 = rt.rt6!;
  rt6.rt6i_flags = (rt6.rt6i_flags | RTF_CACHE) >>> 0;
  rt6.rt6i_dst = daddr;
  rt6.plen = 128;
  rt.rt_pmtu = mtu;
  rt.expires = expires;
  return rt;
}

/** net->ipv6.ip6_null_entry: where no route leads. */
export function ip6_null_entry(cpu: Cpu): dst_entry {
  const rt = ip6_dst_alloc(cpu, cpu.host.devices[0]!);
  rt.rt_type = RTN_UNREACHABLE;
  rt.error = -ENETUNREACH;
  rt.input = 'ip6_pkt_discard';
  rt.output = 'ip6_pkt_discard_out';
  return rt;
}

/** A route to a neighbour on the link, for the kernel's own messages to it; kept by nobody. */
export function icmp6_dst_alloc(cpu: Cpu, dev: net_device, daddr: In6Addr): dst_entry {
  const rt = ip6_dst_alloc(cpu, dev);
  rt.input = 'ip6_input';
  rt.output = 'ip6_output';
  if (rt.rt_type !== RTN_LOCAL) rt.rt_type = RTN_UNICAST;
  rt.rt6!.rt6i_gateway = daddr;
  rt.rt6!.rt6i_dst = daddr;
  rt.rt6!.plen = 128;
  return rt;
}
