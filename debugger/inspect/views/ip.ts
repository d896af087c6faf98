/** `ip neigh`, `ip route`, `ip addr`, `ip -s link` (iproute2). */
import { masterOf } from './bridge.ts';
import type { inet6_ifaddr } from '../../kernel/include/net/if_inet6.ts';
import type { fib6_info } from '../../kernel/include/net/ip6_fib.ts';
import type { Host } from '../../kernel/include/linux/host.ts';
import type { veth_priv } from '../../kernel/drivers/net/veth.ts';
import type { in_ifaddr } from '../../kernel/include/linux/inetdevice.ts';
import {
  IF_OPER_DOWN,
  IFF_BROADCAST,
  IFF_LOOPBACK,
  IFF_LOWER_UP,
  IFF_NOARP,
  IFF_UP,
} from '../../kernel/include/linux/netdevice.ts';
import { RTNH_F_LINKDOWN } from '../../kernel/include/net/dst.ts';
import { RTAX_FEATURES, RTAX_LOCK, RTAX_NAMES, RTAX_RTO_MIN } from '../../kernel/include/linux/rtnetlink.ts';
import type { net_device } from '../../kernel/include/linux/netdevice.ts';
import type { fib_entry } from '../../kernel/include/net/dst.ts';
import { ip, ipv4, mac, prefix, prefix6 } from '../format/address.ts';
import { deviceCounter } from '../deviceCounters.ts';
import { hasCarrier, shownFlags } from '../deviceState.ts';
import { bitNames } from '../summary.ts';

/** A family by ip's option: -4, -6; undefined: both. */
export type Family = '4' | '6' | undefined;

