/** Devices that receive frames for others too (net/core/dev.c dev_set_promiscuity). */
import type { Cpu } from '../../../../machine/types.ts';
import { IFF_PROMISC } from '../../../include/linux/netdevice.ts';
import type { net_device } from '../../../include/linux/netdevice.ts';
import { igb_set_rx_mode } from '../../../drivers/net/ethernet/intel/igb/igb_rx_mode.ts';

/** `inc` users more; the first and the last change the device's filter. */
export function dev_set_promiscuity(cpu: Cpu, dev: net_device, inc: number): void {
  const before = dev.flags;
  dev.promiscuity += inc;
  dev.flags = dev.promiscuity > 0 ? dev.flags | IFF_PROMISC : dev.flags & ~IFF_PROMISC;
  if (dev.flags !== before) dev_set_rx_mode(cpu, dev);
}

/** Virtual devices have no filter. */
function dev_set_rx_mode(cpu: Cpu, dev: net_device): void {
  if (dev.netdev_ops === 'igb') igb_set_rx_mode(cpu, dev);
}
