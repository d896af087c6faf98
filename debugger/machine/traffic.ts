/** Frames that come from outside the programs: a source makes the next one when the last has been put on the wire. */
import { schedule_event } from './event_queue.ts';
import { take_frame_bytes, wire_transmit } from './wire.ts';
import type { Frame } from './wire.ts';
import type { Nic } from './nic.ts';
import type { Host } from './types.ts';

/** `every` ns between frames, `left` of them still to come; each carries the same bytes but for the IP identification. */
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
  sent: number;
}

/** Event: one frame leaves, the next is scheduled. */
export function traffic_source(host: Host, source: TrafficSource, _detail: unknown, time: number): void {
  const world = host.world;
  const id = world.next_id++;
  const bytes = take_frame_bytes(world, source.length);
  bytes.set(source.template);
  const frame: Frame = {
    id, bytes, headroom: source.headroom, length: source.length, checksum: source.checksum,
    lineage: { kind: 'outside', id, event: world.event, time, host: '', from: [], offset: source.sent, length: source.length },
  };
  source.sent++;
  source.left--;
  wire_transmit(host, source.nic, frame, time);
  if (source.left > 0) schedule_event(host.hardware, time + source.every, 'traffic_source', source, null);
}
