/** CTRL.RST: the 82576 forgets its rings, its buffers and what it was about to do. Its statistics are the driver's to keep. */
import { phy_restart } from './cable.ts';
import { forget_events } from './event_queue.ts';
import type { HardwareEvent } from './event_queue.ts';
import { lose_frame } from './nic.ts';
import type { Nic, RxRing, TxRing } from './nic.ts';
import type { Host } from './types.ts';
import type { Frame } from './wire.ts';

const UNDER_WAY = ['nic_receive_dma', 'nic_transmit_dma', 'nic_transmit_done', 'nic_interrupt'];

/** All vectors are masked after it, all rings empty; the PHY negotiates anew. */
export function nic_reset(host: Host, nic: Nic, time: number): void {
  forget_events(host.hardware, (event) => event.target === nic && UNDER_WAY.includes(event.handler), (event) => forgotten(nic, event, time));
  for (const ring of nic.rx) reset_rx(nic, ring, time);
  for (const ring of nic.tx) reset_tx(ring);
  for (const vector of nic.vectors) {
    vector.cause = false;
    vector.latest = time;
    vector.armed = false;
    vector.enabled = false;
  }
  nic.icr = 0;
  nic.rx_buffer_used = 0;
  nic.tx_fifo_used = 0;
  nic.dma_busy_until = 0;
  nic.tx_dma_busy_until = 0;
  phy_restart(nic, time);
}

function forgotten(nic: Nic, event: HardwareEvent, time: number): void {
  if (event.handler === 'nic_receive_dma') lost(nic, event.detail as Frame, time);
}

/** Frames that no poll has seen yet are gone. */
function reset_rx(nic: Nic, ring: RxRing, time: number): void {
  for (const descriptor of ring.descriptors) if (descriptor !== null && descriptor.frame !== null) lost(nic, descriptor.frame, time);
  for (const frame of ring.waiting) lost(nic, frame, time);
  ring.descriptors.fill(null);
  ring.waiting = [];
  ring.head = 0;
  ring.tail = 0;
}

function reset_tx(ring: TxRing): void {
  ring.descriptors.fill(null);
  ring.head = 0;
  ring.tail = 0;
  ring.busy = false;
  ring.stalled = false;
}

function lost(nic: Nic, frame: Frame, time: number): void {
  lose_frame(nic, frame, time, 'NIC_RESET', 'CTRL.RST', { length: frame.length });
}
