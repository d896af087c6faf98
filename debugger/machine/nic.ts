/**
 * The 82576 as its driver sees it: descriptor rings in memory, DMA, MSI-X vectors with throttling (EITR).
 *
 *   receive:  wire -> MAC filter -> packet buffer -> DMA into the ring's next free descriptor -> vector rises
 *   transmit: tail written (doorbell) -> descriptors and data read by DMA -> wire -> descriptor done -> vector rises
 */
import { raise_interrupt } from './apic.ts';
import { schedule_event } from './event_queue.ts';
import { log_moment } from './log.ts';
import { wire_send } from './wire.ts';
import type { Frame, Wire } from './wire.ts';
import type { Host } from './types.ts';

/** A receive descriptor: `frame` null while it belongs to hardware and waits; `ready` ns at which write-back was seen in memory. */
export interface RxDescriptor { frame: Frame | null; ready: number; csum_ok: boolean; hash: number }

/** A transmit descriptor group of one packet. `done` is written back when the data have been read. */
export interface TxDescriptor { frame: Frame | null; count: number; done: boolean; ready: number }

export interface RxRing {
  count: number;
  descriptors: RxDescriptor[];
  /** Hardware's next descriptor; the driver's tail: hardware may fill up to it. */
  head: number;
  tail: number;
}

export interface TxRing {
  count: number;
  /** By index of the packet's first descriptor. */
  descriptors: (TxDescriptor | null)[];
  head: number;
  tail: number;
  /** A descriptor fetch is under way. */
  busy: boolean;
}

/** An MSI-X vector. `itr` is EITR: the least ns between two interrupts. */
export interface NicVector {
  index: number;
  irq: number;
  itr: number;
  /** ns of the last interrupt; one waits for its throttle; masked by the hardware's auto-mask until the driver re-enables. */
  last: number;
  cause: boolean;
  armed: boolean;
  enabled: boolean;
}

export interface Nic {
  name: string;
  host: Host;
  wire: Wire | null;
  mac: number[];
  promiscuous: boolean;
  rx: RxRing[];
  tx: TxRing[];
  /** rx_vector[q], tx_vector[q]: index into vectors. */
  vectors: NicVector[];
  rx_vector: number[];
  tx_vector: number[];
  /** Bytes of the packet buffer, and what it holds now. */
  rx_buffer_bytes: number;
  rx_buffer_used: number;
  dma_busy_until: number;
  tx_dma_busy_until: number;
  /** Statistics registers. */
  GPRC: number; GPTC: number; GORC: number; GOTC: number; MPC: number; RNBC: number; CRCERRS: number; RLEC: number; BPRC: number; MPRC: number; BPTC: number;
  /** RSS: redirection table and whether a hash is computed. */
  reta: number[];
}

const BROADCAST_BYTE = 0xff;

function accepts(nic: Nic, frame: Frame): boolean {
  if (nic.promiscuous) return true;
  const at = frame.headroom;
  const bytes = frame.bytes;
  if ((bytes[at]! & 1) === 1) return true;
  for (let i = 0; i < 6; i++) if (bytes[at + i] !== nic.mac[i]) return false;
  return true;
}

/** Last bit received: address filter, then the packet buffer, then DMA when the engine is free. */
export function nic_frame_arrives(nic: Nic, frame: Frame, time: number): void {
  if (!accepts(nic, frame)) return;
  const costs = nic.host.world.costs;
  nic.rx_buffer_used += frame.length;
  const start = Math.max(time + costs.nic_latency, nic.dma_busy_until);
  nic.dma_busy_until = start + Math.floor(frame.length / 4);
  schedule_event(nic.host.hardware, nic.dma_busy_until + costs.dma_latency, 'nic_receive_dma', nic, frame);
}

/** Queue of a frame by its RSS hash: one queue needs none. */
function queue_of(nic: Nic, frame: Frame): number {
  return nic.rx.length === 1 ? 0 : nic.reta[rss_hash(frame) & (nic.reta.length - 1)]!;
}

/** A mixing of the addresses and ports (the real Toeplitz key is random at each boot, so which queue a flow hits is chance there). */
function rss_hash(frame: Frame): number {
  const at = frame.headroom;
  const b = frame.bytes;
  if (b[at + 12] !== 8 || b[at + 13] !== 0) return 0;
  let h = 0x9e3779b9;
  for (let i = 26; i < 34; i++) h = Math.imul(h ^ b[at + i]!, 0x01000193);
  const proto = b[at + 23];
  if (proto === 6 || proto === 17) for (let i = 34; i < 38; i++) h = Math.imul(h ^ b[at + i]!, 0x01000193);
  return h >>> 0;
}

