/** Where a received packet goes (net/ipv4/route.c). Each answers why the packet is refused, or null. */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { ETH_P_IP } from '../../../include/linux/if_ether.ts';
import { ipv4_is_lbcast, ipv4_is_loopback, ipv4_is_multicast, ipv4_is_zeronet } from '../../../include/linux/ip.ts';
import { IFF_LOOPBACK } from '../../../include/linux/netdevice.ts';
import type { net_device } from '../../../include/linux/netdevice.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { RTCF_BROADCAST, RTCF_LOCAL, RTN_BROADCAST, RTN_LOCAL, RTN_UNICAST, RTN_UNREACHABLE } from '../../../include/net/dst.ts';
import type { fib_entry } from '../../../include/net/dst.ts';
import { dropCause } from '../../../include/net/dropreason.ts';
import type { drop_cause } from '../../../include/net/dropreason.ts';
import { EHOSTUNREACH, ENETUNREACH } from '../../../include/uapi/asm-generic/errno.ts';
import { inet_addr_onlink } from '../devinet.ts';
import { fib_validate_source } from '../fib_frontend.ts';
import { fib_lookup } from '../fib_trie.ts';
import { IPCB_set_flag, IPSKB_DOREDIRECT } from '../ipcb.ts';
import { find_exception, rt_cache_valid, rt_dst_alloc, rt_set_nexthop } from './cache.ts';

/** Sets skb.dst: to this host, through it, or to an error. */
export function ip_route_input_noref(cpu: Cpu, skb: sk_buff, daddr: number, saddr: number, dev: net_device): drop_cause | null {
  spend(cpu, cpu.costs.ip_route_input);
  if (ipv4_is_multicast(daddr)) {
    return dropCause('NOT_SPECIFIED', '!ip_check_mc_rcu(in_dev, daddr, saddr, protocol)', { daddr });
  }
  return ip_route_input_slow(cpu, skb, daddr, saddr, dev);
}

/** Addresses that cannot be real, then the table, then the way back. */
export function ip_route_input_slow(cpu: Cpu, skb: sk_buff, daddr: number, saddr: number, dev: net_device): drop_cause | null {
  if (ipv4_is_multicast(saddr) || ipv4_is_lbcast(saddr)) {
    return dropCause('IP_INVALID_SOURCE', 'ipv4_is_multicast(saddr) || ipv4_is_lbcast(saddr)', { saddr, daddr });
  }
  if (ipv4_is_lbcast(daddr) || (saddr === 0 && daddr === 0)) return broadcastInput(cpu, skb, daddr, saddr, dev, null);
  if (ipv4_is_zeronet(saddr)) return dropCause('IP_INVALID_SOURCE', 'ipv4_is_zeronet(saddr)', { saddr, daddr });
  if (ipv4_is_zeronet(daddr)) return dropCause('IP_INVALID_DEST', 'ipv4_is_zeronet(daddr)', { saddr, daddr });
  if ((dev.flags & IFF_LOOPBACK) === 0 && (ipv4_is_loopback(daddr) || ipv4_is_loopback(saddr))) {
    return dropCause('IP_LOCALNET', 'ipv4_is_loopback(daddr) && !IN_DEV_NET_ROUTE_LOCALNET(in_dev, net)', { saddr, daddr, route_localnet: 0 });
  }
  const res = fib_lookup(cpu, daddr, 0);
  const forwarding = dev.ip_ptr.cnf.forwarding !== 0;
  if (res === null || res.type === RTN_UNREACHABLE) {
    return noRoute(cpu, skb, res === null && forwarding ? ENETUNREACH : EHOSTUNREACH);
  }
  if (res.type === RTN_BROADCAST) return broadcastInput(cpu, skb, daddr, saddr, dev, res);
  if (res.type === RTN_LOCAL) {
    return fib_validate_source(cpu, saddr, daddr, 0, dev) ?? localInput(cpu, skb, res, RTCF_LOCAL, RTN_LOCAL);
  }
  if (!forwarding) return noRoute(cpu, skb, EHOSTUNREACH);
  if (res.type !== RTN_UNICAST) return dropCause('IP_INVALID_DEST', 'res->type != RTN_UNICAST', { saddr, daddr, 'res->type': res.type });
  return ip_mkroute_input(cpu, skb, res, dev, daddr, saddr);
}

