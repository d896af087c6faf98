/** Frames that come from outside the programs: a source makes the next one when the last has been put on the wire. */
import { fold_sum } from './frame_sum.ts';
import { get16, put16 } from './frame_words.ts';
import { schedule_event } from './event_queue.ts';
import { take_frame_bytes, wire_transmit } from './wire.ts';
import type { Frame } from './wire.ts';
import type { Nic } from './nic.ts';
import type { Host } from './types.ts';

/** `every` ns between frames, `left` of them still to come; each carries the same bytes, but for the source port where that moves. */
export interface TrafficSource {
  every: number;
  left: number;
  nic: Nic;
  /** Frame bytes behind `headroom`. */
  template: Uint8Array;
  headroom: number;
  length: number;
  /** Of every frame: they differ in nothing that is summed. */
  checksum: Frame['checksum'];
  line: number;
  /** Where the port stands that goes up with each frame, and its checksum, from the frame's beginning; null: it stays. */
  moving: { port: number; checksum: number } | null;
  sent: number;
}

/** Adds `by` to a port; the checksum is brought up to date as RFC 1624 says. */
function move_port(bytes: Uint8Array, headroom: number, at: { port: number; checksum: number }, by: number): void {
  const port = headroom + at.port;
  const check = headroom + at.checksum;
  const was = get16(bytes, port);
  const is = (was + by) & 0xffff;
  const sum = fold_sum((~get16(bytes, check) & 0xffff) + (~was & 0xffff) + is);
  put16(bytes, port, is);
  put16(bytes, check, ~sum & 0xffff);
}

/** Event: one frame leaves, the next is scheduled. */
export function traffic_source(host: Host, source: TrafficSource, _detail: unknown, time: number): void {
  const world = host.world;
  const id = world.next_id++;
  const bytes = take_frame_bytes(world, source.length);
  bytes.set(source.template);
  if (source.moving !== null) move_port(bytes, source.headroom, source.moving, source.sent);
  const frame: Frame = {
    id, bytes, headroom: source.headroom, length: source.length, checksum: source.checksum,
    lineage: { kind: 'outside', id, event: world.event, time, host: '', from: [], offset: source.sent, length: source.length, line: 0 },
  };
  source.sent++;
  source.left--;
  wire_transmit(host, source.nic, frame, time);
  if (source.left > 0) schedule_event(host.hardware, time + source.every, 'traffic_source', source, null);
}
