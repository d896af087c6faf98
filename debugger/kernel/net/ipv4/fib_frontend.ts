/** Questions to the routing table, and the routes that an address brings with it (net/ipv4/fib_frontend.c). */
import type { Cpu } from '../../../machine/types.ts';
import type { Host } from '../../include/linux/host.ts';
import { iph_daddr, iph_saddr, ipv4_is_lbcast, ipv4_is_multicast, ipv4_is_zeronet } from '../../include/linux/ip.ts';
import type { in_ifaddr } from '../../include/linux/inetdevice.ts';
import { IFF_LOOPBACK, IFF_LOWER_UP, IFF_RUNNING } from '../../include/linux/netdevice.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { RTCF_BROADCAST, RTCF_LOCAL, RTCF_MULTICAST, RTN_BROADCAST, RTN_LOCAL, RTN_MULTICAST, RTN_UNICAST, RTNH_F_LINKDOWN } from '../../include/net/dst.ts';
import { dropCause } from '../../include/net/dropreason.ts';
import type { drop_cause } from '../../include/net/dropreason.ts';
import { netif_get_flags } from '../core/dev/state.ts';
import { fib_sync_down_dev, fib_sync_up } from './fib_semantics.ts';
import { rt_cache_flush } from './route/cache.ts';
import { inet_lookup_ifaddr_rcu, inet_select_addr } from './devinet.ts';
import { ip_fib_metrics_init } from './metrics.ts';
import type { rtax } from './metrics.ts';
import { createFibEntry, fib_lookup, fib_table_insert, fib_table_lookup } from './fib_trie.ts';

export const RT_SCOPE_UNIVERSE = 0;
export const RT_SCOPE_LINK = 253;
export const RT_SCOPE_HOST = 254;
export const RT_TABLE_LOCAL = 255;
export const RT_TABLE_MAIN = 254;

/** What an address is to this host; with `dev` only what it is on that device. */
export function __inet_dev_addr_type(cpu: Cpu, dev: net_device | null, addr: number): number {
  if (ipv4_is_zeronet(addr) || ipv4_is_lbcast(addr)) return RTN_BROADCAST;
  if (ipv4_is_multicast(addr)) return RTN_MULTICAST;
  const res = fib_table_lookup(cpu, addr, 0);
  if (res === null || res.table !== RT_TABLE_LOCAL) return RTN_UNICAST;
  return dev === null || dev === res.dev ? res.type : RTN_UNICAST;
}

export function inet_addr_type(cpu: Cpu, addr: number): number {
  return __inet_dev_addr_type(cpu, null, addr);
}

export function inet_addr_type_dev_table(cpu: Cpu, _dev: net_device, addr: number): number {
  return __inet_dev_addr_type(cpu, null, addr);
}

/** The address to answer from: the one that was addressed; of a packet to many, the one to speak to its sender from. */
export function fib_compute_spec_dst(cpu: Cpu, skb: sk_buff): number {
  const flags = skb.dst!.rt_flags;
  if ((flags & (RTCF_BROADCAST | RTCF_MULTICAST | RTCF_LOCAL)) >>> 0 === RTCF_LOCAL) return iph_daddr(skb);
  const saddr = iph_saddr(skb);
  const res = ipv4_is_zeronet(saddr) ? null : fib_lookup(cpu, saddr, 0);
  if (res === null) return inet_select_addr(cpu, skb.dev!, saddr, RT_SCOPE_LINK);
  return res.prefsrc !== 0 ? res.prefsrc : inet_select_addr(cpu, res.dev, res.gw, RT_SCOPE_LINK);
}

/**
 * Whether a packet from `src` may come in by `dev` (rp_filter), for destination `oif` 0: this host. The cause when it may not.
 * An address of this host never comes in from outside.
 */
export function fib_validate_source(cpu: Cpu, src: number, dst: number, oif: number, dev: net_device): drop_cause | null {
  const cnf = dev.ip_ptr.cnf;
  if (cnf.rp_filter === 0 && (dev.ifindex !== oif || cnf.send_redirects === 0)) {
    if (cnf.accept_local !== 0) return null;
    const ifa = inet_lookup_ifaddr_rcu(cpu, src);
    if (ifa === null) return null;
    return dropCause('IP_LOCAL_SOURCE', 'inet_lookup_ifaddr_rcu(net, src)', { src, dst, accept_local: 0 });
  }
  return __fib_validate_source(cpu, src, dst, dev, cnf.rp_filter);
}

