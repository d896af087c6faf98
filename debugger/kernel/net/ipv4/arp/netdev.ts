/** ARP hears that a device has changed (net/ipv4/arp.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { net_device } from '../../../include/linux/netdevice.ts';
import { netif_carrier_ok } from '../../core/dev/state.ts';
import { neigh_carrier_down } from '../../core/neighbour/ifdown.ts';

/** NETDEV_CHANGE: with the carrier the neighbours go, unless net.ipv4.conf.DEV.arp_evict_nocarrier is 0. */
export function arp_netdev_event(cpu: Cpu, dev: net_device): void {
  if (dev.ip_ptr.cnf.arp_evict_nocarrier !== 0 && !netif_carrier_ok(dev)) neigh_carrier_down(cpu, cpu.host.arp_tbl, dev);
}
