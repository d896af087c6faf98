/** Addresses, routes, neighbours and packet filters: what `ip` and `nft` would have set before the first packet. */
import { IN6ADDR_LOOPBACK } from '../../server/language/in6Addr.ts';
import type { In6Addr, IpAddress } from '../../server/language/in6Addr.ts';
import { inet6_addr_add } from '../kernel/net/ipv6/addrconf.ts';
import { ip6DeviceTowards, ip6_route_add } from '../kernel/net/ipv6/route/add.ts';
import type { HostSpec, RouteMetricSpec, RouteSpec, Scenario } from '../../server/language/scenario.ts';
import type { Host, World } from '../machine/types.ts';
import type { net_device } from '../kernel/include/linux/netdevice.ts';
import { RTAX_FEATURES, RTAX_FEATURE_ECN, RTAX_NAMES, RTAX_RTO_MIN } from '../kernel/include/linux/rtnetlink.ts';
import { buildNetfilter } from './build_netfilter.ts';
import { neigh_add_permanent } from '../kernel/net/core/neighbour/table.ts';
import { inet_add_ifaddr } from '../kernel/net/ipv4/devinet.ts';
import { deviceTowards, fib_add_route } from '../kernel/net/ipv4/fib_frontend.ts';
import type { rtax } from '../kernel/net/ipv4/metrics.ts';

const LOOPBACK = 0x7f000001;

export function buildNetwork(world: World, scenario: Scenario): void {
  for (const [i, spec] of scenario.hosts.entries()) addAddresses(world.hosts[i]!, spec);
  for (const veth of scenario.veths) {
    for (const end of veth.ends) {
      const host = world.hosts.find((each) => each.name === end.host)!;
      for (const { address, prefix } of end.addresses) addAddress(host, deviceOf(host, end.name), address, prefix);
    }
  }
  for (const [i, spec] of scenario.hosts.entries()) configure(world.hosts[i]!, spec);
}

function deviceOf(host: Host, name: string): net_device {
  return host.devices.find((each) => each.name === name)!;
}

function addAddresses(host: Host, spec: HostSpec): void {
  inet_add_ifaddr(host, host.devices[0]!, LOOPBACK, 8);
  inet6_addr_add(host, host.devices[0]!, IN6ADDR_LOOPBACK, 128);
  for (const nic of [...spec.nics, ...spec.bridges]) for (const { address, prefix } of nic.addresses) addAddress(host, deviceOf(host, nic.name), address, prefix);
}

function addAddress(host: Host, dev: net_device, address: IpAddress, prefix: number): void {
  if (typeof address === 'string') inet6_addr_add(host, dev, address, prefix);
  else inet_add_ifaddr(host, dev, address, prefix);
}

function configure(host: Host, spec: HostSpec): void {
  for (const route of spec.routes) addRoute(host, route);
  for (const each of spec.neighbours) neigh_add_permanent(host, deviceOf(host, each.dev), each.address, each.mac);
  buildNetfilter(host, spec.netfilter);
}

function addRoute(host: Host, { destination, prefix, via, dev, metrics }: RouteSpec): void {
  const device = dev === null ? deviceTowardsAny(host, via!) : deviceOf(host, dev);
  if (device === null) return;
  const said = metrics.map(rtaxOf);
  if (typeof destination === 'number') fib_add_route(host, destination, prefix, (via as number | null) ?? 0, device, said);
  else ip6_route_add(host, destination, prefix, via as In6Addr | null, device, said);
}

function deviceTowardsAny(host: Host, via: IpAddress): net_device | null {
  return typeof via === 'string' ? ip6DeviceTowards(host, via) : deviceTowards(host, via);
}

/** As ip(8) hands it to the kernel: times in ms, upwards, and locked; features as bits. */
function rtaxOf({ name, value, lock }: RouteMetricSpec): rtax {
  const type = RTAX_NAMES[name]!;
  if (type === RTAX_RTO_MIN) return { type, value: Math.ceil(Number(value) / 1_000_000), lock: true };
  return { type, value: type === RTAX_FEATURES ? RTAX_FEATURE_ECN : Number(value), lock };
}