/** @helper brd_input */
function broadcastInput(cpu: Cpu, skb: sk_buff, _daddr: number, saddr: number, dev: net_device, res: fib_entry | null): drop_cause | null {
  if (skb.protocol !== ETH_P_IP) return dropCause('NOT_SPECIFIED', 'skb->protocol != htons(ETH_P_IP)', { 'skb->protocol': skb.protocol });
  if (!ipv4_is_zeronet(saddr)) {
    const cause = fib_validate_source(cpu, saddr, 0, 0, dev);
    if (cause !== null) return cause;
  }
  return localInput(cpu, skb, res, RTCF_LOCAL | RTCF_BROADCAST, RTN_BROADCAST);
}

/** @helper local_input: a route to this host, kept in its FIB entry. */
function localInput(cpu: Cpu, skb: sk_buff, res: fib_entry | null, flags: number, type: number): null {
  if (res !== null && rt_cache_valid(cpu, res.rth_input)) {
    skb.dst = res.rth_input;
    return null;
  }
  const rth = rt_dst_alloc(cpu, cpu.host.devices[0]!, flags, type);
  rth.rt_is_input = true;
  rth.output = 'dst_discard_out';
  rth.fib = res;
  if (res !== null) res.rth_input = rth;
  skb.dst = rth;
  return null;
}

/** @helper no_route: a route whose input tells the sender. */
function noRoute(cpu: Cpu, skb: sk_buff, error: number): null {
  const rth = rt_dst_alloc(cpu, cpu.host.devices[0]!, 0, RTN_UNREACHABLE);
  rth.rt_is_input = true;
  rth.input = 'ip_error';
  rth.output = 'dst_discard_out';
  rth.error = error;
  skb.dst = rth;
  return null;
}

export function ip_mkroute_input(cpu: Cpu, skb: sk_buff, res: fib_entry, in_dev: net_device, daddr: number, saddr: number): drop_cause | null {
  return __mkroute_input(cpu, skb, res, in_dev, daddr, saddr);
}

/** Whether a sender on this link could reach the next hop by itself. @helper */
function redirects(cpu: Cpu, res: fib_entry, saddr: number): boolean {
  const { ip_ptr } = res.dev;
  if (ip_ptr.cnf.send_redirects === 0 || fib_lookup(cpu, saddr, 0)?.gw !== 0) return false;
  return ip_ptr.cnf.shared_media !== 0 || inet_addr_onlink(cpu, ip_ptr, saddr, res.gw);
}

/** A route through this host; the sender is told (redirect) when it leads out where the packet came in. */
export function __mkroute_input(cpu: Cpu, skb: sk_buff, res: fib_entry, in_dev: net_device, daddr: number, saddr: number): drop_cause | null {
  const out_dev = res.dev;
  const cause = fib_validate_source(cpu, saddr, daddr, out_dev.ifindex, in_dev);
  if (cause !== null) return cause;
  if (out_dev === in_dev && skb.protocol === ETH_P_IP && redirects(cpu, res, saddr)) IPCB_set_flag(skb, IPSKB_DOREDIRECT);
  const fnhe = find_exception(cpu, res, daddr);
  const cached = fnhe === null ? res.rth_input : fnhe.fnhe_rth_input;
  if (rt_cache_valid(cpu, cached)) {
    skb.dst = cached;
    return null;
  }
  const rth = rt_dst_alloc(cpu, out_dev, 0, RTN_UNICAST);
  rth.rt_is_input = true;
  rth.input = 'ip_forward';
  rt_set_nexthop(cpu, rth, res, fnhe);
  if (fnhe === null) res.rth_input = rth;
  else fnhe.fnhe_rth_input = rth;
  skb.dst = rth;
  return null;
}

/** The packet before in the same list went to the same destination: its route will do, after a look at the source. */
export function ip_route_use_hint(cpu: Cpu, skb: sk_buff, daddr: number, saddr: number, dev: net_device, hint: sk_buff): drop_cause | null {
  const rt = hint.dst!;
  if (ipv4_is_multicast(saddr) || ipv4_is_lbcast(saddr) || ipv4_is_zeronet(saddr)) {
    return dropCause('IP_INVALID_SOURCE', 'ipv4_is_multicast(saddr) || ipv4_is_lbcast(saddr) || ipv4_is_zeronet(saddr)', { saddr, daddr });
  }
  if (ipv4_is_loopback(saddr) && (dev.flags & IFF_LOOPBACK) === 0) {
    return dropCause('IP_LOCALNET', 'ipv4_is_loopback(saddr) && !IN_DEV_NET_ROUTE_LOCALNET(in_dev, net)', { saddr, daddr });
  }
  if (rt.rt_type === RTN_LOCAL) {
    const cause = fib_validate_source(cpu, saddr, daddr, 0, dev);
    if (cause !== null) return cause;
  }
  skb.dst = rt;
  return null;
}
