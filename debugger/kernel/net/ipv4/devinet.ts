/** Addresses of devices (net/ipv4/devinet.c). */
import type { Cpu } from '../../../machine/types.ts';
import type { Host } from '../../include/linux/host.ts';
import type { in_device, in_ifaddr } from '../../include/linux/inetdevice.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import { fib_add_ifaddr } from './fib_frontend.ts';
import { prefixToMask } from './fib_trie.ts';

/** The part in the Internet family of a device named `dev`: no address yet, knobs of net.ipv4.conf.all and its own, the larger of both; a router believes redirects, and a device forgets its neighbours with its carrier, only if both say so. */
export function inetdev_init(host: Host, dev: string): in_device {
  const own = (name: string): number => sysctlOf(host, dev, name) ?? sysctlOf(host, 'default', name) ?? 0;
  const all = (name: string): number => sysctlOf(host, 'all', name) ?? 0;
  const conf = (name: string): number => Math.max(all(name), own(name));
  const forwarding = Math.max(conf('forwarding'), host.knobs.sysctl_ip_forward ?? 0);
  return {
    ifa_list: [],
    cnf: {
      forwarding, send_redirects: conf('send_redirects'), secure_redirects: conf('secure_redirects'), shared_media: conf('shared_media'),
      accept_redirects: forwarding !== 0 ? Math.min(all('accept_redirects'), own('accept_redirects')) : conf('accept_redirects'), rp_filter: conf('rp_filter'),
      accept_local: conf('accept_local'), arp_ignore: conf('arp_ignore'), arp_announce: conf('arp_announce'),
      arp_filter: conf('arp_filter'), arp_accept: conf('arp_accept'), proxy_arp: conf('proxy_arp'),
      arp_evict_nocarrier: Math.min(all('arp_evict_nocarrier'), own('arp_evict_nocarrier')),
      ignore_routes_with_linkdown: conf('ignore_routes_with_linkdown'),
    },
  };
}

/** net.ipv4.conf.DEV.NAME, if it is set. @helper */
function sysctlOf(host: Host, dev: string, name: string): number | undefined {
  return host.sysctl[`net.ipv4.conf.${dev}.${name}`]?.[0] as number | undefined;
}

/** ip address add `address`/`prefixlen` dev `dev`: with its broadcast address and its routes. */
export function inet_add_ifaddr(host: Host, dev: net_device, address: number, prefixlen: number): in_ifaddr {
  const mask = prefixToMask(prefixlen);
  const ifa: in_ifaddr = {
    ifa_local: address, ifa_prefixlen: prefixlen, ifa_mask: mask, ifa_broadcast: prefixlen < 31 ? (address | ~mask) >>> 0 : 0,
  };
  dev.ip_ptr.ifa_list.push(ifa);
  fib_add_ifaddr(host, dev, ifa);
  return ifa;
}

/** Whether one network of the device holds `a`, and `b` too if that is not 0. */
export function inet_addr_onlink(_cpu: Cpu, in_dev: in_device, a: number, b: number): boolean {
  return in_dev.ifa_list.some(({ ifa_local, ifa_mask }) => ((a ^ ifa_local) & ifa_mask) === 0 && (b === 0 || ((b ^ ifa_local) & ifa_mask) === 0));
}

/** This host's address `addr`, whatever device has it; null when it is none of ours. */
export function inet_lookup_ifaddr_rcu(cpu: Cpu, addr: number): in_ifaddr | null {
  for (const dev of cpu.host.devices) {
    for (const ifa of dev.ip_ptr.ifa_list) if (ifa.ifa_local === addr) return ifa;
  }
  return null;
}

/** The device that has address `addr`. 127.0.0.0/8 is lo's whole. */
export function __ip_dev_find(cpu: Cpu, addr: number): net_device | null {
  for (const dev of cpu.host.devices) {
    for (const ifa of dev.ip_ptr.ifa_list) if (ifa.ifa_local === addr) return dev;
  }
  return addr >>> 24 === 127 ? cpu.host.devices[0]! : null;
}

/** An address of the device to speak to `dst` from; of another device when it has none. */
export function inet_select_addr(cpu: Cpu, dev: net_device, dst: number, _scope: number): number {
  let first = 0;
  for (const ifa of dev.ip_ptr.ifa_list) {
    if (dst === 0 || ((dst ^ ifa.ifa_local) & ifa.ifa_mask) === 0) return ifa.ifa_local;
    if (first === 0) first = ifa.ifa_local;
  }
  if (first !== 0) return first;
  for (const other of cpu.host.devices) {
    if (other !== cpu.host.devices[0] && other.ip_ptr.ifa_list.length > 0) return other.ip_ptr.ifa_list[0]!.ifa_local;
  }
  return 0;
}

/** @helper */
export function dev_get_by_index_rcu(cpu: Cpu, ifindex: number): net_device | null {
  return cpu.host.devices[ifindex - 1] ?? null;
}
