/** Hosts, devices and links as the text declares them, by name: what checks, host names and the compiler look things up in. */
import { perBlock } from './blocks.ts';
import type { Range } from './expression.ts';
import { IN6ADDR_ANY, type IpAddress } from './in6Addr.ts';
import { isIn6, longestPrefix } from './addresses.ts';
import { type Document, declaredName, type Entry, entriesOf, type NameNode, valueIn } from './tree.ts';

export interface AddressModel {
  readonly address: IpAddress;
  readonly prefix: number;
  readonly range: Range;
}

export interface DeviceModel {
  readonly host: string;
  readonly name: NameNode;
  readonly kind: 'nic' | 'veth' | 'bridge';
  /** The link or the veth pair that it is an end of. */
  readonly link: NameNode | null;
  readonly addresses: readonly AddressModel[];
  readonly entry: Entry;
}

export interface RouteModel {
  readonly destination: IpAddress;
  readonly prefix: number;
  readonly via: AddressModel | null;
  readonly dev: NameNode | null;
}

export interface HostModel {
  readonly name: string;
  readonly entry: Entry;
  readonly cpus: number;
  readonly devices: readonly DeviceModel[];
  readonly routes: readonly RouteModel[];
}

export interface Topology {
  readonly hosts: ReadonlyMap<string, HostModel>;
  readonly links: ReadonlyMap<string, Entry>;
}

/** Of equal names the first declaration counts. */
export function buildTopology(document: Document): Topology {
  const hosts = new Map<string, HostModel>();
  const links = new Map<string, Entry>();
  for (const entry of document.entries) {
    const name = declaredName(entry)?.text;
    if (name === undefined) continue;
    if (entry.schema.keyword === 'host' && !hosts.has(name)) hosts.set(name, hostModel(entry));
    if (entry.schema.keyword === 'link' && !links.has(name)) links.set(name, entry);
  }
  for (const entry of document.entries) if (entry.schema.keyword === 'veth') addVethEnds(entry, hosts);
  return { hosts, links };
}

const hostModel = perBlock((entry): HostModel => {
  const name = declaredName(entry)?.text ?? '';
  const cpus = entriesOf(entry, 'cpus')[0];
  const literal = cpus && valueIn(cpus, 'value', 'quantity')?.literal;
  return {
    name,
    entry,
    cpus: literal?.kind === 'number' ? literal.value : 1,
    devices: [
      ...entriesOf(entry, 'nic').flatMap((nic) => nicModel(name, nic)),
      ...entriesOf(entry, 'bridge').flatMap((bridge) => bridgeModel(name, bridge)),
    ],
    routes: entriesOf(entry, 'route').flatMap(routeModel),
  };
});

function nicModel(host: string, entry: Entry): DeviceModel[] {
  const name = declaredName(entry);
  if (!name) return [];
  const link = entriesOf(entry, 'link')[0];
  return [
    {
      host,
      name,
      kind: 'nic',
      link: (link && valueIn(link, 'link', 'reference')?.path[0]) ?? null,
      addresses: addressesOf(entry),
      entry,
    },
  ];
}

function bridgeModel(host: string, entry: Entry): DeviceModel[] {
  const name = declaredName(entry);
  return name ? [{ host, name, kind: 'bridge', link: null, addresses: addressesOf(entry), entry }] : [];
}

function addressesOf(entry: Entry): AddressModel[] {
  return entriesOf(entry, 'address').flatMap((each) => {
    const network = valueIn(each, 'network', 'network');
    return network ? [{ address: network.address, prefix: network.prefix, range: network.range }] : [];
  });
}

/** `default` is of its gateway's family. */
export function destinationOf(
  network: { address: IpAddress; prefix: number },
  via: { address: IpAddress } | null,
): IpAddress {
  const everything = network.address === 0 && network.prefix === 0;
  return everything && via !== null && isIn6(via.address) ? IN6ADDR_ANY : network.address;
}

function routeModel(entry: Entry): RouteModel[] {
  const network = valueIn(entry, 'destination', 'network');
  if (!network) return [];
  const via = valueIn(entry, 'via', 'address');
  return [
    {
      destination: destinationOf(network, via),
      prefix: network.prefix,
      via: via ? { address: via.address, prefix: longestPrefix(via.address), range: via.range } : null,
      dev: valueIn(entry, 'dev', 'reference')?.path.at(-1) ?? null,
    },
  ];
}

/** A host's model belongs to its block: one with ends of a veth pair is a copy. */
function addVethEnds(entry: Entry, hosts: Map<string, HostModel>): void {
  for (const end of entriesOf(entry, 'end')) {
    const declaration = valueIn(end, 'name', 'declaration');
    const host = declaration?.host && hosts.get(declaration.host.text);
    if (!declaration || !host) continue;
    const device: DeviceModel = {
      host: host.name,
      name: declaration.name,
      kind: 'veth',
      link: declaredName(entry),
      addresses: addressesOf(end),
      entry: end,
    };
    hosts.set(host.name, { ...host, devices: [...host.devices, device] });
  }
}

export function findDevice(topology: Topology, host: string, device: string): DeviceModel | null {
  return topology.hosts.get(host)?.devices.find((each) => each.name.text === device) ?? null;
}
