/** What state a device is in, as others see it, and who is told when that changes (net/core/dev.c, netdevice.h). */
import type { Cpu } from '../../../../machine/types.ts';
import { __LINK_STATE_NOCARRIER, IF_OPER_UNKNOWN, IF_OPER_UP, IFF_LOWER_UP, IFF_RUNNING, IFF_UP } from '../../../include/linux/netdevice.ts';
import type { net_device } from '../../../include/linux/netdevice.ts';
import { ndisc_netdev_event } from '../../ipv6/addrconf.ts';
import { fib6_netdev_event } from '../../ipv6/ip6_fib.ts';
import { arp_netdev_event } from '../../ipv4/arp/netdev.ts';
import { fib_netdev_event } from '../../ipv4/fib_frontend.ts';
import { rtmsg_ifinfo } from '../rtnetlink.ts';

/** @helper */
export function netif_carrier_ok(dev: net_device): boolean {
  return (dev.state & __LINK_STATE_NOCARRIER) === 0;
}

/** @helper */
export function netif_running(dev: net_device): boolean {
  return (dev.flags & IFF_UP) !== 0;
}

/** @helper */
export function netif_oper_up(dev: net_device): boolean {
  return dev.operstate === IF_OPER_UP || dev.operstate === IF_OPER_UNKNOWN;
}

/** The flags that user space gets: IFF_RUNNING and IFF_LOWER_UP are found out when somebody asks. */
export function netif_get_flags(dev: net_device): number {
  let flags = dev.flags & ~(IFF_RUNNING | IFF_LOWER_UP);
  if (!netif_running(dev)) return flags;
  if (netif_oper_up(dev)) flags |= IFF_RUNNING;
  if (netif_carrier_ok(dev)) flags |= IFF_LOWER_UP;
  return flags;
}

/** Tells the kernel's own parts, then user space. */
export function netif_state_change(cpu: Cpu, dev: net_device): void {
  if (!netif_running(dev)) return;
  call_netdevice_notifiers_info(cpu, dev);
  rtmsg_ifinfo(cpu, dev);
}

/** NETDEV_CHANGE: those of netdev_chain that it means something to, in the order in which they registered. */
function call_netdevice_notifiers_info(cpu: Cpu, dev: net_device): void {
  arp_netdev_event(cpu, dev);
  fib_netdev_event(cpu, dev);
  if (dev.ip6_ptr === null) return;
  ndisc_netdev_event(cpu, dev);
  fib6_netdev_event(cpu, dev, (netif_get_flags(dev) & (IFF_RUNNING | IFF_LOWER_UP)) !== 0);
}