/** The way back must lead out by the same device (rp_filter 1), or at least somewhere (2). */
export function __fib_validate_source(cpu: Cpu, src: number, dst: number, dev: net_device, rpf: number): drop_cause | null {
  const res = fib_lookup(cpu, src, 0);
  if (res === null) {
    return rpf === 0 ? null : dropCause('IP_RPFILTER', 'fib_lookup(net, &fl4, &res, 0) != 0 && rpf', { src, dst, rpf });
  }
  if (res.type !== RTN_UNICAST && (res.type !== RTN_LOCAL || dev.ip_ptr.cnf.accept_local === 0)) {
    return dropCause('IP_INVALID_SOURCE', 'res.type != RTN_UNICAST', { src, dst, 'res.type': res.type });
  }
  if (res.dev === dev || rpf !== 1) return null;
  return dropCause('IP_RPFILTER', '!dev_match && rpf == 1', { src, dst, 'res.dev': res.dev.ifindex, dev: dev.ifindex, rpf });
}

/** An address was added: the address itself, its broadcasts and its network become routes. */
export function fib_add_ifaddr(host: Host, dev: net_device, ifa: in_ifaddr): void {
  const addr = ifa.ifa_local;
  const network = (addr & ifa.ifa_mask) >>> 0;
  addLocal(host, addr, 32, RTN_LOCAL, dev, RT_SCOPE_HOST, addr);
  if (ifa.ifa_prefixlen < 32 && ifa.ifa_broadcast !== 0) {
    addLocal(host, ifa.ifa_broadcast, 32, RTN_BROADCAST, dev, RT_SCOPE_LINK, addr);
  }
  if (ipv4_is_zeronet(network)) return;
  if ((dev.flags & IFF_LOOPBACK) !== 0) {
    addLocal(host, network, ifa.ifa_prefixlen, RTN_LOCAL, dev, RT_SCOPE_HOST, addr);
    if (ifa.ifa_prefixlen < 31) addLocal(host, (network | ~ifa.ifa_mask) >>> 0, 32, RTN_BROADCAST, dev, RT_SCOPE_LINK, addr);
    return;
  }
  if (ifa.ifa_prefixlen < 32) {
    fib_table_insert(host, createFibEntry(RT_TABLE_MAIN, network, ifa.ifa_prefixlen, RTN_UNICAST, 0, dev, RT_SCOPE_LINK, addr));
  }
}

/** @helper A route of the local table. */
function addLocal(host: Host, dst: number, prefixlen: number, type: number, dev: net_device, scope: number, prefsrc: number): void {
  fib_table_insert(host, createFibEntry(RT_TABLE_LOCAL, dst, prefixlen, type, 0, dev, scope, prefsrc));
}

/** @helper ip route add `dst`/`prefixlen` [via `gw`] dev `dev` with what the route says of the way. */
export function fib_add_route(host: Host, dst: number, prefixlen: number, gw: number, dev: net_device, metrics: readonly rtax[]): void {
  const scope = gw === 0 ? RT_SCOPE_LINK : RT_SCOPE_UNIVERSE;
  const entry = createFibEntry(RT_TABLE_MAIN, dst, prefixlen, RTN_UNICAST, gw, dev, scope, 0);
  entry.fib_metrics = ip_fib_metrics_init(metrics);
  fib_table_insert(host, entry);
}

/** NETDEV_CHANGE: routes over the device lose or regain their next hop, and everybody asks for theirs anew. */
export function fib_netdev_event(cpu: Cpu, dev: net_device): void {
  if ((netif_get_flags(dev) & (IFF_RUNNING | IFF_LOWER_UP)) !== 0) fib_sync_up(cpu, dev, RTNH_F_LINKDOWN);
  else fib_sync_down_dev(cpu, dev);
  rt_cache_flush(cpu);
}

/** @helper The device whose network holds `gw`, for routes that name only a gateway; null when none does. */
export function deviceTowards(host: Host, gw: number): net_device | null {
  for (const entry of host.fib) {
    if (entry.table === RT_TABLE_MAIN && entry.scope === RT_SCOPE_LINK && (gw & entry.mask) >>> 0 === entry.dst) return entry.dev;
  }
  return null;
}
