/** `ip neigh`, `ip route`, `ip addr`, `ip -s link` (iproute2). */
import type { Host } from '../../kernel/include/linux/host.ts';
import type { net_device } from '../../kernel/include/linux/netdevice.ts';
import type { fib_entry } from '../../kernel/include/net/dst.ts';
import { ipv4, mac, prefix } from '../format/address.ts';
import { deviceCounter } from '../deviceCounters.ts';
import { bitNames } from '../summary.ts';

export function ipNeigh(host: Host): string {
  return host.arp_tbl.entries
    .filter((n) => !n.dead && n.dev.netdev_ops !== 'loopback')
    .map((n) => {
      const known = (n.nud_state & 0xde) !== 0;
      return `${ipv4(n.primary_key)} dev ${n.dev.name}${known ? ` lladdr ${mac(n.ha)}` : ''} ${bitNames(n.nud_state, 'nud', 'NONE')}`;
    })
    .join('\n');
}

/** The main table; `ip route show table local` is the other. */
export function ipRoute(host: Host, table = 254): string {
  return host.fib
    .filter((route) => route.table === table)
    .map(routeLine)
    .join('\n');
}

const TYPES: Readonly<Record<number, string>> = { 2: 'local ', 3: 'broadcast ', 7: 'unreachable ' };

function routeLine(route: fib_entry): string {
  const via = route.gw === 0 ? '' : ` via ${ipv4(route.gw)}`;
  const kernel = route.gw === 0 ? ' proto kernel' : '';
  const scope = route.scope === 253 ? ' scope link' : route.scope === 254 ? ' scope host' : '';
  const source = route.prefsrc === 0 ? '' : ` src ${ipv4(route.prefsrc)}`;
  return `${TYPES[route.type] ?? ''}${prefix(route.dst, route.prefixlen)}${via} dev ${route.dev.name}${kernel}${scope}${source}`;
}

function linkHead(dev: net_device): string {
  const flags = bitNames(dev.flags, 'iff', '').replaceAll('|', ',');
  return `${dev.ifindex}: ${dev.name}: <${flags}> mtu ${dev.mtu} qdisc ${dev.qdisc?.ops ?? 'noqueue'}\n    link/${dev.netdev_ops === 'loopback' ? 'loopback' : 'ether'} ${mac(dev.dev_addr)} brd ${mac(dev.broadcast)}`;
}

export function ipAddr(host: Host): string {
  return host.devices
    .map((dev) =>
      [
        linkHead(dev),
        ...dev.ip_ptr.ifa_list.map((ifa) => `    inet ${ipv4(ifa.ifa_local)}/${ifa.ifa_prefixlen} ${dev.name}`),
      ].join('\n'),
    )
    .join('\n');
}

export function ipLink(host: Host): string {
  return host.devices
    .map((dev) => {
      const line = (side: string, names: string[]): string =>
        `    ${side}  ${names.map((name) => `${name} ${deviceCounter(dev, `${side.toLowerCase()}_${name}`) ?? 0}`).join('  ')}`;
      return [
        linkHead(dev),
        line('RX', ['bytes', 'packets', 'errors', 'dropped', 'missed_errors']),
        line('TX', ['bytes', 'packets', 'errors', 'dropped']),
      ].join('\n');
    })
    .join('\n');
}