export function ipNeigh(host: Host, family: Family): string {
  const tables = [...(family === '6' ? [] : host.arp_tbl.entries), ...(family === '4' ? [] : host.nd_tbl.entries)];
  return tables
    .filter((n) => typeof n.primary_key === 'number' || !n.primary_key.startsWith('ff'))
    .filter((n) => !n.dead && n.dev.netdev_ops !== 'loopback')
    .map((n) => {
      const known = (n.nud_state & 0xde) !== 0;
      return `${ip(n.primary_key)} dev ${n.dev.name}${known ? ` lladdr ${mac(n.ha)}` : ''} ${bitNames(n.nud_state, 'nud', 'NONE')}`;
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
  return `${TYPES[route.type] ?? ''}${prefix(route.dst, route.prefixlen)}${via} dev ${route.dev.name}${kernel}${scope}${source}${metrics(route.fib_metrics)}${(route.nh_flags & RTNH_F_LINKDOWN) === 0 ? '' : ' linkdown'}`;
}

/** `ip -6 route`. */
export function ip6Route(host: Host, table = 254): string {
  return host.fib6
    .filter((route) => route.table === table)
    .map(route6Line)
    .join('\n');
}

const TYPES6: Readonly<Record<number, string>> = { ...TYPES, 5: 'multicast ' };

function route6Line(route: fib6_info): string {
  const { fib_nh_gw6, fib_nh_dev, nh_flags } = route.fib6_nh;
  const via = fib_nh_gw6 === null ? '' : ` via ${fib_nh_gw6}`;
  const kernel = route.fib6_metric === 1024 ? '' : ' proto kernel';
  const down = (nh_flags & RTNH_F_LINKDOWN) === 0 ? '' : ' linkdown';
  return `${TYPES6[route.fib6_type] ?? ''}${prefix6(route.fib6_dst, route.plen)}${via} dev ${fib_nh_dev.name}${kernel} metric ${route.fib6_metric}${metrics(route.fib6_metrics)}${down} pref medium`;
}

/** As print_rta_metrics (ip/iproute.c): by number, times in ms or s. */
function metrics(fib_metrics: readonly number[] | null): string {
  if (fib_metrics === null) return '';
  return Object.entries(RTAX_NAMES)
    .sort(([, a], [, b]) => a - b)
    .map(([name, type]) => metric(name, type, fib_metrics))
    .join('');
}

function metric(name: string, type: number, values: readonly number[]): string {
  const value = values[type - 1]!;
  const locked = (values[RTAX_LOCK - 1]! & (1 << type)) !== 0;
  if (value === 0 && !locked) return '';
  const text = type === RTAX_FEATURES ? 'ecn' : type === RTAX_RTO_MIN ? milliseconds(value) : value;
  return ` ${name}${locked ? ' lock' : ''} ${text}`;
}

const milliseconds = (ms: number): string => (ms >= 1000 ? `${ms / 1000}s` : `${ms}ms`);

/** Flags in the order of print_link_flags (ip/ipaddress.c); an Ethernet device does multicast. */
function flagNames(dev: net_device): string {
  const flags = shownFlags(dev);
  const up = (flags & IFF_UP) !== 0;
  const names = [
    up && (flags & IFF_LOWER_UP) === 0 ? 'NO-CARRIER' : '',
    (flags & IFF_LOOPBACK) !== 0 ? 'LOOPBACK' : '',
    (flags & IFF_BROADCAST) !== 0 ? 'BROADCAST,MULTICAST' : '',
    (flags & (IFF_NOARP | IFF_LOOPBACK)) === IFF_NOARP ? 'NOARP' : '',
    up ? 'UP' : '',
    (flags & IFF_LOWER_UP) !== 0 ? 'LOWER_UP' : '',
  ];
  return names.filter((name) => name !== '').join(',');
}

/** `veth0@if3`, or `veth0@veth1` when the other end is on the same host. */
function nameWithPeer(dev: net_device): string {
  if (dev.netdev_ops !== 'veth') return dev.name;
  const { peer } = dev.priv as veth_priv;
  if (peer === null) return dev.name;
  return `${dev.name}@${peer.host === dev.host ? peer.name : `if${peer.ifindex}`}`;
}

/** RFC 2863, as /sys/class/net/DEV/operstate has it. */
function operstateName(dev: net_device): string {
  if (dev.netdev_ops === 'loopback') return 'unknown';
  return dev.operstate === IF_OPER_DOWN ? 'down' : 'up';
}

/** `cat /sys/class/net/DEV/FILE`; undefined for a file that is not shown. */
export function sysClassNet(dev: net_device, file: string): string | undefined {
  if (file === 'carrier') return hasCarrier(dev) ? '1' : '0';
  if (file === 'carrier_changes') return `${dev.carrier_up_count + dev.carrier_down_count}`;
  if (file === 'carrier_up_count') return `${dev.carrier_up_count}`;
  if (file === 'carrier_down_count') return `${dev.carrier_down_count}`;
  return file === 'operstate' ? operstateName(dev) : undefined;
}

function linkHead(dev: net_device, mode: string): string {
  const loopback = dev.netdev_ops === 'loopback';
  const state = loopback ? 'UNKNOWN' : operstateName(dev).toUpperCase();
  const master = masterOf(dev);
  const first = `${dev.ifindex}: ${nameWithPeer(dev)}: <${flagNames(dev)}> mtu ${dev.mtu} qdisc ${dev.qdisc?.ops ?? 'noqueue'}${master === null ? '' : ` master ${master.name}`} state ${state} ${mode}group default qlen ${dev.tx_queue_len}`;
  const broadcast = loopback ? mac(dev.dev_addr) : mac(dev.broadcast);
  return `${first}\n    link/${loopback ? 'loopback' : 'ether'} ${mac(dev.dev_addr)} brd ${broadcast}`;
}

/** `scope` is 254 for the loopback's own address. */
function addressLines(dev: net_device, ifa: in_ifaddr): string[] {
  const scope = ifa.ifa_local >>> 24 === 127 ? 'host' : 'global';
  return [
    `    inet ${ipv4(ifa.ifa_local)}/${ifa.ifa_prefixlen} scope ${scope} ${dev.name}`,
    '       valid_lft forever preferred_lft forever',
  ];
}

const SCOPES6: Readonly<Record<number, string>> = { 16: 'host', 32: 'link' };

function address6Lines({ addr, prefix_len, scope }: inet6_ifaddr): string[] {
  return [
    `    inet6 ${addr}/${prefix_len} scope ${SCOPES6[scope] ?? 'global'} nodad `,
    '       valid_lft forever preferred_lft forever',
  ].map((line) => line.trimEnd());
}

export function ipAddr(host: Host, family: Family, name?: string): string {
  return chosen(host, name, (dev) => [
    linkHead(dev, ''),
    ...(family === '6' ? [] : dev.ip_ptr.ifa_list.flatMap((ifa) => addressLines(dev, ifa))),
    ...(family === '4' ? [] : (dev.ip6_ptr?.addr_list ?? []).flatMap(address6Lines)),
  ]);
}

/** With `statistics` as `ip -s link`. */
export function ipLink(host: Host, statistics: boolean, name?: string): string {
  return chosen(host, name, (dev) => [linkHead(dev, 'mode DEFAULT '), ...(statistics ? linkStatistics(dev) : [])]);
}

function chosen(host: Host, name: string | undefined, lines: (dev: net_device) => string[]): string {
  const devices = host.devices.filter((dev) => name === undefined || dev.name === name);
  if (devices.length === 0) return `Device "${name}" does not exist.`;
  return devices.flatMap(lines).join('\n');
}

/** Least widths of the columns (ip/ipaddress.c __print_link_stats). */
const WIDTHS = [10, 7, 6, 7, 7, 7];

function linkStatistics(dev: net_device): string[] {
  const count = (name: string): number => deviceCounter(dev, name) ?? 0;
  const rx = ['rx_bytes', 'rx_packets', 'rx_errors', 'rx_dropped', 'rx_missed_errors', 'multicast'].map(count);
  const tx = ['tx_bytes', 'tx_packets', 'tx_errors', 'tx_dropped', 'tx_carrier_errors', 'collisions'].map(count);
  const widths = WIDTHS.map((least, i) => Math.max(least, String(rx[i]).length, String(tx[i]).length));
  const head = (side: string, names: string[]): string =>
    `    ${side}: ${names.map((name, i) => name.padStart(i === 0 ? widths[0]! - 4 : widths[i]!)).join(' ')}`;
  const row = (values: number[]): string =>
    `    ${values.map((value, i) => String(value).padStart(widths[i]!)).join(' ')}`;
  return [
    head('RX', ['bytes', 'packets', 'errors', 'dropped', 'missed', 'mcast']),
    row(rx),
    head('TX', ['bytes', 'packets', 'errors', 'dropped', 'carrier', 'collsns']),
    row(tx),
  ];
}
