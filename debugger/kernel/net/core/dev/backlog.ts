/** The per-CPU backlog: loopback, veth and RPS deliver through it (net/core/dev.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { IFF_UP, NAPI_STATE_SCHED } from '../../../include/linux/netdevice.ts';
import type { napi_struct, rps_dev_flow } from '../../../include/linux/netdevice.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { in_interrupt, local_bh_disable, local_bh_enable } from '../../../kernel/softirq.ts';
import { __skb_dequeue, skb_queue_splice_tail_init } from '../skbuff/queue.ts';
import { kfree_skb_reason } from '../skbuff/free.ts';
import { net_timestamp_check } from './taps.ts';
import { __netif_receive_skb } from './receive.ts';
import { skb_flow_limit } from './flow_limit.ts';
import { get_rps_cpu, napi_schedule_rps, net_rps_action_and_irq_enable, rps_needed } from './rps.ts';

export const NET_RX_SUCCESS = 0;
export const NET_RX_DROP = 1;

/** Queues a packet at a CPU and schedules its backlog when the queue was empty; past netdev_max_backlog it is dropped. Its place goes into `rflow` (RFS). */
export function enqueue_to_backlog(cpu: Cpu, skb: sk_buff, target: number, rflow: rps_dev_flow | null): number {
  spend(cpu, cpu.costs.backlog_enqueue);
  const dev = skb.dev!;
  if ((dev.flags & IFF_UP) === 0) {
    dev.stats.rx_dropped++;
    kfree_skb_reason(cpu, skb, 'DEV_READY', { condition: '!netif_running(skb->dev)', values: { flags: dev.flags } });
    return NET_RX_DROP;
  }
  const sd = cpu.host.softnet[target]!;
  const qlen = sd.input_pkt_queue.length;
  const max_backlog = cpu.host.knobs.netdev_max_backlog!;
  if (qlen > max_backlog || (cpu.host.softnet[cpu.id]!.flow_limit !== null && skb_flow_limit(cpu, skb, qlen, max_backlog))) {
    sd.dropped++;
    dev.stats.rx_dropped++;
    const condition = qlen > max_backlog ? 'qlen > net_hotdata.max_backlog' : 'skb_flow_limit(skb, qlen, max_backlog)';
    kfree_skb_reason(cpu, skb, 'CPU_BACKLOG', { condition, values: { qlen, max_backlog, cpu: target } });
    return NET_RX_DROP;
  }
  if (qlen === 0 && (sd.backlog.state & NAPI_STATE_SCHED) === 0) {
    sd.backlog.state |= NAPI_STATE_SCHED;
    napi_schedule_rps(cpu, sd);
  }
  sd.input_pkt_queue.push(skb);
  sd.input_queue_tail++;
  if (rflow !== null) rflow.last_qtail = sd.input_queue_tail;
  return NET_RX_SUCCESS;
}

export function netif_rx_internal(cpu: Cpu, skb: sk_buff): number {
  if (cpu.host.netstamp_needed !== 0) net_timestamp_check(cpu, skb, true);
  const dev = skb.dev!;
  if (!rps_needed(dev)) return enqueue_to_backlog(cpu, skb, cpu.id, null);
  const rflowp = { rflow: null };
  const target = get_rps_cpu(cpu, dev, skb, rflowp);
  return enqueue_to_backlog(cpu, skb, target < 0 ? cpu.id : target, rflowp.rflow);
}

/** For callers with bottom halves disabled. */
export function __netif_rx(cpu: Cpu, skb: sk_buff): number {
  return netif_rx_internal(cpu, skb);
}

export function netif_rx(cpu: Cpu, skb: sk_buff): number {
  const need_bh_off = !in_interrupt(cpu);
  if (need_bh_off) local_bh_disable(cpu);
  const ret = netif_rx_internal(cpu, skb);
  if (need_bh_off) local_bh_enable(cpu);
  return ret;
}

/** Polls the backlog: packets one by one up the stack, in batches taken from the input queue. */
export function* process_backlog(cpu: Cpu, napi: napi_struct, quota: number): Resumable<number> {
  const sd = cpu.host.softnet[cpu.id]!;
  let work = 0;
  if (sd.rps_ipi_list.length > 0) net_rps_action_and_irq_enable(cpu, sd);
  napi.weight = cpu.host.knobs.dev_weight! * cpu.host.knobs.dev_weight_rx_bias!;
  for (;;) {
    let skb = __skb_dequeue(sd.process_queue);
    while (skb !== null) {
      __netif_receive_skb(cpu, skb);
      work++;
      if (work >= quota) {
        sd.input_queue_head += work;
        return work;
      }
      yield;
      skb = __skb_dequeue(sd.process_queue);
    }
    if (sd.input_pkt_queue.length === 0) {
      napi.state = 0;
      sd.input_queue_head += work;
      return work;
    }
    skb_queue_splice_tail_init(sd.input_pkt_queue, sd.process_queue);
  }
}
