/**
 * Addresses of devices (net/ipv6/addrconf.c). They are there from the start and are not tested for duplicates (as with `nodad`); nobody solicits routers, and no MLD
 * reports are sent: a NIC takes every multicast frame, and ipv6_chk_mcast_addr() knows what it is a member of.
 */
import type { Cpu } from '../../../machine/types.ts';
import type { Host } from '../../include/linux/host.ts';
import {
  IPV6_ADDR_LINKLOCAL, IPV6_ADDR_LOOPBACK, IPV6_ADDR_MULTICAST, __ipv6_addr_type, addrconf_addr_solict_mult, in6Words, in6addr_linklocal_allnodes,
  ipv6_addr_is_linklocal, linkLocalOf,
} from '../../include/linux/in6.ts';
import type { In6Addr } from '../../include/linux/in6.ts';
import { IFF_LOOPBACK } from '../../include/linux/netdevice.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import type { inet6_dev, inet6_ifaddr } from '../../include/net/if_inet6.ts';
import { RTN_LOCAL, RTN_MULTICAST, RTN_UNICAST } from '../../include/net/dst.ts';
import { netif_carrier_ok } from '../core/dev/state.ts';
import { neigh_carrier_down } from '../core/neighbour/ifdown.ts';
import { RT_TABLE_LOCAL, RT_TABLE_MAIN } from '../ipv4/fib_frontend.ts';
import { createFib6Info, fib6_add } from './ip6_fib.ts';

export const IFA_HOST = 0x0010;
export const IFA_LINK = 0x0020;

const LINKLOCAL_PREFIX = 'fe80::' as In6Addr;
const MULTICAST_PREFIX = 'ff00::' as In6Addr;
/** IP6_RT_PRIO_ADDRCONF: of routes that come with an address. */
const IP6_RT_PRIO_ADDRCONF = 256;

/** net.ipv6.conf.DEV.NAME: the device's own, else the default's; forwarding where either the device or all has it. @helper */
function confOf(host: Host, dev: string, name: string): number {
  const own = host.sysctl[`net.ipv6.conf.${dev}.${name}`] ?? host.sysctl[`net.ipv6.conf.default.${name}`];
  return (own?.[0] as number | undefined) ?? 0;
}

/** The device's part in IPv6, made with its first address; multicasts leave by it from now on. */
export function ipv6_add_dev(host: Host, dev: net_device): inet6_dev {
  if (dev.ip6_ptr !== null) return dev.ip6_ptr;
  const conf = (name: string): number => confOf(host, dev.name, name);
  const all = (host.sysctl['net.ipv6.conf.all.forwarding']?.[0] as number | undefined) ?? 0;
  const idev: inet6_dev = {
    addr_list: [],
    cnf: {
      forwarding: Math.max(all, conf('forwarding')), hop_limit: conf('hop_limit'), ndisc_tclass: conf('ndisc_tclass'),
      ndisc_evict_nocarrier: conf('ndisc_evict_nocarrier'), ignore_routes_with_linkdown: conf('ignore_routes_with_linkdown'),
    },
  };
  dev.ip6_ptr = idev;
  if ((dev.flags & IFF_LOOPBACK) === 0) addrconf_add_mroute(host, dev);
  return idev;
}

function addrconf_add_mroute(host: Host, dev: net_device): void {
  fib6_add(host, createFib6Info(RT_TABLE_LOCAL, MULTICAST_PREFIX, 8, RTN_MULTICAST, null, dev, IP6_RT_PRIO_ADDRCONF));
}

/** ip address add `addr`/`plen` dev `dev` nodad: the address and its subnet become routes. With its first one an Ethernet device also gets its link-local address. */
export function inet6_addr_add(host: Host, dev: net_device, addr: In6Addr, plen: number): void {
  const fresh = dev.ip6_ptr === null;
  ipv6_add_dev(host, dev);
  if (fresh && (dev.flags & IFF_LOOPBACK) === 0 && !ipv6_addr_is_linklocal(addr)) addrconf_add_linklocal(host, dev);
  ipv6_add_addr(host, dev, addr, plen);
}

function addrconf_add_linklocal(host: Host, dev: net_device): void {
  ipv6_add_addr(host, dev, linkLocalOf(dev.dev_addr), 64);
}

/** Into the device's list, wider scopes first (ipv6_link_dev_addr). */
export function ipv6_add_addr(host: Host, dev: net_device, addr: In6Addr, prefix_len: number): inet6_ifaddr {
  const scope = scopeOf(addr);
  const ifa: inet6_ifaddr = { addr, prefix_len, scope };
  const list = dev.ip6_ptr!.addr_list;
  let at = 0;
  while (at < list.length && list[at]!.scope <= scope) at++;
  list.splice(at, 0, ifa);
  fib6_add(host, createFib6Info(RT_TABLE_LOCAL, addr, 128, RTN_LOCAL, null, dev, 0));
  if (prefix_len < 128) addrconf_prefix_route(host, dev, scope === IFA_LINK ? LINKLOCAL_PREFIX : addr, prefix_len);
  return ifa;
}

function addrconf_prefix_route(host: Host, dev: net_device, pfx: In6Addr, plen: number): void {
  fib6_add(host, createFib6Info(RT_TABLE_MAIN, pfx, plen, RTN_UNICAST, null, dev, IP6_RT_PRIO_ADDRCONF));
}

/** Of an address, as IFA_*. @helper */
function scopeOf(addr: In6Addr): number {
  return __ipv6_addr_type(addr) & (IPV6_ADDR_LOOPBACK | IPV6_ADDR_LINKLOCAL);
}

