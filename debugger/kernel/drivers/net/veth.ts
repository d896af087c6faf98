/** veth: a pair of devices; what one sends the other receives, through the backlog of the sender's CPU, or with GRO through a NAPI of its own (drivers/net/veth.c). */
import { schedule_event } from '../../../machine/event_queue.ts';
import type { Resumable } from '../../../machine/frames.ts';
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { ETH_HLEN } from '../../include/linux/if_ether.ts';
import { NETDEV_TX_BUSY, NETDEV_TX_OK, NETIF_F_GRO_UDP_FWD, NETIF_F_TSO } from '../../include/linux/netdevice.ts';
import type { napi_struct, net_device } from '../../include/linux/netdevice.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { NET_XMIT_DROP } from '../../include/net/sch_generic.ts';
import { netif_tx_queue_stopped, netif_tx_stop_queue, netif_tx_wake_queue } from '../../net/core/dev/netif_schedule.ts';
import { __netif_rx, NET_RX_DROP, NET_RX_SUCCESS } from '../../net/core/dev/backlog.ts';
import { __dev_forward_skb2 } from '../../net/core/dev/forward.ts';
import { __napi_schedule, napi_complete_done, napi_schedule_prep } from '../../net/core/dev/napi.ts';
import { netif_receive_skb } from '../../net/core/dev/receive.ts';
import { gro_receive_skb } from '../../net/core/gro/receive.ts';
import { skb_unclone } from '../../net/core/skbuff/clone.ts';
import { __skb_push, skb_shared } from '../../net/core/skbuff/data.ts';
import { kfree_skb_reason } from '../../net/core/skbuff/free.ts';
import { skb_tx_timestamp } from '../../net/core/skbuff/tstamp.ts';
import { skb_orphan } from '../../net/core/skbuff/destructors.ts';

/** Packets that may wait for veth_poll. */
const VETH_RING_SIZE = 256;

/** The receive queue of a veth. `napi` is null without GRO; `xdp_ring`: what the peer has sent and nobody has polled. */
export interface veth_rq { napi: napi_struct | null; dev: net_device; rx_notify_masked: boolean; xdp_ring: sk_buff[] }

/** net_device.priv of a veth. `incoming`: packets from a peer in another machine, not yet in the backlog. */
export interface veth_priv { peer: net_device | null; dropped: number; incoming: sk_buff[]; rq: veth_rq }

/** Polling is worth while where packets can be merged: those that are not whole super-packets already. */
function veth_skb_is_eligible_for_gro(dev: net_device, rcv: net_device, skb: sk_buff): boolean {
  return (dev.features & NETIF_F_TSO) === 0 || (skb.destructor === 'sock_wfree' && (rcv.features & NETIF_F_GRO_UDP_FWD) !== 0);
}

export function veth_xmit(cpu: Cpu, skb: sk_buff, dev: net_device): number {
  spend(cpu, cpu.costs.veth_xmit);
  const rcv = (dev.priv as veth_priv).peer;
  if (rcv === null) {
    kfree_skb_reason(cpu, skb, 'NOT_SPECIFIED', { condition: '!rcv', values: {} });
    return dropped(dev);
  }
  const rq = (rcv.priv as veth_priv).rq;
  const use_napi = rq.napi !== null && veth_skb_is_eligible_for_gro(dev, rcv, skb);
  const length = skb.len;
  skb_tx_timestamp(cpu, skb);
  const ret = veth_forward_skb(cpu, rcv, skb, rq, use_napi);
  if (ret === NETDEV_TX_BUSY) return ringFull(cpu, skb, dev, rq);
  if (ret !== NET_RX_SUCCESS) return dropped(dev);
  if (!use_napi || rcv.host !== cpu.host) count(dev, rcv, length);
  else __veth_xdp_flush(cpu, rq);
  return NETDEV_TX_OK;
}

/** @helper What has come over is in the sender's books (dev_sw_netstats_tx_add) and, by veth_get_stats64, in the receiver's. */
function count(dev: net_device, rcv: net_device, length: number): void {
  dev.stats.tx_packets++;
  dev.stats.tx_bytes += length;
  rcv.stats.rx_packets++;
  rcv.stats.rx_bytes += length;
}

/** @helper The sender hears of it: UDP with IP_RECVERR as an error, TCP as congestion. */
function dropped(dev: net_device): number {
  (dev.priv as veth_priv).dropped++;
  dev.stats.tx_dropped++;
  return NET_XMIT_DROP;
}

