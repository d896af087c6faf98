/** Where the frames of a `traffic` line come from, where they go and which NIC they arrive at. */
import type { IpAddress } from './in6Addr.ts';
import { inSubnet } from './addresses.ts';
import { type Resolution, resolveHost } from './routing.ts';
import { type AddressModel, findDevice, type HostModel, type Topology } from './topology.ts';
import { type Entry, valueIn } from './tree.ts';

/** The address that the frames claim to come from; null when the line has none. */
export function sourceOf(line: Entry, topology: Topology): Resolution | null {
  return placeAddress(line, 'source', topology, () => true);
}

/** The address that they go to. Of a host with several it is the one in the subnet of the source. */
export function destinationOf(line: Entry, topology: Topology): Resolution | null {
  const source = sourceOf(line, topology);
  const near = (each: AddressModel): boolean =>
    source?.kind === 'found' && inSubnet(source.address, each.address, each.prefix);
  return placeAddress(line, 'destination', topology, near);
}

function placeAddress(
  line: Entry,
  slot: string,
  topology: Topology,
  prefers: (address: AddressModel) => boolean,
): Resolution | null {
  const literal = valueIn(line, slot, 'address');
  if (literal) return { kind: 'found', address: literal.address };
  const [host, device] = valueIn(line, slot, 'reference')?.path ?? [];
  if (!host) return null;
  if (device) return addressOfDevice(topology, host.text, device.text);
  const all = topology.hosts.get(host.text)?.devices.flatMap((each) => [...each.addresses]) ?? [];
  const preferred = all.filter(prefers);
  return preferred.length === 1
    ? { kind: 'found', address: preferred[0]!.address }
    : resolveHost(topology, null, host.text);
}

function addressOfDevice(topology: Topology, host: string, device: string): Resolution {
  const address = findDevice(topology, host, device)?.addresses[0]?.address;
  return address === undefined ? { kind: 'no address' } : { kind: 'found', address };
}

/** The NIC that receives: `enters wire at`, else the one that has the destination address; null when neither says. */
export function arrivalOf(line: Entry, topology: Topology): { host: string; nic: string } | null {
  const found = destinationOf(line, topology);
  const destination = found?.kind === 'found' ? found.address : null;
  const place = valueIn(line, 'at', 'reference') ?? valueIn(line, 'destination', 'reference');
  if (place) return arrivalOn(topology.hosts.get(place.path[0]!.text), place.path[1]?.text, destination);
  const owner = [...topology.hosts.values()].find((each) => holderOf(each, destination));
  return owner ? arrivalOn(owner, undefined, destination) : null;
}

function holderOf(host: HostModel, address: IpAddress | null): string | null {
  return host.devices.find((device) => device.addresses.some((each) => each.address === address))?.name.text ?? null;
}

function arrivalOn(
  host: HostModel | undefined,
  device: string | undefined,
  destination: IpAddress | null,
): { host: string; nic: string } | null {
  if (!host) return null;
  const nic = device ?? holderOf(host, destination) ?? host.devices.find((each) => each.kind === 'nic')?.name.text;
  return nic === undefined ? null : { host: host.name, nic };
}
