/** lo: what is sent comes in again through the backlog of the same CPU (drivers/net/loopback.c). */
import type { Cpu } from '../../../machine/types.ts';
import { NETDEV_TX_OK } from '../../include/linux/netdevice.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { __netif_rx, NET_RX_SUCCESS } from '../../net/core/dev/backlog.ts';
import { skb_orphan } from '../../net/core/skbuff/destructors.ts';
import { skb_tx_timestamp } from '../../net/core/skbuff/tstamp.ts';
import { eth_type_trans } from '../../net/ethernet/eth.ts';

/** The socket gets its send buffer back at once; the route stays with the packet. */
export function loopback_xmit(cpu: Cpu, skb: sk_buff, dev: net_device): number {
  skb_tx_timestamp(cpu, skb);
  skb.tstamp = 0;
  skb_orphan(cpu, skb);
  skb.protocol = eth_type_trans(cpu, skb, dev);
  const len = skb.len;
  if (__netif_rx(cpu, skb) === NET_RX_SUCCESS) {
    dev.stats.rx_packets++;
    dev.stats.tx_packets++;
    dev.stats.rx_bytes += len;
    dev.stats.tx_bytes += len;
  }
  return NETDEV_TX_OK;
}
