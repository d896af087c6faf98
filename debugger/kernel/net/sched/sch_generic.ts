/** What all queueing disciplines share: running them, handing packets to the driver, taking back what it refused (net/sched/sch_generic.c). */
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { net_device, netdev_queue } from '../../include/linux/netdevice.ts';
import { __QUEUE_STATE_DRV_XOFF, __QUEUE_STATE_FROZEN, __QUEUE_STATE_STACK_XOFF } from '../../include/linux/netdevice.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { TCQ_F_ONETXQUEUE } from '../../include/net/sch_generic.ts';
import type { Qdisc } from '../../include/net/sch_generic.ts';
import { dev_hard_start_xmit, validate_xmit_skb_list } from '../core/dev/xmit.ts';
import { __netif_schedule } from '../core/dev/netif_schedule.ts';
import { dql_avail } from '../../lib/dynamic_queue_limits.ts';
import { qdiscDequeue } from './qdisc_ops.ts';

/** The queue takes no packet: the driver (ring full) or the stack (BQL) stopped it. @helper */
export function netif_xmit_frozen_or_stopped(txq: netdev_queue): boolean {
  return (txq.state & (__QUEUE_STATE_DRV_XOFF | __QUEUE_STATE_STACK_XOFF | __QUEUE_STATE_FROZEN)) !== 0;
}

/** Claims the right to dequeue; false when another context has it. @helper */
export function qdisc_run_begin(q: Qdisc): boolean {
  if (q.running) return false;
  q.running = true;
  return true;
}

/** @helper */
export function qdisc_run_end(q: Qdisc): void {
  q.running = false;
}

/** Runs the discipline unless somebody does already. @helper */
export function qdisc_run(cpu: Cpu, q: Qdisc): void {
  if (!qdisc_run_begin(q)) return;
  __qdisc_run(cpu, q);
  qdisc_run_end(q);
}

/** Sends from the discipline until it is empty, the driver refuses, or the quota (net.core.dev_weight) is used up: then NET_TX goes on. */
export function __qdisc_run(cpu: Cpu, q: Qdisc): void {
  let quota = cpu.host.knobs.dev_weight! * cpu.host.knobs.dev_weight_tx_bias!;
  for (;;) {
    const packets = qdisc_restart(cpu, q, quota);
    if (packets === 0) return;
    quota -= packets;
    if (quota > 0) continue;
    __netif_schedule(cpu, q);
    return;
  }
}

/** Takes at most about `budget` packets and hands them to the driver; how many went (0: stop). */
export function qdisc_restart(cpu: Cpu, q: Qdisc, budget: number): number {
  const validate = q.gso_skb.length === 0;
  const skb = dequeue_skb(cpu, q, budget);
  if (skb === null) return 0;
  let packets = 0;
  for (let each: sk_buff | null = skb; each !== null; each = each.next) packets++;
  const txq = skb_get_tx_queue(q.dev!, skb);
  return sch_direct_xmit(cpu, skb, q, q.dev!, txq, validate) ? packets : 0;
}

/** @helper */
export function skb_get_tx_queue(dev: net_device, skb: sk_buff): netdev_queue {
  return dev._tx[skb.queue_mapping]!;
}

/**
 * The next packet: one that the driver refused before, else the discipline's choice, and a few more behind it (linked by next);
 * none while the queue is stopped.
 */
export function dequeue_skb(cpu: Cpu, q: Qdisc, budget: number): sk_buff | null {
  if (q.gso_skb.length > 0) return dequeueRefused(q);
  const onetxqueue = (q.flags & TCQ_F_ONETXQUEUE) !== 0;
  if (onetxqueue && netif_xmit_frozen_or_stopped(q.dev_queue!)) return null;
  const skb = q.skb_bad_txq.length > 0 ? qdisc_dequeue_skb_bad_txq(q) : qdiscDequeue(cpu, q);
  if (skb === null) return null;
  if (onetxqueue) try_bulk_dequeue_skb(cpu, q, skb, q.dev_queue!, budget);
  else try_bulk_dequeue_skb_slow(cpu, q, skb);
  return skb;
}

/** One transmit queue: as many as its byte limit still allows, and the quota of this run. */
export function try_bulk_dequeue_skb(cpu: Cpu, q: Qdisc, first: sk_buff, txq: netdev_queue, budget: number): void {
  let bytelimit = dql_avail(txq.dql) - first.len;
  let skb = first;
  for (let cnt = 0; bytelimit > 0 && cnt < budget; cnt++) {
    const nskb = qdiscDequeue(cpu, q);
    if (nskb === null) return;
    bytelimit -= nskb.len;
    skb.next = nskb;
    skb = nskb;
  }
}

