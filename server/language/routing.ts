/** Which address a host's name stands for, seen from another host; and whether an address can be reached at all. */
import { inSubnet, isIn6, isLoopback, isMulticast, isUnspecified, LIMITED_BROADCAST, LOOPBACK } from './addresses.ts';
import { IN6ADDR_LOOPBACK, type IpAddress } from './in6Addr.ts';
import type { HostModel, RouteModel, Topology } from './topology.ts';

export type Resolution =
  | { readonly kind: 'found'; readonly address: IpAddress }
  | { readonly kind: 'unknown host' | 'no address' | 'unreachable' }
  | { readonly kind: 'ambiguous'; readonly addresses: readonly IpAddress[] };

/**
 * The address of `name` for a sender: one in a subnet that both share comes first, then one to which a route leads.
 * Without a sender (`from` null) the host must have a single address. IPv4 comes before IPv6, unless `in6` asks for the latter.
 */
export function resolveHost(topology: Topology, from: HostModel | null, name: string, in6 = false): Resolution {
  if (name === 'localhost') return { kind: 'found', address: in6 ? IN6ADDR_LOOPBACK : LOOPBACK };
  const host = topology.hosts.get(name);
  if (!host) return { kind: 'unknown host' };
  const addresses = ofOneFamily(addressesOf(host), in6);
  if (addresses.length === 0) return { kind: 'no address' };
  if (!from) return oneOf(addresses);
  if (from.name === name) return { kind: 'found', address: addresses[0]! };
  const near = addresses.filter((each) => isConnected(from, each));
  if (near.length > 0) return oneOf(near);
  const routed = addresses.filter((each) => bestRoute(from, each));
  return routed.length > 0 ? oneOf(routed) : { kind: 'unreachable' };
}

function ofOneFamily(addresses: readonly IpAddress[], in6: boolean): readonly IpAddress[] {
  const ipv4 = addresses.filter((each) => !isIn6(each));
  return in6 || ipv4.length === 0 ? addresses.filter(isIn6) : ipv4;
}

function oneOf(addresses: readonly IpAddress[]): Resolution {
  return addresses.length === 1 ? { kind: 'found', address: addresses[0]! } : { kind: 'ambiguous', addresses };
}

function addressesOf(host: HostModel): IpAddress[] {
  return host.devices.flatMap((device) => device.addresses.map((each) => each.address));
}

/** Whether a subnet of the host holds the address. */
export function isConnected(host: HostModel, address: IpAddress): boolean {
  return host.devices.some((device) => device.addresses.some((each) => inSubnet(address, each.address, each.prefix)));
}

/** The route with the longest prefix that leads there, or null. */
export function bestRoute(host: HostModel, address: IpAddress): RouteModel | null {
  const fitting = host.routes.filter((each) => inSubnet(address, each.destination, each.prefix));
  return fitting.reduce<RouteModel | null>((best, each) => (best && best.prefix >= each.prefix ? best : each), null);
}

/** Whether the host can send to the address. */
export function canReach(host: HostModel, address: IpAddress): boolean {
  if (isUnspecified(address) || isLoopback(address) || isMulticast(address) || address === LIMITED_BROADCAST)
    return true;
  return isConnected(host, address) || bestRoute(host, address) !== null;
}
