/** Lines of `traffic` to their specs. */

import { type IpAddress, isIn6 } from '../addresses.ts';
import type { FrameEnds, FrameSpec, TrafficSpec } from '../scenario.ts';
import { TCP_FLAGS } from '../schema/traffic.ts';
import type { Topology } from '../topology.ts';
import { arrivalOf, destinationOf, sourceOf } from '../trafficPlaces.ts';
import { type Entry, valueIn } from '../tree.ts';
import { numberIn, spanOf } from './slots.ts';

/** UDP or TCP header, those of Ethernet and of IP. */
const HEADERS = { udp: 8, tcp: 20 };
const ETHERNET = 14;
const ipHeader = (address: IpAddress): number => (isIn6(address) ? 40 : 20);
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
  const bytes =
    frame.kind === 'bytes'
      ? frame.bytes.length
      : ETHERNET + ipHeader(frame.ends.source) + HEADERS[frame.kind] + frame.payload;
  return Math.ceil(((Math.max(bytes, MIN_FRAME) + WIRE_OVERHEAD) * 8 * 1e9) / rate);
}

function compileFrame(entry: Entry, topology: Topology): FrameSpec | null {
  const bytes = valueIn(entry, 'bytes', 'bytes');
  if (bytes) return { kind: 'bytes', bytes: bytes.bytes };
  const source = sourceOf(entry, topology);
  const destination = destinationOf(entry, topology);
  if (source?.kind !== 'found' || destination?.kind !== 'found') return null;
  const ends: FrameEnds = {
    source: source.address,
    destination: destination.address,
    sourcePort: numberIn(entry, 'sourcePort') ?? 0,
    upwards: hasWord(entry, 'upwards'),
    destinationPort: numberIn(entry, 'destinationPort') ?? 0,
  };
  const payload = numberIn(entry, 'payload') ?? 0;
  if (!hasWord(entry, 'tcp')) return { kind: 'udp', ends, payload };
  return {
    kind: 'tcp',
    ends,
    flags: TCP_FLAGS[valueIn(entry, 'flags', 'choice')?.text ?? '']?.bits ?? 0,
    seq: numberIn(entry, 'seq') ?? 0,
    ack: numberIn(entry, 'ack') ?? 0,
    payload,
  };
}

function hasWord(entry: Entry, text: string): boolean {
  return entry.values.some((each) => each.kind === 'word' && each.text === text);
}
