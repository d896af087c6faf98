/** NAPI polling of igb: sent packets are freed, received ones taken from the ring (drivers/net/ethernet/intel/igb/igb_main.c). */
import type { Resumable } from '../../../../../../machine/frames.ts';
import { spend } from '../../../../../../machine/spend.ts';
import type { Cpu } from '../../../../../../machine/types.ts';
import type { napi_struct } from '../../../../../include/linux/netdevice.ts';
import { dma_unmap_page_attrs } from '../../../../../kernel/dma/mapping.ts';
import { netdev_tx_completed_queue } from '../../../../../net/core/dev/bql.ts';
import { napi_complete_done } from '../../../../../net/core/dev/napi.ts';
import { netif_carrier_ok } from '../../../../../net/core/dev/state.ts';
import { netif_tx_queue_stopped, netif_tx_wake_queue } from '../../../../../net/core/dev/netif_schedule.ts';
import { napi_consume_skb } from '../../../../../net/core/skbuff/free.ts';
import { __IGB_DOWN, igb_desc_unused, TX_WAKE_THRESHOLD } from './igb.ts';
import type { igb_q_vector, igb_ring } from './igb.ts';
import { igb_ring_irq_enable } from './igb_msix.ts';
import { igb_clean_rx_irq } from './igb_rx.ts';

/** One poll of a vector's rings; answers the packets received, or the budget when there is more to do. */
export function* igb_poll(cpu: Cpu, napi: napi_struct, budget: number): Resumable<number> {
  const q_vector = napi.data as igb_q_vector;
  let clean_complete = true;
  let work_done = 0;
  if (q_vector.tx.ring !== null) clean_complete = igb_clean_tx_irq(cpu, q_vector, budget);
  if (q_vector.rx.ring !== null) {
    work_done = yield* igb_clean_rx_irq(cpu, q_vector, budget);
    if (work_done >= budget) clean_complete = false;
  }
  if (!clean_complete) return budget;
  const done = yield* napi_complete_done(cpu, napi, work_done);
  if (done) igb_ring_irq_enable(cpu, q_vector);
  return work_done;
}

/** Frees the packets whose descriptors the hardware has written back; true when none is left (within the work limit). */
export function igb_clean_tx_irq(cpu: Cpu, q_vector: igb_q_vector, napi_budget: number): boolean {
  if ((q_vector.adapter.state & __IGB_DOWN) !== 0) return true;
  const tx_ring = q_vector.tx.ring!;
  const hardware = tx_ring.tx!;
  const txq = tx_ring.netdev._tx[tx_ring.queue_index]!;
  let total_bytes = 0;
  let total_packets = 0;
  let budget = q_vector.tx.work_limit;
  while (budget > 0 && tx_ring.next_to_clean !== tx_ring.next_to_use) {
    const descriptor = hardware.descriptors[tx_ring.next_to_clean]!;
    if (!descriptor.done || descriptor.ready > cpu.now) break;
    const tx_buffer = tx_ring.tx_buffer_info[tx_ring.next_to_clean]!;
    hardware.descriptors[tx_ring.next_to_clean] = null;
    tx_ring.tx_buffer_info[tx_ring.next_to_clean] = null;
    total_bytes += tx_buffer.bytecount;
    total_packets += tx_buffer.gso_segs;
    spend(cpu, cpu.costs.tx_clean_packet);
    napi_consume_skb(cpu, tx_buffer.skb, napi_budget);
    dma_unmap_page_attrs(cpu, tx_buffer.bytecount);
    tx_ring.next_to_clean = (tx_ring.next_to_clean + tx_buffer.count) % tx_ring.count;
    budget--;
  }
  netdev_tx_completed_queue(cpu, txq, total_packets, total_bytes);
  count_sent(q_vector, tx_ring, total_packets, total_bytes);
  if (total_packets > 0 && netif_carrier_ok(tx_ring.netdev) && igb_desc_unused(tx_ring) >= TX_WAKE_THRESHOLD && netif_tx_queue_stopped(txq)) {
    netif_tx_wake_queue(cpu, txq);
    tx_ring.restart_queue++;
  }
  return budget > 0;
}

/** @helper */
function count_sent(q_vector: igb_q_vector, tx_ring: igb_ring, packets: number, bytes: number): void {
  tx_ring.bytes += bytes;
  tx_ring.packets += packets;
  q_vector.tx.total_bytes += bytes;
  q_vector.tx.total_packets += packets;
  const stats = tx_ring.netdev.stats;
  stats.tx_bytes += bytes;
  stats.tx_packets += packets;
}
