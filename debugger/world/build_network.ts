/** Addresses, routes, neighbours and packet filters: what `ip` and `nft` would have set before the first packet. */
import type { HostSpec, RouteMetricSpec, Scenario } from '../../server/language/scenario.ts';
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
      for (const { address, prefix } of end.addresses) inet_add_ifaddr(host, deviceOf(host, end.name), address, prefix);
    }
  }
  for (const [i, spec] of scenario.hosts.entries()) configure(world.hosts[i]!, spec);
}

function deviceOf(host: Host, name: string): net_device {
  return host.devices.find((each) => each.name === name)!;
}

function addAddresses(host: Host, spec: HostSpec): void {
  inet_add_ifaddr(host, host.devices[0]!, LOOPBACK, 8);
  for (const nic of [...spec.nics, ...spec.bridges]) for (const { address, prefix } of nic.addresses) inet_add_ifaddr(host, deviceOf(host, nic.name), address, prefix);
}

function configure(host: Host, spec: HostSpec): void {
  for (const route of spec.routes) {
    const dev = route.dev === null ? deviceTowards(host, route.via!) : deviceOf(host, route.dev);
    if (dev !== null) fib_add_route(host, route.destination, route.prefix, route.via ?? 0, dev, route.metrics.map(rtaxOf));
  }
  for (const each of spec.neighbours) neigh_add_permanent(host, deviceOf(host, each.dev), each.address, each.mac);
  buildNetfilter(host, spec.netfilter);
}

/** As ip(8) hands it to the kernel: times in ms, upwards, and locked; features as bits. */
function rtaxOf({ name, value, lock }: RouteMetricSpec): rtax {
  const type = RTAX_NAMES[name]!;
  if (type === RTAX_RTO_MIN) return { type, value: Math.ceil(Number(value) / 1_000_000), lock: true };
  return { type, value: type === RTAX_FEATURES ? RTAX_FEATURE_ECN : Number(value), lock };
}
