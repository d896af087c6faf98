/** Asking NET_TX to run a queueing discipline; stopping and waking transmit queues (net/core/dev.c, linux/netdevice.h). */
import type { Cpu } from '../../../../machine/types.ts';
import { __QUEUE_STATE_DRV_XOFF, __QUEUE_STATE_STACK_XOFF } from '../../../include/linux/netdevice.ts';
import type { net_device, netdev_queue } from '../../../include/linux/netdevice.ts';
import type { Qdisc } from '../../../include/net/sch_generic.ts';
import { NET_TX_SOFTIRQ, raise_softirq_irqoff } from '../../../kernel/softirq.ts';
import { this_cpu_softnet } from './softnet.ts';

/** Puts a discipline on this CPU's list for net_tx_action, once. */
export function __netif_schedule(cpu: Cpu, q: Qdisc): void {
  if (q.sched) return;
  q.sched = true;
  this_cpu_softnet(cpu).output_queue.push(q);
  raise_softirq_irqoff(cpu, NET_TX_SOFTIRQ);
}

/** Runs the queue's discipline soon, unless the queue is stopped. */
export function netif_schedule_queue(cpu: Cpu, txq: netdev_queue): void {
  if ((txq.state & (__QUEUE_STATE_DRV_XOFF | __QUEUE_STATE_STACK_XOFF)) === 0) __netif_schedule(cpu, txq.qdisc);
}

/** @helper The driver has no room. */
export function netif_tx_stop_queue(txq: netdev_queue): void {
  txq.state |= __QUEUE_STATE_DRV_XOFF;
}

/** @helper */
export function netif_tx_start_queue(txq: netdev_queue): void {
  txq.state &= ~__QUEUE_STATE_DRV_XOFF;
}

/** @helper */
export function netif_tx_queue_stopped(txq: netdev_queue): boolean {
  return (txq.state & __QUEUE_STATE_DRV_XOFF) !== 0;
}

/** @helper */
export function netif_xmit_stopped(txq: netdev_queue): boolean {
  return (txq.state & (__QUEUE_STATE_DRV_XOFF | __QUEUE_STATE_STACK_XOFF)) !== 0;
}

/** The driver has room again. */
export function netif_tx_wake_queue(cpu: Cpu, txq: netdev_queue): void {
  if ((txq.state & __QUEUE_STATE_DRV_XOFF) === 0) return;
  txq.state &= ~__QUEUE_STATE_DRV_XOFF;
  __netif_schedule(cpu, txq.qdisc);
}

/** @helper */
export function netif_tx_stop_all_queues(dev: net_device): void {
  for (const txq of dev._tx) netif_tx_stop_queue(txq);
}

/** @helper */
export function netif_tx_start_all_queues(dev: net_device): void {
  for (const txq of dev._tx) netif_tx_start_queue(txq);
}
