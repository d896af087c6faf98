/** What drivers do with a packet to send: struct net_device_ops (include/linux/netdevice.h). */
import type { Cpu } from '../../../machine/types.ts';
import { igb_xmit_frame } from '../../drivers/net/ethernet/intel/igb/igb_xmit.ts';
import { loopback_xmit } from '../../drivers/net/loopback.ts';
import { veth_xmit } from '../../drivers/net/veth.ts';
import { br_dev_xmit } from '../bridge/br_device.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';

const start_xmit = { igb: igb_xmit_frame, loopback: loopback_xmit, veth: veth_xmit, bridge: br_dev_xmit } satisfies
  Record<net_device['netdev_ops'], (cpu: Cpu, skb: sk_buff, dev: net_device) => number>;

/** NETDEV_TX_OK, or NETDEV_TX_BUSY: the packet is still the caller's. @helper */
export function ndo_start_xmit(cpu: Cpu, skb: sk_buff, dev: net_device): number {
  return start_xmit[dev.netdev_ops](cpu, skb, dev);
}
