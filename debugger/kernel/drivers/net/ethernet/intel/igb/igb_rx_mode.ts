/** Which frames the NIC takes (drivers/net/ethernet/intel/igb/igb_main.c). */
import type { Cpu } from '../../../../../../machine/types.ts';
import { IFF_PROMISC } from '../../../../../include/linux/netdevice.ts';
import type { net_device } from '../../../../../include/linux/netdevice.ts';
import type { igb_adapter } from './igb.ts';

/** RCTL.UPE and MPE: frames for others too while the device is promiscuous. */
export function igb_set_rx_mode(_cpu: Cpu, dev: net_device): void {
  (dev.priv as igb_adapter).nic.promiscuous = (dev.flags & IFF_PROMISC) !== 0;
}
