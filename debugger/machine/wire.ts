/**
 * The wire between two NICs: full duplex, one transmitter at each end.
 *
 *   a frame occupies its direction for (preamble 8 + frame + FCS 4 + gap 12) bytes at the link's rate, then travels `delay`.
 */
import { cut_between } from './cable.ts';
import type { Cable } from './cable.ts';
import { schedule_event } from './event_queue.ts';
import { frame_sets_out } from './frame_tap.ts';
import { log_moment } from './log.ts';
import { take_bytes } from './memory.ts';
import { nic_frame_arrives } from './nic.ts';
import { packet_matches } from './packet_match.ts';
import { roll } from './random.ts';
import type { Nic } from './nic.ts';
import type { Host, World } from './types.ts';
import type { Lineage } from '../kernel/include/linux/skbuff.ts';

/** Bytes on the wire; never written once the frame exists. `headroom` bytes before the frame are free for the receiver's skb. */
export interface Frame {
  id: number;
  bytes: Uint8Array;
  headroom: number;
  /** Length without FCS, padded to the Ethernet minimum of 60. */
  length: number;
  lineage: Lineage;
  /** Whether its IP and transport checksums are right, as far as its maker knows: what the stack has made always is. */
  checksum: 'right' | 'wrong' | 'unknown';
}

/** Free bytes before a frame, as the receiving driver wants them, and the size of its buffer (a half page less the skb's own part). */
export const RX_HEADROOM = 64;
export const RX_BUFFER = 2048 - 320;

/** Zeroed bytes for a frame of `length`, laid out as the receiver's buffer. */
export function take_frame_bytes(world: World, length: number): Uint8Array {
  return take_bytes(world.memory, Math.max(RX_BUFFER, RX_HEADROOM + length));
}

/** A frame that a NIC sends, with its bytes from `offset` of what `from` carries; short ones are padded (the bytes behind are zero). */
export function createFrame(world: World, bytes: Uint8Array, length: number, time: number, host: string, from: Lineage, offset: number): Frame {
  const id = world.next_id++;
  const lineage: Lineage = { kind: 'frame', id, event: world.event, time, host, from: [from], offset, length, line: 0 };
  return { id, bytes, headroom: RX_HEADROOM, length: Math.max(length, MIN_FRAME), lineage, checksum: 'right' };
}

/** Losses of one direction: positions count frames that match (1-based); probability in parts per million. */
export interface WireLoss { frames: number[]; probability: number; match: unknown; counted: number }

export interface WireDirection {
  /** ns until which the transmitter is busy. */
  busy_until: number;
  carried: number;
  lost: number;
  losses: WireLoss[];
  random: number;
}

export interface Wire {
  name: string;
  /** bits per second; propagation in ns */
  rate: number;
  delay: number;
  /** ends[0] -> ends[1] is directions[0]. */
  ends: Nic[];
  directions: WireDirection[];
  /** When it is out; null: never. */
  cable: Cable | null;
}

export const ETHERNET_OVERHEAD = 24;
const ETHERNET_HEADER = 14;
const MIN_FRAME = 60;

/** ns that `length` bytes (without FCS) occupy a direction. */
export function serialisation(rate: number, length: number): number {
  return Math.ceil(((Math.max(length, MIN_FRAME) + ETHERNET_OVERHEAD) * 8 * 1_000_000_000) / rate);
}

/** A NIC hands a frame to its transmitter: it leaves when the line is free. Answers ns at which the last bit has left. */
export function wire_send(nic: Nic, frame: Frame, now: number): number {
  const wire = nic.wire!;
  const side = wire.ends[0] === nic ? 0 : 1;
  const direction = direction_of(wire, side);
  const start = Math.max(now, direction.busy_until);
  direction.busy_until = start + serialisation(wire.rate, frame.length);
  wire_carry(wire, side, frame, start, direction.busy_until);
  return direction.busy_until;
}

/** ns at which a frame that is ready at `ready` would begin to leave. */
export function wire_free_at(nic: Nic, ready: number): number {
  const wire = nic.wire!;
  return Math.max(ready, direction_of(wire, wire.ends[0] === nic ? 0 : 1).busy_until);
}

