/** veth: a pair of devices; what one sends the other receives, through the backlog of the sender's CPU (drivers/net/veth.c). */
import { schedule_event } from '../../../machine/event_queue.ts';
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { NETDEV_TX_OK } from '../../include/linux/netdevice.ts';
import type { net_device } from '../../include/linux/netdevice.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { __netif_rx, NET_RX_DROP, NET_RX_SUCCESS } from '../../net/core/dev/backlog.ts';
import { __dev_forward_skb2 } from '../../net/core/dev/forward.ts';
import { kfree_skb_reason } from '../../net/core/skbuff/free.ts';
import { skb_tx_timestamp } from '../../net/core/skbuff/tstamp.ts';
import { skb_orphan } from '../../net/core/skbuff/destructors.ts';

/** net_device.priv of a veth. `incoming`: packets from a peer in another machine, not yet in the backlog. */
export interface veth_priv { peer: net_device | null; dropped: number; incoming: sk_buff[] }

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
  skb_tx_timestamp(cpu, skb);
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
  if (dev.host !== cpu.host) return toOtherMachine(cpu, dev, skb);
  return __netif_rx(cpu, skb);
}

/** @helper The peer's machine has CPUs of its own: they take the packet on in an interrupt. */
function toOtherMachine(cpu: Cpu, dev: net_device, skb: sk_buff): number {
  skb_orphan(cpu, skb);
  (dev.priv as veth_priv).incoming.push(skb);
  schedule_event(dev.host.hardware, cpu.now, 'veth_arrives', dev, null);
  return NET_RX_SUCCESS;
}

/** @helper In that interrupt: what has come goes to the backlog. */
export function veth_interrupt(cpu: Cpu): void {
  for (const dev of cpu.host.devices) {
    if (dev.netdev_ops !== 'veth') continue;
    const incoming = (dev.priv as veth_priv).incoming;
    while (incoming.length > 0) {
      const skb = incoming.shift()!;
      skb.alloc_cpu = cpu.id;
      __netif_rx(cpu, skb);
    }
  }
}