/** Whether the address is this host's; with `dev` only on that device, where it is of one link or `strict`. */
export function ipv6_chk_addr(cpu: Cpu, addr: In6Addr, dev: net_device | null, strict: boolean): boolean {
  return ipv6_chk_addr_and_flags(cpu, addr, dev, strict);
}

export function ipv6_chk_addr_and_flags(cpu: Cpu, addr: In6Addr, dev: net_device | null, strict: boolean): boolean {
  for (const each of cpu.host.devices) {
    for (const ifa of each.ip6_ptr?.addr_list ?? []) {
      if (ifa.addr === addr && (dev === null || each === dev || (!strict && (ifa.scope & (IFA_LINK | IFA_HOST)) === 0))) return true;
    }
  }
  return false;
}

/** The address of this device; null when it has none like that. */
export function ipv6_get_ifaddr(_cpu: Cpu, addr: In6Addr, dev: net_device): inet6_ifaddr | null {
  for (const ifa of dev.ip6_ptr?.addr_list ?? []) if (ifa.addr === addr) return ifa;
  return null;
}

/** The device's link-local address; null without one. */
export function ipv6_get_lladdr(_cpu: Cpu, dev: net_device): In6Addr | null {
  for (const ifa of dev.ip6_ptr?.addr_list ?? []) if (ifa.scope === IFA_LINK) return ifa.addr;
  return null;
}

/** Whether the device is a member of the group: all nodes, and those of its own addresses' neighbours (net/ipv6/mcast.c). */
export function ipv6_chk_mcast_addr(_cpu: Cpu, dev: net_device, group: In6Addr): boolean {
  const idev = dev.ip6_ptr;
  if (idev === null) return false;
  return group === in6addr_linklocal_allnodes || idev.addr_list.some((ifa) => addrconf_addr_solict_mult(ifa.addr) === group);
}

/** How many bits two addresses share from the left. @helper */
function ipv6_addr_diff(a: In6Addr, b: In6Addr): number {
  const first = in6Words(a);
  const second = in6Words(b);
  for (let i = 0; i < 8; i++) {
    const differ = first[i]! ^ second[i]!;
    if (differ !== 0) return i * 16 + Math.clz32(differ) - 16;
  }
  return 128;
}

/** RFC 6724 5, as far as static addresses of one kind tell apart: the destination itself, a fitting scope, the device's own, the longest common prefix. @helper */
interface saddr_score { ifa: inet6_ifaddr; scope: number; own: boolean; matchlen: number }

/** Whether candidate `a` is better than `b`. */
function ipv6_get_saddr_eval(a: saddr_score, b: saddr_score, daddr: In6Addr, dst_scope: number): boolean {
  if ((a.ifa.addr === daddr) !== (b.ifa.addr === daddr)) return a.ifa.addr === daddr;
  if (a.scope !== b.scope) return a.scope < b.scope ? a.scope >= dst_scope : b.scope < dst_scope;
  if (a.own !== b.own) return a.own;
  return a.matchlen > b.matchlen;
}

/** IPV6_ADDR_SCOPE_*: the larger the wider. @helper */
function scopeRank(addr: In6Addr): number {
  const type = __ipv6_addr_type(addr);
  if ((type & IPV6_ADDR_LINKLOCAL) !== 0) return 2;
  if ((type & IPV6_ADDR_LOOPBACK) !== 0) return 1;
  return (type & IPV6_ADDR_MULTICAST) !== 0 ? in6Words(addr)[0]! & 15 : 14;
}

/** The best of one device's addresses, or `best` when that is better. */
function __ipv6_dev_get_saddr(dev: net_device, daddr: In6Addr, dst_dev: net_device | null, best: saddr_score | null): saddr_score | null {
  let found = best;
  const dst_scope = scopeRank(daddr);
  for (const ifa of dev.ip6_ptr?.addr_list ?? []) {
    const score: saddr_score = {
      ifa, scope: scopeRank(ifa.addr), own: dst_dev === null || dst_dev === dev, matchlen: Math.min(ifa.prefix_len, ipv6_addr_diff(ifa.addr, daddr)),
    };
    if (found === null || ipv6_get_saddr_eval(score, found, daddr, dst_scope)) found = score;
  }
  return found;
}

/** The address to speak to `daddr` from; null when no device has a fitting one. To an address of one link only that device's come into question. */
export function ipv6_dev_get_saddr(cpu: Cpu, dst_dev: net_device | null, daddr: In6Addr): In6Addr | null {
  const type = __ipv6_addr_type(daddr);
  const oneLink = (type & (IPV6_ADDR_LINKLOCAL | IPV6_ADDR_MULTICAST)) !== 0 && dst_dev !== null;
  let best: saddr_score | null = dst_dev === null ? null : __ipv6_dev_get_saddr(dst_dev, daddr, dst_dev, null);
  if (!oneLink) for (const dev of cpu.host.devices) if (dev !== dst_dev) best = __ipv6_dev_get_saddr(dev, daddr, dst_dev, best);
  return best === null ? null : best.ifa.addr;
}

/** NETDEV_CHANGE: with the carrier the neighbours go, unless net.ipv6.conf.DEV.ndisc_evict_nocarrier is 0 (net/ipv6/ndisc.c ndisc_netdev_event). */
export function ndisc_netdev_event(cpu: Cpu, dev: net_device): void {
  if (dev.ip6_ptr !== null && dev.ip6_ptr.cnf.ndisc_evict_nocarrier !== 0 && !netif_carrier_ok(dev)) neigh_carrier_down(cpu, cpu.host.nd_tbl, dev);
}