/** A side where no machine stands (traffic from outside comes in there) has a direction when first used. */
function direction_of(wire: Wire, side: number): WireDirection {
  const direction = wire.directions[side];
  if (direction !== undefined) return direction;
  const made: WireDirection = { busy_until: 0, carried: 0, lost: 0, losses: [], random: side + 1 };
  wire.directions[side] = made;
  return made;
}

/** Puts the arrival into the far machine's queue, unless the frame is lost on the way. */
function wire_carry(wire: Wire, side: number, frame: Frame, started: number, sent: number): void {
  const direction = direction_of(wire, side);
  direction.carried++;
  const far = wire.ends[1 - side];
  if (far === undefined) return;
  if (wire.cable !== null && is_cut(wire, direction, frame, started, sent)) return;
  if (is_lost(wire, direction, frame, sent)) return;
  schedule_event(far.host.hardware, sent + wire.delay, 'wire_deliver', far, frame);
  frame_sets_out(far, frame, sent + wire.delay);
}

/** Whether the cable is out before the last bit has come through it. */
function is_cut(wire: Wire, direction: WireDirection, frame: Frame, started: number, sent: number): boolean {
  const arrives = sent + wire.delay;
  const cut = cut_between(wire.cable!, started, arrives);
  if (cut === null) return false;
  direction.lost++;
  log_cut(wire, frame, sent, 'CABLE_OUT', 'cut.from < arrives && started < cut.until', { started, arrives, from: cut.from, until: cut.until });
  return true;
}

function log_cut(wire: Wire, frame: Frame, time: number, reason: string, condition: string, values: Record<string, number>): void {
  const world = wire.ends[0]!.host.world;
  log_moment(world, { kind: 'loss', event: world.event, time, host: '', where: wire.name, reason, condition, values, subject: frame.id, lineage: frame.lineage });
}

/** Whether the loss is about frames like this one. */
function concerns_frame(loss: WireLoss, frame: Frame): boolean {
  if (loss.match === null) return true;
  const ethernet = frame.headroom;
  return packet_matches(loss.match, { bytes: frame.bytes, ethernet, network: ethernet + ETHERNET_HEADER, length: frame.length, iif: null, oif: null, ct_state: 0, ct_status: 0 });
}

function is_lost(wire: Wire, direction: WireDirection, frame: Frame, time: number): boolean {
  for (const loss of direction.losses) {
    if (!concerns_frame(loss, frame)) continue;
    loss.counted++;
    const by_position = loss.frames.includes(loss.counted);
    const by_chance = loss.probability > 0 && roll(direction, 1_000_000) < loss.probability;
    if (!by_position && !by_chance) continue;
    direction.lost++;
    log_loss(wire, loss, frame, time, by_position);
    return true;
  }
  return false;
}

function log_loss(wire: Wire, loss: WireLoss, frame: Frame, time: number, by_position: boolean): void {
  const world = wire.ends[0]!.host.world;
  log_moment(world, {
    kind: 'loss', event: world.event, time, host: '', where: wire.name, reason: by_position ? 'LOST_BY_POSITION' : 'LOST_BY_CHANCE',
    condition: by_position ? 'frames.includes(position)' : 'random < probability', values: { position: loss.counted, probability: loss.probability }, subject: frame.id,
    lineage: frame.lineage,
  });
}

/** A frame made outside (traffic) starts on the wire towards `target`, when the line is free. */
export function wire_transmit(_host: Host, target: Nic, frame: Frame, time: number): void {
  const wire = target.wire!;
  const side = wire.ends[0] === target ? 1 : 0;
  const direction = direction_of(wire, side);
  const start = Math.max(time, direction.busy_until);
  direction.busy_until = start + serialisation(wire.rate, frame.length);
  if (wire.cable === null || target.link) {
    wire_carry(wire, side, frame, start, direction.busy_until);
    return;
  }
  direction.lost++;
  log_cut(wire, frame, time, 'LINK_DOWN', '!(STATUS & LU)', { link_at: wire.cable.link_at });
}

/** The last bit reaches the far NIC. */
export function wire_deliver(_host: Host, nic: Nic, frame: Frame, time: number): void {
  nic_frame_arrives(nic, frame, time);
}
