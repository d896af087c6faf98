/**
 * The 82576 as its driver sees it: descriptor rings in memory, DMA, MSI-X vectors with throttling (EITR) and automatic masking.
 *
 *   receive:  wire -> MAC filter -> packet buffer -> DMA into the ring's next free descriptor -> vector rises
 *   transmit: tail written (doorbell) -> descriptors and data read by DMA, ahead of the wire as far as the FIFO holds
 *             -> checksums put in, large segments cut -> wire -> descriptor done -> vector rises
 */
import { raise_interrupt } from './apic.ts';
import { may_transmit } from './cable.ts';
import { perKib } from './costs.ts';
import { FOREVER, schedule_event } from './event_queue.ts';
import { log_moment } from './log.ts';
import { frame_checksum_ok, make_frames } from './nic_offload.ts';
import type { TxOffload } from './nic_offload.ts';
import { wire_free_at, wire_send } from './wire.ts';
import type { Frame, Wire } from './wire.ts';
import type { Host } from './types.ts';
import type { Lineage } from '../kernel/include/linux/skbuff.ts';
import { layOut } from './wide_fields.ts';

/** A receive descriptor: `frame` null while it belongs to hardware and waits; `ready` ns at which write-back was seen in memory. */
export interface RxDescriptor { frame: Frame | null; ready: number; csum_ok: boolean; hash: number }

/** The transmit descriptors of one packet. Its write-back (`done`) comes when the last of its frames has left. */
export interface TxDescriptor {
  bytes: Uint8Array;
  headroom: number;
  length: number;
  lineage: Lineage;
  /** Descriptors that it takes of the ring. */
  count: number;
  offload: TxOffload | null;
  /** A process made it (a packet socket), checksums and all. */
  by_hand: boolean;
  /** The frames made of it when its data were read, and how many went to the wire. */
  frames: Frame[];
  next: number;
  done: boolean;
  ready: number;
}

export interface RxRing {
  count: number;
  /** By index; null where nothing has been received since the driver last looked. */
  descriptors: (RxDescriptor | null)[];
  /** Hardware's next descriptor (RDH); the driver's tail (RDT): hardware may fill up to it. */
  head: number;
  tail: number;
  /** Frames that wait in the packet buffer for a descriptor. */
  waiting: Frame[];
}

export interface TxRing {
  count: number;
  /** By index of the packet's first descriptor. */
  descriptors: (TxDescriptor | null)[];
  head: number;
  tail: number;
  /** A descriptor fetch is under way; or it waits for room in the FIFO. */
  busy: boolean;
  stalled: boolean;
}

/** An MSI-X vector. `itr` is EITR: the least ns between two interrupts. */
export interface NicVector {
  index: number;
  irq: number;
  itr: number;
  /** ns of the last interrupt; one waits for its throttle; masked by the hardware's auto-mask until the driver re-enables. */
  last: number;
  /** Something has happened that no interrupt has told of: first at `since`, last at `latest` (ns). Hardware may be ahead of a CPU's clock. */
  cause: boolean;
  since: number;
  latest: number;
  armed: boolean;
  enabled: boolean;
}

export interface Nic {
  name: string;
  host: Host;
  wire: Wire | null;
  /** STATUS.LU: the PHY has a link. Causes of interrupts at vector 0 since ICR was read (E1000_ICR_LSC). */
  link: boolean;
  icr: number;
  mac: number[];
  promiscuous: boolean;
  rx: RxRing[];
  tx: TxRing[];
  /** rx_vector[q], tx_vector[q]: index into vectors. */
  vectors: NicVector[];
  rx_vector: number[];
  tx_vector: number[];
  /** Bytes of the receive packet buffer, and what it holds now; the same of the transmit FIFO. */
  rx_buffer_bytes: number;
  rx_buffer_used: number;
  tx_fifo_bytes: number;
  tx_fifo_used: number;
  dma_busy_until: number;
  tx_dma_busy_until: number;
  /** SRRCTL.DROP_EN: with several rings, a frame for a full one is lost at once instead of holding up the others. */
  drop_en: boolean;
  /** DTXTCPFLGH: TCP flags that the last segment of a TSO may bear. */
  tcp_flags_last: number;
  /** Statistics registers. */
  GPRC: number; GPTC: number; GORC: number; GOTC: number; MPC: number; RNBC: number; RQDPC: number; CRCERRS: number; RLEC: number; BPRC: number; MPRC: number; BPTC: number; MPTC: number; TSCTC: number;
  /** RSS: redirection table and whether a hash is computed. */
  reta: number[];
}

