/** The disciplines of a device are switched on and off: without a carrier each queue has noop, which drops (net/sched/sch_generic.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { net_device, netdev_queue } from '../../../include/linux/netdevice.ts';
import type { Qdisc } from '../../../include/net/sch_generic.ts';
import { local_bh_disable, local_bh_enable } from '../../../kernel/softirq.ts';
import { schedule_timeout_uninterruptible } from '../../../kernel/time/sleep_timeout.ts';
import { netif_carrier_ok } from '../../core/dev/state.ts';
import { skb_queue_purge } from '../../core/skbuff/queue.ts';
import { createNoop, qdiscReset } from '../qdisc_ops.ts';

/** @helper Whether a queue has another discipline than the one that it is to have. */
export function qdisc_tx_changing(dev: net_device): boolean {
  return dev._tx.some((txq) => txq.qdisc !== txq.qdisc_sleeping);
}

/** Each queue gets its discipline, once there is a carrier. */
export function dev_activate(cpu: Cpu, dev: net_device): void {
  if (!netif_carrier_ok(dev)) return;
  for (const txq of dev._tx) transition_one_qdisc(cpu, txq);
}

function transition_one_qdisc(_cpu: Cpu, dev_queue: netdev_queue): void {
  dev_queue.qdisc = dev_queue.qdisc_sleeping;
  dev_queue.trans_start = 0;
}

export function* dev_deactivate(cpu: Cpu, dev: net_device): Resumable<void> {
  yield* dev_deactivate_many(cpu, dev);
}

/** noop takes the place of the disciplines; what is in those is thrown away. Who runs one is waited for. */
export function* dev_deactivate_many(cpu: Cpu, dev: net_device): Resumable<void> {
  const noop_qdisc = createNoop(dev);
  for (const txq of dev._tx) dev_deactivate_queue(cpu, txq, noop_qdisc);
  yield* synchronize_net(cpu);
  for (const txq of dev._tx) dev_reset_queue(cpu, txq);
  while (some_qdisc_is_busy(dev)) yield* schedule_timeout_uninterruptible(cpu, 1);
}

function dev_deactivate_queue(_cpu: Cpu, dev_queue: netdev_queue, noop_qdisc: Qdisc): void {
  dev_queue.qdisc = noop_qdisc;
}

/** Waits until every CPU has come out of what it was sending: here they are out of it between any two events (net/core/dev.c). */
function* synchronize_net(_cpu: Cpu): Resumable<void> {
  yield;
}

function dev_reset_queue(cpu: Cpu, dev_queue: netdev_queue): void {
  local_bh_disable(cpu);
  qdisc_reset(cpu, dev_queue.qdisc_sleeping);
  local_bh_enable(cpu);
}

/** Empties a discipline: its own queues, then what the driver had refused. */
export function qdisc_reset(cpu: Cpu, qdisc: Qdisc): void {
  qdiscReset(cpu, qdisc);
  skb_queue_purge(cpu, qdisc.gso_skb);
  skb_queue_purge(cpu, qdisc.skb_bad_txq);
  qdisc.q.qlen = 0;
  qdisc.q.backlog = 0;
}

/** Running, or on a CPU's list for NET_TX. */
function some_qdisc_is_busy(dev: net_device): boolean {
  return dev._tx.some(({ qdisc_sleeping }) => qdisc_sleeping.running || qdisc_sleeping.sched);
}