/** Several transmit queues: up to eight packets, as long as they are for the same queue; one for another is kept aside. */
export function try_bulk_dequeue_skb_slow(cpu: Cpu, q: Qdisc, first: sk_buff): void {
  let skb = first;
  for (let cnt = 0; cnt < 8; cnt++) {
    const nskb = qdiscDequeue(cpu, q);
    if (nskb === null) return;
    if (nskb.queue_mapping !== first.queue_mapping) {
      qdisc_enqueue_skb_bad_txq(q, nskb);
      return;
    }
    skb.next = nskb;
    skb = nskb;
  }
}

/** @helper */
function qdisc_enqueue_skb_bad_txq(q: Qdisc, skb: sk_buff): void {
  q.skb_bad_txq.push(skb);
  qdisc_qstats_backlog_inc(q, skb);
  q.q.qlen++;
}

/** @helper The packet kept aside, when its queue is not stopped. */
function qdisc_dequeue_skb_bad_txq(q: Qdisc): sk_buff | null {
  const skb = q.skb_bad_txq[0]!;
  if (netif_xmit_frozen_or_stopped(skb_get_tx_queue(q.dev!, skb))) return null;
  q.skb_bad_txq.shift();
  qdisc_qstats_backlog_dec(q, skb);
  q.q.qlen--;
  return skb;
}

/** @helper */
function dequeueRefused(q: Qdisc): sk_buff | null {
  const skb = q.gso_skb[0]!;
  if (netif_xmit_frozen_or_stopped(skb_get_tx_queue(q.dev!, skb))) return null;
  q.gso_skb.shift();
  qdisc_qstats_backlog_dec(q, skb);
  q.q.qlen--;
  return skb;
}

/**
 * Hands `skb` (a list when it was segmented) to the driver under the queue's lock. True: go on with the next; false: the driver
 * had no room, the rest is kept for later.
 */
export function sch_direct_xmit(cpu: Cpu, skb: sk_buff, q: Qdisc, dev: net_device, txq: netdev_queue, validate: boolean): boolean {
  const list = validate ? validate_xmit_skb_list(cpu, skb, dev) : skb;
  if (list === null) return true;
  const rest = netif_xmit_frozen_or_stopped(txq) ? list : hardXmitLocked(cpu, list, dev, txq);
  if (rest === null) return true;
  dev_requeue_skb(cpu, rest, q);
  return false;
}

/** HARD_TX_LOCK: a CPU that comes before the other's release spins until then. @helper */
function hardXmitLocked(cpu: Cpu, skb: sk_buff, dev: net_device, txq: netdev_queue): sk_buff | null {
  if (txq.xmit_lock_released > cpu.now) spend(cpu, txq.xmit_lock_released - cpu.now);
  txq.xmit_lock_owner = cpu.id;
  const rest = dev_hard_start_xmit(cpu, skb, dev, txq);
  txq.xmit_lock_owner = -1;
  txq.xmit_lock_released = cpu.now;
  return rest;
}

/** Keeps what the driver refused at the head of the discipline, and asks for NET_TX to try again. */
export function dev_requeue_skb(cpu: Cpu, skb: sk_buff, q: Qdisc): void {
  let each: sk_buff | null = skb;
  while (each !== null) {
    const next: sk_buff | null = each.next;
    each.next = null;
    q.gso_skb.push(each);
    q.qstats.requeues++;
    qdisc_qstats_backlog_inc(q, each);
    q.q.qlen++;
    each = next;
  }
  __netif_schedule(cpu, q);
}

/** @helper */
export function qdisc_qstats_backlog_inc(q: Qdisc, skb: sk_buff): void {
  q.q.backlog += qdisc_pkt_len(skb);
}

/** @helper */
export function qdisc_qstats_backlog_dec(q: Qdisc, skb: sk_buff): void {
  q.q.backlog -= qdisc_pkt_len(skb);
}

/** Bytes on the wire that the packet stands for: a segmented one counts the headers of all its segments (qdisc_skb_cb). @helper */
export function qdisc_pkt_len(skb: sk_buff): number {
  const { gso_size, gso_segs } = skb.shinfo;
  if (gso_size === 0 || gso_segs <= 1) return skb.len;
  const header = skb.transport_header - skb.data + gsoTransportHeader(skb);
  return skb.len + (gso_segs - 1) * header;
}

/** @helper TCP's data offset, or UDP's 8. */
function gsoTransportHeader(skb: sk_buff): number {
  const protocol = skb.head[skb.network_header + 9];
  return protocol === 6 ? (skb.head[skb.transport_header + 12]! >> 4) * 4 : 8;
}

/** @helper */
export function qdisc_bstats_update(q: Qdisc, skb: sk_buff): void {
  q.bstats.bytes += qdisc_pkt_len(skb);
  q.bstats.packets += Math.max(skb.shinfo.gso_segs, 1);
}