const BROADCAST_BYTE = 0xff;
const RX_PACKET_BUFFER = 65536;
const TX_FIFO = 20480;
const RETA_SIZE = 128;
/** All but CWR. */
const TCP_FLAGS_LAST = 0xf7f;
const NEVER = -FOREVER;

/** A NIC at rest, its vectors masked, its rings empty. `rx_vector` and `tx_vector` say which vector each queue has; vector 0 is `other`. */
export function createNic(
  host: Host, name: string, mac: readonly number[], rx_count: number, tx_count: number, rx_vector: readonly number[], tx_vector: readonly number[],
): Nic {
  const nic: Nic = {
    name, host, wire: null, link: true, icr: 0, mac: [...mac], promiscuous: false, rx: [], tx: [], vectors: [], rx_vector: [...rx_vector], tx_vector: [...tx_vector],
    rx_buffer_bytes: RX_PACKET_BUFFER, rx_buffer_used: 0, tx_fifo_bytes: TX_FIFO, tx_fifo_used: 0, dma_busy_until: 0, tx_dma_busy_until: 0,
    drop_en: rx_vector.length > 1, tcp_flags_last: TCP_FLAGS_LAST, GPRC: 0, GPTC: 0, GORC: 0, GOTC: 0, MPC: 0, RNBC: 0, RQDPC: 0, CRCERRS: 0, RLEC: 0, BPRC: 0, MPRC: 0,
    BPTC: 0, MPTC: 0, TSCTC: 0, reta: [],
  };
  for (let q = 0; q < rx_vector.length; q++) nic.rx.push({ count: rx_count, descriptors: empty(rx_count), head: 0, tail: 0, waiting: [] });
  for (let q = 0; q < tx_vector.length; q++) {
    nic.tx.push({ count: tx_count, descriptors: empty(tx_count), head: 0, tail: 0, busy: false, stalled: false });
  }
  const vectors = Math.max(...rx_vector, ...tx_vector) + 1;
  for (let index = 0; index < vectors; index++) {
    nic.vectors.push({ index, irq: -1, itr: 0, last: NEVER, cause: false, since: NEVER, latest: NEVER, armed: false, enabled: false });
  }
  for (let i = 0; i < RETA_SIZE; i++) nic.reta.push(i % rx_vector.length);
  return nic;
}

function empty(count: number): null[] {
  return new Array<null>(count).fill(null);
}

function accepts(nic: Nic, frame: Frame): boolean {
  if (nic.promiscuous) return true;
  const at = frame.headroom;
  const bytes = frame.bytes;
  if ((bytes[at]! & 1) === 1) return true;
  for (let i = 0; i < 6; i++) if (bytes[at + i] !== nic.mac[i]) return false;
  return true;
}

/** Last bit received: address filter, then the packet buffer (a full one loses the frame: MPC), then DMA when the engine is free. */
export function nic_frame_arrives(nic: Nic, frame: Frame, time: number): void {
  if (!accepts(nic, frame)) return;
  if (nic.rx_buffer_used + frame.length > nic.rx_buffer_bytes) {
    nic.MPC++;
    lose_frame(nic, frame, time, 'RX_PACKET_BUFFER_FULL', 'used + length > packet buffer', {
      used: nic.rx_buffer_used, length: frame.length, size: nic.rx_buffer_bytes, rx_missed_errors: nic.MPC,
    });
    return;
  }
  nic.rx_buffer_used += frame.length;
  start_receive_dma(nic, frame, time + nic.host.world.costs.nic_latency);
}

function start_receive_dma(nic: Nic, frame: Frame, time: number): void {
  const start = Math.max(time, nic.dma_busy_until);
  nic.dma_busy_until = start + perKib(nic.host.world.costs.dma_kib, frame.length);
  schedule_event(nic.host.hardware, nic.dma_busy_until + nic.host.world.costs.dma_latency, 'nic_receive_dma', nic, frame);
}

/** Queue of a frame by its RSS hash: one queue needs none. */
function queue_of(nic: Nic, hash: number): number {
  return nic.rx.length === 1 ? 0 : nic.reta[hash & (nic.reta.length - 1)]!;
}

