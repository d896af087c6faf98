/** Pure twins of what the kernel finds out about a device's link when somebody asks (net/core/dev.c netif_get_flags). */
import {
  __LINK_STATE_NOCARRIER,
  IF_OPER_DOWN,
  IFF_LOWER_UP,
  IFF_RUNNING,
  IFF_UP,
} from '../kernel/include/linux/netdevice.ts';
import type { net_device } from '../kernel/include/linux/netdevice.ts';

export function hasCarrier(dev: net_device): boolean {
  return (dev.state & __LINK_STATE_NOCARRIER) === 0;
}

/** IFF_*, with the two that are not kept. */
export function shownFlags(dev: net_device): number {
  if ((dev.flags & IFF_UP) === 0) return dev.flags;
  return dev.flags | (dev.operstate === IF_OPER_DOWN ? 0 : IFF_RUNNING) | (hasCarrier(dev) ? IFF_LOWER_UP : 0);
}
