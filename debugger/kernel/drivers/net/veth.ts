/** veth: a pair of devices; what one sends the other receives, through the backlog of the sender's CPU (drivers/net/veth.c). */
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { NETDEV_TX_OK } from '../../include/linux/netdevice.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { __netif_rx, NET_RX_DROP, NET_RX_SUCCESS } from '../../net/core/dev/backlog.ts';
import { __dev_forward_skb2 } from '../../net/core/dev/forward.ts';
import { kfree_skb_reason } from '../../net/core/skbuff/free.ts';

/** net_device.priv of a veth. */
export interface veth_priv { peer: net_device | null; dropped: number }

export function veth_xmit(cpu: Cpu, skb: sk_buff, dev: net_device): number {
  spend(cpu, cpu.costs.veth_xmit);
  const priv = dev.priv as veth_priv;
  const rcv = priv.peer;
  if (rcv === null) {
    priv.dropped++;
    kfree_skb_reason(cpu, skb, 'DEV_READY', { condition: '!rcv', values: {} });
    return NETDEV_TX_OK;
  }
  const length = skb.len;
  if (veth_forward_skb(cpu, rcv, skb) !== NET_RX_SUCCESS) {
    priv.dropped++;
    dev.stats.tx_dropped++;
    return NETDEV_TX_OK;
  }
  dev.stats.tx_packets++;
  dev.stats.tx_bytes += length;
  rcv.stats.rx_packets++;
  rcv.stats.rx_bytes += length;
  return NETDEV_TX_OK;
}

export function veth_forward_skb(cpu: Cpu, dev: net_device, skb: sk_buff): number {
  if (__dev_forward_skb2(cpu, dev, skb) !== 0) return NET_RX_DROP;
  return __netif_rx(cpu, skb);
}
