/** By which transmit queue a packet leaves (net/core/dev.c, include/net/sock.h). */
import type { Cpu } from '../../../../machine/types.ts';
import type { net_device, netdev_queue } from '../../../include/linux/netdevice.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import { jiffies, msecs_to_jiffies } from '../../../kernel/time/jiffies.ts';
import { skb_get_hash } from '../flow_dissector.ts';

/** The queue that sends the packet: of the socket or flow when there are several. */
export function netdev_core_pick_tx(cpu: Cpu, dev: net_device, skb: sk_buff): netdev_queue {
  const queues = dev.real_num_tx_queues;
  const index = queues === 1 ? 0 : netdev_pick_tx(cpu, skb, queues);
  skb.queue_mapping = index;
  return dev._tx[index]!;
}

/** The queue of the sending CPU (xps_cpus), by hash where it has several; -1: none. */
function get_xps_queue(cpu: Cpu, dev: net_device, skb: sk_buff): number {
  const queues = dev.xps_cpus[cpu.id];
  if (queues === undefined || queues.length === 0) return -1;
  const queue = queues.length === 1 ? queues[0]! : queues[Math.floor((skb_get_hash(cpu, skb) * queues.length) / 0x100000000)]!;
  return queue < dev.real_num_tx_queues ? queue : -1;
}

/** The socket's queue, else the sending CPU's, else by the flow's hash; a socket stays on its queue while packets of it are under way. */
export function netdev_pick_tx(cpu: Cpu, skb: sk_buff, queues: number): number {
  const sk = skb.sk;
  const queue_index = sk === null ? -1 : sk_tx_queue_get(cpu, sk);
  if (queue_index >= 0 && !skb.ooo_okay && queue_index < queues) return queue_index;
  const xps = skb.dev!.xps_cpus.length === 0 ? -1 : get_xps_queue(cpu, skb.dev!, skb);
  const index = xps >= 0 ? xps : skb_tx_hash(cpu, skb, queues);
  if (sk !== null && sk.sk_dst_cache !== null) sk_tx_queue_set(cpu, sk, index);
  return index;
}

/** The queue that the socket is on, -1 when there is none or it is to be chosen again: every net.core.txq_reselection_ms. */
export function sk_tx_queue_get(cpu: Cpu, sk: sock): number {
  if (sk.sk_tx_queue_mapping < 0) return -1;
  const ms = cpu.host.knobs.txq_reselection_ms!;
  return ms > 0 && jiffies(cpu) > sk.sk_tx_queue_mapping_jiffies + msecs_to_jiffies(ms) ? -1 : sk.sk_tx_queue_mapping;
}

export function sk_tx_queue_set(cpu: Cpu, sk: sock, tx_queue: number): void {
  sk.sk_tx_queue_mapping = tx_queue;
  sk.sk_tx_queue_mapping_jiffies = jiffies(cpu);
}

/** A forwarded packet leaves on the queue of the number that it came in on; others by reciprocal_scale() of the flow hash. @helper */
function skb_tx_hash(cpu: Cpu, skb: sk_buff, queues: number): number {
  if (skb.queue_mapping > 0) return (skb.queue_mapping - 1) % queues;
  return Math.floor((skb_get_hash(cpu, skb) * queues) / 0x100000000);
}
