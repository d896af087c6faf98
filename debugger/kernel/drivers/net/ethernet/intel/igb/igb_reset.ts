/** igb resets its NIC: down, all rings emptied, up again (drivers/net/ethernet/intel/igb/igb_main.c). */
import type { Resumable } from '../../../../../../machine/frames.ts';
import { nic_enable_vector } from '../../../../../../machine/nic.ts';
import { nic_reset } from '../../../../../../machine/nic_reset.ts';
import type { Cpu } from '../../../../../../machine/types.ts';
import { dma_unmap_page_attrs } from '../../../../../kernel/dma/mapping.ts';
import { usleep_range } from '../../../../../kernel/time/sleep_timeout.ts';
import { timer_delete } from '../../../../../kernel/time/timer.ts';
import { schedule_work } from '../../../../../kernel/workqueue.ts';
import { netdev_tx_reset_queue } from '../../../../../net/core/dev/bql.ts';
import { napi_disable, napi_enable } from '../../../../../net/core/dev/napi_disable.ts';
import { netif_tx_start_all_queues, netif_tx_stop_all_queues } from '../../../../../net/core/dev/netif_schedule.ts';
import { rtnl_lock, rtnl_unlock } from '../../../../../net/core/rtnetlink.ts';
import { dev_kfree_skb_any_reason } from '../../../../../net/core/skbuff/free.ts';
import { netif_carrier_off } from '../../../../../net/sched/sch_generic/carrier.ts';
import { __IGB_DOWN, __IGB_RESETTING, igb_desc_unused } from './igb.ts';
import type { igb_adapter, igb_ring } from './igb.ts';
import { igb_write_itr } from './igb_msix.ts';
import { igb_alloc_rx_buffers } from './igb_rx.ts';

/** usleep_range(10000, 11000): DMA comes to its end. */
const DMA_END_US = 11_000;

/** What lies on the rings will never be sent. */
export function* igb_reset_task(cpu: Cpu, data: unknown): Resumable<void> {
  const adapter = data as igb_adapter;
  yield* rtnl_lock(cpu);
  if ((adapter.state & (__IGB_DOWN | __IGB_RESETTING)) === 0) yield* igb_reinit_locked(cpu, adapter);
  yield* rtnl_unlock(cpu);
}

export function* igb_reinit_locked(cpu: Cpu, adapter: igb_adapter): Resumable<void> {
  adapter.state |= __IGB_RESETTING;
  yield* igb_down(cpu, adapter);
  igb_up(cpu, adapter);
  adapter.state &= ~__IGB_RESETTING;
}

/** Nothing comes and nothing goes any more; the rings are empty afterwards. */
export function* igb_down(cpu: Cpu, adapter: igb_adapter): Resumable<void> {
  const netdev = adapter.netdev;
  adapter.state |= __IGB_DOWN;
  netif_carrier_off(cpu, netdev);
  netif_tx_stop_all_queues(netdev);
  yield* usleep_range(cpu, DMA_END_US, `${netdev.name}'s DMA to come to its end`);
  igb_irq_disable(cpu, adapter);
  for (const q_vector of adapter.q_vector) yield* napi_disable(cpu, q_vector.napi);
  timer_delete(cpu, adapter.watchdog_timer);
  adapter.link_speed = 0;
  igb_reset(cpu, adapter);
  yield* igb_clean_all_tx_rings(cpu, adapter);
  igb_clean_all_rx_rings(cpu, adapter);
}

/** Buffers to the hardware, interrupts on; whether there is a link is found out at once. */
export function igb_up(cpu: Cpu, adapter: igb_adapter): void {
  igb_configure(cpu, adapter);
  adapter.state &= ~__IGB_DOWN;
  for (const q_vector of adapter.q_vector) napi_enable(cpu, q_vector.napi);
  adapter.nic.icr = 0;
  igb_irq_enable(cpu, adapter);
  netif_tx_start_all_queues(adapter.netdev);
  adapter.get_link_status = true;
  schedule_work(cpu, adapter.watchdog_task);
}

/** The NIC forgets everything, and its PHY negotiates anew. */
export function igb_reset(cpu: Cpu, adapter: igb_adapter): void {
  nic_reset(cpu.host, adapter.nic, cpu.now);
}

export function igb_configure(cpu: Cpu, adapter: igb_adapter): void {
  for (const rx_ring of adapter.rx_ring) igb_alloc_rx_buffers(cpu, rx_ring, igb_desc_unused(rx_ring));
  for (const q_vector of adapter.q_vector) {
    q_vector.set_itr = true;
    igb_write_itr(cpu, q_vector);
  }
}

function igb_irq_disable(_cpu: Cpu, adapter: igb_adapter): void {
  for (const vector of adapter.nic.vectors) vector.enabled = false;
}

function igb_irq_enable(cpu: Cpu, adapter: igb_adapter): void {
  for (const vector of adapter.nic.vectors) nic_enable_vector(cpu.host, adapter.nic, vector.index, cpu.now);
}

function* igb_clean_all_tx_rings(cpu: Cpu, adapter: igb_adapter): Resumable<void> {
  for (const tx_ring of adapter.tx_ring) yield* igb_clean_tx_ring(cpu, tx_ring);
}

/** A task frees them here, so none is left to NET_TX. */
export function* igb_clean_tx_ring(cpu: Cpu, tx_ring: igb_ring): Resumable<void> {
  while (tx_ring.next_to_clean !== tx_ring.next_to_use) {
    const tx_buffer = tx_ring.tx_buffer_info[tx_ring.next_to_clean]!;
    tx_ring.tx_buffer_info[tx_ring.next_to_clean] = null;
    tx_ring.next_to_clean = (tx_ring.next_to_clean + tx_buffer.count) % tx_ring.count;
    dev_kfree_skb_any_reason(cpu, tx_buffer.skb, 'NOT_SPECIFIED', {
      condition: 'igb_clean_tx_ring(): i != tx_ring->next_to_use', values: { next_to_clean: tx_ring.next_to_clean, next_to_use: tx_ring.next_to_use, link_speed: tx_ring.adapter.link_speed },
    });
    dma_unmap_page_attrs(cpu, tx_buffer.bytecount);
    yield;
  }
  netdev_tx_reset_queue(cpu, tx_ring.netdev._tx[tx_ring.queue_index]!);
  tx_ring.next_to_use = 0;
  tx_ring.next_to_clean = 0;
}

function igb_clean_all_rx_rings(cpu: Cpu, adapter: igb_adapter): void {
  for (const rx_ring of adapter.rx_ring) igb_clean_rx_ring(cpu, rx_ring);
}

export function igb_clean_rx_ring(_cpu: Cpu, rx_ring: igb_ring): void {
  rx_ring.next_to_clean = 0;
  rx_ring.next_to_use = 0;
}
