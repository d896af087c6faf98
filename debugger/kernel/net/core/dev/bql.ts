/** Byte queue limits at a transmit queue: too many bytes in the device stop it, a completion starts it again (linux/netdevice.h). */
import type { Cpu } from '../../../../machine/types.ts';
import { __QUEUE_STATE_STACK_XOFF } from '../../../include/linux/netdevice.ts';
import type { netdev_queue } from '../../../include/linux/netdevice.ts';
import { dql_avail, dql_completed, dql_queued, dql_reset } from '../../../lib/dynamic_queue_limits.ts';
import { netif_schedule_queue } from './netif_schedule.ts';

/** The driver has put `bytes` on the ring. */
export function netdev_tx_sent_queue(txq: netdev_queue, bytes: number): void {
  dql_queued(txq.dql, bytes);
  if (dql_avail(txq.dql) < 0) txq.state |= __QUEUE_STATE_STACK_XOFF;
}

/** The device has sent `bytes` in `pkts` packets: a queue stopped by its limit goes on in NET_TX. */
export function netdev_tx_completed_queue(cpu: Cpu, txq: netdev_queue, _pkts: number, bytes: number): void {
  if (bytes === 0) return;
  dql_completed(cpu, txq.dql, bytes);
  if (dql_avail(txq.dql) < 0 || (txq.state & __QUEUE_STATE_STACK_XOFF) === 0) return;
  txq.state &= ~__QUEUE_STATE_STACK_XOFF;
  netif_schedule_queue(cpu, txq);
}

/** What was in the device will never be completed. */
export function netdev_tx_reset_queue(cpu: Cpu, txq: netdev_queue): void {
  txq.state &= ~__QUEUE_STATE_STACK_XOFF;
  dql_reset(cpu, txq.dql);
}
