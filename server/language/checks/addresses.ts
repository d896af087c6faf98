/** Addresses and MACs of devices, gateways and neighbours. */
import {
  broadcastOf,
  type In6Addr,
  type IpAddress,
  inSubnet,
  isIn6,
  isLinkLocal,
  isLoopback,
  isMappedAddress,
  isMulticast,
  isUnspecified,
  networkOf,
  printAddress,
  printMac,
} from '../addresses.ts';
import type { Range } from '../expression.ts';
import { isConnected } from '../routing.ts';
import { type AddressModel, destinationOf as routeDestination, type HostModel } from '../topology.ts';
import { type Entry, entriesOf, valueIn } from '../tree.ts';
import type { Reporter } from './reporter.ts';

export function checkAddresses(reporter: Reporter): void {
  const addresses = new Map<IpAddress, Range>();
  const macs = new Map<string, Range>();
  for (const host of reporter.topology.hosts.values()) {
    for (const device of host.devices) {
      for (const each of device.addresses) checkAddress(reporter, each, addresses);
      checkMac(reporter, device.entry, macs);
    }
    checkRoutes(reporter, host);
    for (const entry of entriesOf(host.entry, 'neighbour')) checkNeighbour(reporter, entry, host);
  }
}

function checkAddress(reporter: Reporter, { address, prefix, range }: AddressModel, seen: Map<IpAddress, Range>): void {
  const { report } = reporter;
  const shown = printAddress(address);
  const first = seen.get(address);
  const fault = faultOf(address, prefix);
  if (fault) report('NP1304', range, `${shown} ${fault}`);
  else if (first)
    report('NP1303', range, `${shown} belongs to another device already.`, {
      related: [{ range: first, message: 'first given here' }],
    });
  else seen.set(address, range);
}

/** Why the address cannot be a device's, as the end of a sentence; null when it can. */
function faultOf(address: IpAddress, prefix: number): string | null {
  if (isLoopback(address)) return 'is a loopback address: `lo` has it already.';
  if (isMulticast(address)) return 'is a multicast address.';
  if (isIn6(address)) return in6Fault(address);
  if (address >>> 24 === 0) return 'is no address of a device.';
  if (prefix > 30) return null;
  const network = `${printAddress(networkOf(address, prefix))}/${prefix}`;
  if (address === networkOf(address, prefix)) return `names the network ${network} itself.`;
  return address === broadcastOf(address, prefix) ? `is the broadcast address of ${network}.` : null;
}

/** The same of an IPv6 address: there is no broadcast, and a router may be the network's own address (RFC 4291 2.6.1). */
function in6Fault(address: In6Addr): string | null {
  if (isUnspecified(address)) return 'is no address of a device.';
  return isMappedAddress(address) ? 'is an IPv4 address for sockets of IPv6: write the IPv4 address.' : null;
}

function checkMac({ report }: Reporter, device: Entry, seen: Map<string, Range>): void {
  const entry = entriesOf(device, 'mac')[0];
  const value = entry && valueIn(entry, 'mac', 'mac');
  if (!value) return;
  const shown = printMac(value.mac);
  const first = seen.get(shown);
  if (((value.mac[0] ?? 0) & 1) === 1)
    report('NP1305', value.range, `${shown} is a multicast address: the lowest bit of its first byte is set.`);
  else if (first)
    report('NP1305', value.range, `${shown} belongs to another device already.`, {
      related: [{ range: first, message: 'first given here' }],
    });
  else seen.set(shown, value.range);
}

function checkRoutes({ report }: Reporter, host: HostModel): void {
  for (const entry of entriesOf(host.entry, 'route')) {
    const destination = valueIn(entry, 'destination', 'network');
    const via = valueIn(entry, 'via', 'address');
    const dev = valueIn(entry, 'dev', 'reference');
    if (!destination) continue;
    if (!via && !dev)
      report('NP1105', entry.keyword, 'The route needs `via` with a gateway, `dev` with a device, or both.');
    if (via && isIn6(via.address) !== isIn6(routeDestination(destination, via)))
      report(
        'NP1302',
        via.range,
        `${printAddress(via.address)} is no gateway for ${printAddress(destination.address)}: one is an IPv4 address, the other an IPv6 address.`,
      );
    else if (via && host.devices.length > 0 && !isConnected(host, via.address) && !(isLinkLocal(via.address) && dev)) {
      report('NP1302', via.range, `The gateway ${printAddress(via.address)} is in no subnet of ${host.name}.`);
    }
    if (destination.address !== networkOf(destination.address, destination.prefix)) {
      report(
        'NP1009',
        destination.range,
        `${printAddress(destination.address)}/${destination.prefix} has bits set behind its prefix: ${printAddress(networkOf(destination.address, destination.prefix))}/${destination.prefix} is meant.`,
      );
    }
  }
}

function checkNeighbour({ report }: Reporter, entry: Entry, host: HostModel): void {
  const value = valueIn(entry, 'address', 'address');
  const dev = valueIn(entry, 'dev', 'reference')?.path.at(-1)?.text;
  const device = host.devices.find((each) => each.name.text === dev);
  if (!value || !device || device.addresses.length === 0) return;
  if (isLinkLocal(value.address) && device.addresses.some((each) => isIn6(each.address))) return;
  if (device.addresses.some((each) => inSubnet(value.address, each.address, each.prefix))) return;
  report('NP1302', value.range, `${printAddress(value.address)} is in no subnet of ${host.name}.${dev}.`);
}
