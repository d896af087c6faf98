/** The carrier comes and goes, as a driver tells it (net/sched/sch_generic.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { __LINK_STATE_NOCARRIER } from '../../../include/linux/netdevice.ts';
import type { net_device } from '../../../include/linux/netdevice.ts';
import { linkwatch_fire_event } from '../../core/link_watch.ts';

/** The kernel also arms its watchdog over stuck queues (dev_watchdog), which the model leaves out. */
export function netif_carrier_on(cpu: Cpu, dev: net_device): void {
  if ((dev.state & __LINK_STATE_NOCARRIER) === 0) return;
  dev.state &= ~__LINK_STATE_NOCARRIER;
  dev.carrier_up_count++;
  linkwatch_fire_event(cpu, dev);
}

/** The queues stay as they are: until linkwatch_event() has its turn, packets still go to the driver. */
export function netif_carrier_off(cpu: Cpu, dev: net_device): void {
  if ((dev.state & __LINK_STATE_NOCARRIER) !== 0) return;
  dev.state |= __LINK_STATE_NOCARRIER;
  dev.carrier_down_count++;
  linkwatch_fire_event(cpu, dev);
}
