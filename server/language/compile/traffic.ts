/** Lines of `traffic` to their specs. */

import { resolveHost } from '../routing.ts';
import type { FrameSpec, TrafficSpec } from '../scenario.ts';
import { findDevice, type HostModel, type Topology } from '../topology.ts';
import { type Entry, valueIn } from '../tree.ts';
import { numberIn, referencePath, spanOf } from './slots.ts';

/** Ethernet header, IPv4 header, UDP header. */
const UDP_HEADERS = 14 + 20 + 8;
const MIN_FRAME = 60;
/** FCS, preamble with delimiter, inter-frame gap: what each frame costs on the wire beside its bytes. */
const WIRE_OVERHEAD = 4 + 8 + 12;

/** Null when the place where the frames arrive is not known; a diagnostic says so. */
export function compileTraffic(entry: Entry, topology: Topology): TrafficSpec | null {
  const to = arrivalOf(entry, topology);
  const frame = compileFrame(entry, topology);
  if (!to || !frame) return null;
  return {
    from: numberIn(entry, 'from') ?? 0,
    every: numberIn(entry, 'every') ?? pacedBy(numberIn(entry, 'rate'), frame),
    count: numberIn(entry, 'count') ?? 1,
    to,
    frame,
    span: spanOf(entry),
  };
}

/** ns from frame to frame that keep a rate, 0 without one: the frames then follow back to back. */
function pacedBy(rate: number | null, frame: FrameSpec): number {
  if (rate === null) return 0;
  const bytes = frame.kind === 'udp' ? frame.payload + UDP_HEADERS : frame.bytes.length;
  return Math.ceil(((Math.max(bytes, MIN_FRAME) + WIRE_OVERHEAD) * 8 * 1e9) / rate);
}

/** The NIC that receives: `enters wire at`, else the one that has the destination address. */
export function arrivalOf(entry: Entry, topology: Topology): { host: string; nic: string } | null {
  const [host, nic] =
    referencePath(entry, 'at').length > 0 ? referencePath(entry, 'at') : referencePath(entry, 'destination');
  if (host !== undefined) return deviceOn(topology.hosts.get(host), nic, destinationOf(entry, topology));
  const destination = destinationOf(entry, topology);
  const owner = [...topology.hosts.values()]
    .flatMap((each) => each.devices)
    .find((device) => device.addresses.some((each) => each.address === destination));
  return owner ? { host: owner.host, nic: owner.name.text } : null;
}

function deviceOn(
  host: HostModel | undefined,
  nic: string | undefined,
  destination: number | null,
): { host: string; nic: string } | null {
  const named = nic === undefined ? null : host?.devices.find((each) => each.name.text === nic);
  const holder = host?.devices.find((device) => device.addresses.some((each) => each.address === destination));
  const device = nic === undefined ? (holder ?? host?.devices.find((each) => each.kind === 'nic')) : named;
  return host && device ? { host: host.name, nic: device.name.text } : null;
}

function compileFrame(entry: Entry, topology: Topology): FrameSpec | null {
  const bytes = valueIn(entry, 'bytes', 'bytes');
  if (bytes) return { kind: 'bytes', bytes: bytes.bytes };
  const source = addressIn(entry, 'source', topology);
  const destination = destinationOf(entry, topology);
  if (source === null || destination === null) return null;
  return {
    kind: 'udp',
    source,
    destination,
    sourcePort: numberIn(entry, 'sourcePort') ?? 0,
    destinationPort: numberIn(entry, 'destinationPort') ?? 0,
    payload: numberIn(entry, 'payload') ?? 0,
  };
}

function destinationOf(entry: Entry, topology: Topology): number | null {
  return addressIn(entry, 'destination', topology);
}

/** The address in a slot: literal, of `HOST.DEVICE`, or of a host that has one only. */
export function addressIn(entry: Entry, slot: string, topology: Topology): number | null {
  const literal = valueIn(entry, slot, 'address');
  if (literal) return literal.address;
  const [host, device] = referencePath(entry, slot);
  if (host === undefined) return null;
  if (device !== undefined) return findDevice(topology, host, device)?.addresses[0]?.address ?? null;
  const found = resolveHost(topology, null, host);
  return found.kind === 'found' ? found.address : null;
}
