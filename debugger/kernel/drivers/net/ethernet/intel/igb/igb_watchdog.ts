/**
 * igb finds out whether it has a link (drivers/net/ethernet/intel/igb/igb_main.c, e1000_mac.c). The kernel looks every two seconds; here
 * only while there is no link: on an idle machine the timer would change nothing but every run. Left out are the second timer, which
 * reads what the PHY thinks of the cable, and the statistics, which are read from the NIC when somebody asks.
 */
import type { Resumable } from '../../../../../../machine/frames.ts';
import type { Cpu } from '../../../../../../machine/types.ts';
import type { timer_list } from '../../../../../include/linux/timer.ts';
import { HZ, jiffies, mod_timer, round_jiffies } from '../../../../../kernel/time/timer.ts';
import { schedule_work } from '../../../../../kernel/workqueue.ts';
import { netif_carrier_ok } from '../../../../../net/core/dev/state.ts';
import { netif_carrier_off, netif_carrier_on } from '../../../../../net/sched/sch_generic/carrier.ts';
import { __IGB_DOWN, igb_desc_unused } from './igb.ts';
import type { igb_adapter } from './igb.ts';

const MEGABIT = 1_000_000;

/** The timer: the work itself may sleep, so a task does it. */
export function igb_watchdog(cpu: Cpu, timer: timer_list): void {
  schedule_work(cpu, (timer.data as igb_adapter).watchdog_task);
}

/** After an interrupt has told of a change the PHY is asked, until it has a link. */
export function igb_has_link(cpu: Cpu, adapter: igb_adapter): boolean {
  if (!adapter.get_link_status) return true;
  igb_check_for_copper_link(cpu, adapter);
  return !adapter.get_link_status;
}

export function igb_check_for_copper_link(_cpu: Cpu, adapter: igb_adapter): void {
  if (adapter.nic.link) adapter.get_link_status = false;
}

/**
 * The carrier follows the link. What lies on a ring when the link has gone will never be sent, since the NIC reads no more of it: a reset
 * throws it away.
 */
export function* igb_watchdog_task(cpu: Cpu, data: unknown): Resumable<void> {
  const adapter = data as igb_adapter;
  const netdev = adapter.netdev;
  const link = igb_has_link(cpu, adapter);
  if (link && !netif_carrier_ok(netdev)) {
    adapter.link_speed = Math.floor(adapter.nic.wire!.rate / MEGABIT);
    netif_carrier_on(cpu, netdev);
  } else if (!link && netif_carrier_ok(netdev)) {
    adapter.link_speed = 0;
    netif_carrier_off(cpu, netdev);
  }
  yield;
  for (const tx_ring of adapter.tx_ring) {
    if (netif_carrier_ok(netdev) || igb_desc_unused(tx_ring) + 1 >= tx_ring.count) continue;
    adapter.tx_timeout_count++;
    schedule_work(cpu, adapter.reset_task);
    return;
  }
  if (!link && (adapter.state & __IGB_DOWN) === 0) mod_timer(cpu, adapter.watchdog_timer, round_jiffies(cpu, jiffies(cpu) + 2 * HZ));
}