/** DMA of a received frame has reached memory: the descriptor is written back and the vector's cause set. A full ring loses it. */
export function nic_receive_dma(host: Host, nic: Nic, frame: Frame, time: number): void {
  nic.rx_buffer_used -= frame.length;
  const q = queue_of(nic, frame);
  const ring = nic.rx[q]!;
  if (ring.head === ring.tail) {
    nic.MPC++;
    return lose_frame(nic, ring, frame, time);
  }
  count_received(nic, frame);
  ring.descriptors[ring.head] = { frame, ready: time, csum_ok: true, hash: rss_hash(frame) };
  ring.head = (ring.head + 1) % ring.count;
  set_cause(host, nic, nic.vectors[nic.rx_vector[q]!]!, time);
}

function lose_frame(nic: Nic, ring: RxRing, frame: Frame, time: number): void {
  const world = nic.host.world;
  log_moment(world, {
    kind: 'full', event: world.event, time, host: nic.host.name, where: nic.name, reason: 'RX_RING_FULL',
    condition: 'RDH == RDT', values: { RDH: ring.head, RDT: ring.tail, count: ring.count, rx_missed_errors: nic.MPC }, subject: frame.id,
  });
}

function count_received(nic: Nic, frame: Frame): void {
  nic.GPRC++;
  nic.GORC += frame.length + 4;
  const first = frame.bytes[frame.headroom]!;
  if (first === BROADCAST_BYTE) nic.BPRC++;
  else if ((first & 1) === 1) nic.MPRC++;
}

/** A cause is set at a vector: it rises now, or when its throttle allows. */
export function set_cause(host: Host, nic: Nic, vector: NicVector, time: number): void {
  vector.cause = true;
  if (!vector.enabled || vector.armed) return;
  vector.armed = true;
  const at = Math.max(time, vector.last + vector.itr);
  if (at <= time) nic_interrupt(host, nic, vector, time);
  else schedule_event(host.hardware, at, 'nic_interrupt', nic, vector);
}

/** The vector rises: an interrupt message goes to the CPU of its line. */
export function nic_interrupt(host: Host, _nic: Nic, vector: NicVector, time: number): void {
  vector.armed = false;
  if (!vector.enabled || !vector.cause) return;
  vector.cause = false;
  vector.last = time;
  const desc = host.irq_descs[vector.irq]!;
  raise_interrupt(host.cpus[desc.cpu]!, vector.irq, time);
}

/** The driver wrote TDT: the NIC fetches descriptors and data. */
export function nic_doorbell(host: Host, nic: Nic, ring: TxRing, now: number): void {
  if (ring.busy) return;
  ring.busy = true;
  schedule_event(host.hardware, now + host.world.costs.dma_latency, 'nic_transmit_dma', nic, ring);
}

/** One packet's data have been read: it goes to the transmitter; when it has left the FIFO its descriptor is written back. */
export function nic_transmit_dma(host: Host, nic: Nic, ring: TxRing, time: number): void {
  const descriptor = ring.descriptors[ring.head] ?? null;
  if (ring.head === ring.tail || descriptor === null) {
    ring.busy = false;
    return;
  }
  const frame = descriptor.frame!;
  const sent = nic.wire === null ? time : wire_send(nic, frame, time + host.world.costs.nic_latency);
  nic.GPTC++;
  nic.GOTC += frame.length + 4;
  descriptor.done = true;
  descriptor.ready = sent;
  descriptor.frame = null;
  ring.head = (ring.head + descriptor.count) % ring.count;
  finish_transmit(host, nic, ring, sent);
}

/** At `sent` the write-back is visible: its vector's cause is set and the next descriptor fetched. */
function finish_transmit(host: Host, nic: Nic, ring: TxRing, sent: number): void {
  schedule_event(host.hardware, sent, 'nic_transmit_done', nic, ring);
}

/** Write-back of a transmitted packet: cause of its vector; on to the next descriptor. */
export function nic_transmit_done(host: Host, nic: Nic, ring: TxRing, time: number): void {
  const q = nic.tx.indexOf(ring);
  set_cause(host, nic, nic.vectors[nic.tx_vector[q]!]!, time);
  nic_transmit_dma(host, nic, ring, time);
}