/** A mixing of the addresses and ports (the real Toeplitz key is random at each boot, so which queue a flow hits is chance there). */
function rss_hash(frame: Frame): number {
  const at = frame.headroom;
  const b = frame.bytes;
  if (b[at + 12] === 0x86 && b[at + 13] === 0xdd) return rss_hash6(b, at);
  if (b[at + 12] !== 8 || b[at + 13] !== 0) return 0;
  let h = 0x9e3779b9;
  for (let i = 26; i < 34; i++) h = Math.imul(h ^ b[at + i]!, 0x01000193);
  if (hashes_ports(frame)) for (let i = 34; i < 38; i++) h = Math.imul(h ^ b[at + i]!, 0x01000193);
  h ^= h >>> 15;
  return h >>> 0;
}

/** The same over IPv6: addresses, and the ports of TCP. */
function rss_hash6(b: Uint8Array, at: number): number {
  let h = 0x9e3779b9;
  const end = b[at + 20] === 6 ? 58 : 54;
  for (let i = 22; i < end; i++) h = Math.imul(h ^ b[at + i]!, 0x01000193);
  h ^= h >>> 15;
  return h >>> 0;
}

/** RSS type: ports count in TCP segments, unless they are fragments; UDP's do not as the driver sets the card up. */
function hashes_ports(frame: Frame): boolean {
  const at = frame.headroom;
  const b = frame.bytes;
  return b[at + 12] === 8 && b[at + 13] === 0 && b[at + 23] === 6 && (b[at + 20]! & 0x3f) === 0 && b[at + 21] === 0;
}

/** DMA of a received frame has reached memory: its descriptor is written back and the vector's cause set. Without a descriptor it waits. */
export function nic_receive_dma(host: Host, nic: Nic, frame: Frame, time: number): void {
  const hash = rss_hash(frame);
  const q = queue_of(nic, hash);
  const ring = nic.rx[q]!;
  if (ring.head === ring.tail || ring.waiting.length > 0) {
    without_descriptor(nic, ring, frame, time);
    return;
  }
  write_back(host, nic, q, frame, hash, time);
}
function received(frame: Frame | null, ready: number, csum_ok: boolean, hash: number): RxDescriptor {
  return { frame, ready, csum_ok, hash };
}

layOut(received(null, 0, false, 0), 'ready', 'hash');


function write_back(host: Host, nic: Nic, q: number, frame: Frame, hash: number, time: number): void {
  const ring = nic.rx[q]!;
  nic.rx_buffer_used -= frame.length;
  count_received(nic, frame);
  ring.descriptors[ring.head] = received(frame, time, frame_checksum_ok(frame), hash);
  ring.head = (ring.head + 1) % ring.count;
  set_cause(host, nic, nic.vectors[nic.rx_vector[q]!]!, time);
}

function without_descriptor(nic: Nic, ring: RxRing, frame: Frame, time: number): void {
  nic.RNBC++;
  if (!nic.drop_en) {
    ring.waiting.push(frame);
    return;
  }
  nic.RQDPC++;
  nic.rx_buffer_used -= frame.length;
  lose_frame(nic, frame, time, 'RX_RING_FULL', 'RDH == RDT', { RDH: ring.head, RDT: ring.tail, count: ring.count, rx_queue_drops: nic.RQDPC });
}

/** The driver wrote RDT: it has given buffers back. What waited is written now. */
export function nic_rx_tail(host: Host, nic: Nic, q: number, tail: number, time: number): void {
  const ring = nic.rx[q]!;
  ring.tail = tail;
  while (ring.waiting.length > 0 && ring.head !== ring.tail) {
    const frame = ring.waiting.shift()!;
    write_back(host, nic, q, frame, rss_hash(frame), time + host.world.costs.dma_latency);
  }
}

/** Notes that the NIC had to let a received frame go. */
export function lose_frame(nic: Nic, frame: Frame, time: number, reason: string, condition: string, values: Record<string, number>): void {
  const world = nic.host.world;
  log_moment(world, { kind: 'full', event: world.event, time, host: nic.host.name, where: nic.name, reason, condition, values, subject: frame.id, lineage: frame.lineage });
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
  if (!vector.cause) vector.since = time;
  vector.cause = true;
  vector.latest = time;
  arm(host, nic, vector, time);
}

