/** Lines of `traffic` to their specs. */

import type { FrameSpec, TrafficSpec } from '../scenario.ts';
import type { Topology } from '../topology.ts';
import { arrivalOf, destinationOf, sourceOf } from '../trafficPlaces.ts';
import { type Entry, valueIn } from '../tree.ts';
import { numberIn, spanOf } from './slots.ts';

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

function compileFrame(entry: Entry, topology: Topology): FrameSpec | null {
  const bytes = valueIn(entry, 'bytes', 'bytes');
  if (bytes) return { kind: 'bytes', bytes: bytes.bytes };
  const source = sourceOf(entry, topology);
  const destination = destinationOf(entry, topology);
  if (source?.kind !== 'found' || destination?.kind !== 'found') return null;
  return {
    kind: 'udp',
    source: source.address,
    destination: destination.address,
    sourcePort: numberIn(entry, 'sourcePort') ?? 0,
    destinationPort: numberIn(entry, 'destinationPort') ?? 0,
    payload: numberIn(entry, 'payload') ?? 0,
  };
}