/** @helper The receiver's ring has no room. Without a discipline that could keep the packet it is lost; one keeps it until veth_poll() wakes the queue. */
function ringFull(cpu: Cpu, skb: sk_buff, dev: net_device, rq: veth_rq): number {
  const txq = dev._tx[skb.queue_mapping]!;
  if (txq.qdisc.ops === 'noqueue') {
    dropRingFull(cpu, skb, rq);
    return dropped(dev);
  }
  __skb_push(skb, ETH_HLEN);
  netif_tx_stop_queue(txq);
  __veth_xdp_flush(cpu, rq);
  return NETDEV_TX_BUSY;
}

export function veth_forward_skb(cpu: Cpu, dev: net_device, skb: sk_buff, rq: veth_rq, use_napi: boolean): number {
  if (__dev_forward_skb2(cpu, dev, skb) !== 0) return NET_RX_DROP;
  if (dev.host !== cpu.host) return toOtherMachine(cpu, dev, skb);
  return use_napi ? veth_xdp_rx(rq, skb) : __netif_rx(cpu, skb);
}

/** To the ring that veth_poll empties; NETDEV_TX_BUSY when it is full. */
function veth_xdp_rx(rq: veth_rq, skb: sk_buff): number {
  if (rq.xdp_ring.length >= VETH_RING_SIZE) return NETDEV_TX_BUSY;
  rq.xdp_ring.push(skb);
  return NET_RX_SUCCESS;
}

/** @helper */
function dropRingFull(cpu: Cpu, skb: sk_buff, rq: veth_rq): void {
  kfree_skb_reason(cpu, skb, 'NOT_SPECIFIED', { condition: 'ptr_ring_produce(&rq->xdp_ring, skb)', values: { waiting: rq.xdp_ring.length, size: VETH_RING_SIZE } });
}

/** Schedules the receiver's NAPI on this CPU, unless it is going to look anyway. */
function __veth_xdp_flush(cpu: Cpu, rq: veth_rq): void {
  if (!rq.rx_notify_masked && napi_schedule_prep(cpu, rq.napi!)) {
    rq.rx_notify_masked = true;
    __napi_schedule(cpu, rq.napi!);
  }
}

/** Polls the ring: what comes from a peer is merged as what comes from a NIC is. */
export function* veth_poll(cpu: Cpu, napi: napi_struct, budget: number): Resumable<number> {
  const rq = (napi.dev!.priv as veth_priv).rq;
  const done = yield* veth_xdp_rcv(cpu, rq, budget);
  if (done < budget) {
    const complete = yield* napi_complete_done(cpu, napi, done);
    if (complete) {
      rq.rx_notify_masked = false;
      if (rq.xdp_ring.length > 0) __veth_xdp_flush(cpu, rq);
    }
  }
  const peer_txq = (napi.dev!.priv as veth_priv).peer!._tx[0]!;
  if (netif_tx_queue_stopped(peer_txq)) netif_tx_wake_queue(cpu, peer_txq);
  return done;
}

function* veth_xdp_rcv(cpu: Cpu, rq: veth_rq, budget: number): Resumable<number> {
  const peer = (rq.dev.priv as veth_priv).peer!;
  let done = 0;
  while (done < budget && rq.xdp_ring.length > 0) {
    const skb = rq.xdp_ring.shift()!;
    if (peer.host === cpu.host) count(peer, rq.dev, skb.len);
    if (skb_shared(skb)) {
      netif_receive_skb(cpu, skb);
    } else {
      skb_unclone(cpu, skb);
      yield* gro_receive_skb(cpu, rq.napi!, skb);
    }
    done++;
    yield;
  }
  return done;
}

/** @helper The peer's machine has CPUs of its own: they take the packet on in an interrupt. */
function toOtherMachine(cpu: Cpu, dev: net_device, skb: sk_buff): number {
  skb_orphan(cpu, skb);
  (dev.priv as veth_priv).incoming.push(skb);
  schedule_event(dev.host.hardware, cpu.now, 'veth_arrives', dev, null);
  return NET_RX_SUCCESS;
}

/** @helper In that interrupt: what has come goes to the backlog, or to the ring. */
export function veth_interrupt(cpu: Cpu): void {
  for (const dev of cpu.host.devices) {
    if (dev.netdev_ops !== 'veth') continue;
    const { incoming, rq, peer } = dev.priv as veth_priv;
    while (incoming.length > 0) {
      const skb = incoming.shift()!;
      skb.alloc_cpu = cpu.id;
      if (rq.napi === null || !veth_skb_is_eligible_for_gro(peer!, dev, skb)) __netif_rx(cpu, skb);
      else arrive(cpu, dev, rq, skb);
    }
  }
}

/** @helper */
function arrive(cpu: Cpu, dev: net_device, rq: veth_rq, skb: sk_buff): void {
  if (veth_xdp_rx(rq, skb) === NET_RX_SUCCESS) {
    __veth_xdp_flush(cpu, rq);
    return;
  }
  dev.stats.rx_dropped++;
  dropRingFull(cpu, skb, rq);
}