function arm(host: Host, nic: Nic, vector: NicVector, time: number): void {
  if (!vector.enabled || vector.armed) return;
  vector.armed = true;
  const at = Math.max(time, vector.since, vector.last + vector.itr);
  if (at <= time) nic_interrupt(host, nic, vector, time);
  else schedule_event(host.hardware, at, 'nic_interrupt', nic, vector);
}

/** The vector rises: an interrupt message goes to the CPU of its line, and the vector is masked (EIAM) and its cause cleared (EIAC), unless that is still to come. */
export function nic_interrupt(host: Host, _nic: Nic, vector: NicVector, time: number): void {
  vector.armed = false;
  if (!vector.enabled || !vector.cause) return;
  vector.cause = vector.latest > time;
  vector.since = vector.latest;
  vector.enabled = false;
  vector.last = time;
  const desc = host.irq_descs[vector.irq]!;
  raise_interrupt(host.cpus[desc.cpu]!, vector.irq, time);
}

/** The driver wrote EIMS: the vector may rise again, and does when a cause came meanwhile. */
export function nic_enable_vector(host: Host, nic: Nic, index: number, time: number): void {
  const vector = nic.vectors[index]!;
  vector.enabled = true;
  if (vector.cause) arm(host, nic, vector, time);
}

/** The driver wrote TDT: the NIC fetches descriptors and data. */
export function nic_doorbell(host: Host, nic: Nic, ring: TxRing, now: number): void {
  if (ring.busy) return;
  ring.busy = true;
  schedule_event(host.hardware, now + host.world.costs.dma_latency, 'nic_transmit_dma', nic, ring);
}

/** Reads the next frame's data into the FIFO, when there is room, and lines it up at the transmitter; then the next one's. Without a link nothing is read. */
export function nic_transmit_dma(host: Host, nic: Nic, ring: TxRing, time: number): void {
  const descriptor = ring.descriptors[ring.head] ?? null;
  if (ring.head === ring.tail || descriptor === null) {
    ring.busy = false;
    return;
  }
  if (descriptor.frames.length === 0) make_frames(host, nic, descriptor, time);
  const frame = descriptor.frames[descriptor.next]!;
  if (nic.tx_fifo_used > 0 && nic.tx_fifo_used + frame.length > nic.tx_fifo_bytes) {
    ring.stalled = true;
    return;
  }
  const start = Math.max(time, nic.tx_dma_busy_until);
  const read = start + perKib(host.world.costs.dma_kib, frame.length);
  if (nic.wire !== null && nic.wire.cable !== null && !may_transmit(nic, time, wire_free_at(nic, read + host.world.costs.nic_latency))) {
    ring.busy = false;
    return;
  }
  nic.tx_fifo_used += frame.length;
  nic.tx_dma_busy_until = read;
  const sent = nic.wire === null ? read : wire_send(nic, frame, read + host.world.costs.nic_latency);
  count_transmitted(nic, frame);
  descriptor.next++;
  const last = descriptor.next === descriptor.frames.length;
  schedule_event(host.hardware, sent, 'nic_transmit_done', nic, { ring, descriptor: last ? descriptor : null, length: frame.length });
  if (last) ring.head = (ring.head + descriptor.count) % ring.count;
  if (ring.head === ring.tail) ring.busy = false;
  else schedule_event(host.hardware, read, 'nic_transmit_dma', nic, ring);
}

function count_transmitted(nic: Nic, frame: Frame): void {
  nic.GPTC++;
  nic.GOTC += frame.length + 4;
  const first = frame.bytes[frame.headroom]!;
  if (first === BROADCAST_BYTE) nic.BPTC++;
  else if ((first & 1) === 1) nic.MPTC++;
}

/** A frame has left: room in the FIFO; after a packet's last one its descriptor is written back and the vector's cause set. */
export function nic_transmit_done(
  host: Host, nic: Nic, sent: { ring: TxRing; descriptor: TxDescriptor | null; length: number }, time: number,
): void {
  nic.tx_fifo_used -= sent.length;
  if (sent.descriptor !== null) {
    sent.descriptor.done = true;
    sent.descriptor.ready = time;
    sent.descriptor.frames = [];
    const q = nic.tx.indexOf(sent.ring);
    set_cause(host, nic, nic.vectors[nic.tx_vector[q]!]!, time);
  }
  for (const ring of nic.tx) {
    if (!ring.stalled) continue;
    ring.stalled = false;
    nic_transmit_dma(host, nic, ring, time);
  }
}
