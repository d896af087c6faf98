/** Interrupts of igb: one vector a queue and direction, and their throttle (drivers/net/ethernet/intel/igb/igb_main.c). */
import { E1000_ICR_LSC } from '../../../../../../machine/cable.ts';
import { nic_enable_vector } from '../../../../../../machine/nic.ts';
import type { Cpu } from '../../../../../../machine/types.ts';
import { __napi_schedule_irqoff, napi_schedule_prep } from '../../../../../net/core/dev/napi.ts';
import { jiffies, mod_timer } from '../../../../../kernel/time/timer.ts';
import { __IGB_DOWN, IGB_20K_ITR, IGB_4K_ITR, IGB_ITR_UNIT_NS } from './igb.ts';
import type { igb_adapter, igb_q_vector } from './igb.ts';

const GIGABIT = 1_000_000_000;

/** A receive or transmit vector has risen (and masked itself): its NAPI instance is scheduled. */
export function igb_msix_ring(cpu: Cpu, _irq: number, data: unknown): void {
  const q_vector = data as igb_q_vector;
  igb_write_itr(cpu, q_vector);
  if (napi_schedule_prep(cpu, q_vector.napi)) __napi_schedule_irqoff(cpu, q_vector.napi);
}

/** The link has changed (reading ICR clears its causes): a task looks at it, from a timer's hand. */
export function igb_msix_other(cpu: Cpu, _irq: number, data: unknown): void {
  const adapter = data as igb_adapter;
  const icr = adapter.nic.icr;
  adapter.nic.icr = 0;
  if ((icr & E1000_ICR_LSC) !== 0) {
    adapter.lsc_int++;
    adapter.get_link_status = true;
    if ((adapter.state & __IGB_DOWN) === 0) mod_timer(cpu, adapter.watchdog_timer, jiffies(cpu) + 1);
  }
  nic_enable_vector(cpu.host, adapter.nic, 0, cpu.now);
}

/** Writes the throttle that the last look at the traffic has found. */
export function igb_write_itr(_cpu: Cpu, q_vector: igb_q_vector): void {
  if (!q_vector.set_itr) return;
  const itr_val = q_vector.itr_val & 0x7ffc;
  q_vector.adapter.nic.vectors[q_vector.vector]!.itr = (itr_val === 0 ? 4 : itr_val) * IGB_ITR_UNIT_NS;
  q_vector.set_itr = false;
}

/** Polling is over: a dynamic throttle is adjusted to the traffic seen, and the vector may rise again. */
export function igb_ring_irq_enable(cpu: Cpu, q_vector: igb_q_vector): void {
  const adapter = q_vector.adapter;
  const setting = q_vector.rx.ring !== null ? adapter.rx_itr_setting : adapter.tx_itr_setting;
  if ((setting & 3) !== 0) igb_update_ring_itr(cpu, q_vector);
  if ((adapter.state & __IGB_DOWN) === 0) nic_enable_vector(cpu.host, adapter.nic, q_vector.vector, cpu.now);
}

/** The least time between interrupts, by the average size of what passed: large frames, fewer interrupts. */
export function igb_update_ring_itr(_cpu: Cpu, q_vector: igb_q_vector): void {
  const adapter = q_vector.adapter;
  const wire = adapter.nic.wire;
  const rx = q_vector.rx;
  const tx = q_vector.tx;
  let new_val = q_vector.itr_val;
  if (wire !== null && wire.rate < GIGABIT) new_val = IGB_4K_ITR;
  else {
    let avg_wire_size = 0;
    if (rx.total_packets > 0) avg_wire_size = Math.floor(rx.total_bytes / rx.total_packets);
    if (tx.total_packets > 0) avg_wire_size = Math.max(avg_wire_size, Math.floor(tx.total_bytes / tx.total_packets));
    if (avg_wire_size > 0) new_val = itr_for_size(q_vector, Math.min(avg_wire_size + 24, 3000));
  }
  if (new_val !== q_vector.itr_val) {
    q_vector.itr_val = new_val;
    q_vector.set_itr = true;
  }
  rx.total_bytes = 0;
  rx.total_packets = 0;
  tx.total_bytes = 0;
  tx.total_packets = 0;
}

/** @helper Middle sizes get a little more; the conservative setting 3 never goes below 20,000 interrupts' distance. */
function itr_for_size(q_vector: igb_q_vector, size: number): number {
  const itr = size > 300 && size < 1200 ? Math.floor(size / 3) : size >> 1;
  const setting = q_vector.rx.ring !== null ? q_vector.adapter.rx_itr_setting : q_vector.adapter.tx_itr_setting;
  return itr < IGB_20K_ITR && setting === 3 ? IGB_20K_ITR : itr;
}
