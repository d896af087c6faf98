/** The backlog of a CPU: packets of devices without NAPI (loopback, veth) and packets that RPS sent here (net/core/dev.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { NAPI_STATE_MISSED, NAPI_STATE_SCHED } from '../../../include/linux/netdevice.ts';
import type { napi_struct, softnet_data } from '../../../include/linux/netdevice.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { kfree_skb_reason } from '../skbuff/free.ts';
import { ____napi_schedule } from './napi.ts';
import { __netif_receive_skb } from './receive.ts';
import { get_rps_cpu, net_rps_action_and_irq_enable } from './rps.ts';
import { this_cpu_softnet } from './softnet.ts';

export const NET_RX_SUCCESS = 0;
export const NET_RX_DROP = 1;

/** Hands a packet to the stack by way of the backlog; the caller has bottom halves off. */
export function __netif_rx(cpu: Cpu, skb: sk_buff): number {
  return netif_rx_internal(cpu, skb);
}

export function netif_rx_internal(cpu: Cpu, skb: sk_buff): number {
  spend(cpu, cpu.costs.backlog_enqueue);
  const target = get_rps_cpu(cpu, skb.dev!, skb);
  return enqueue_to_backlog(cpu, skb, target < 0 ? cpu.id : target);
}

/** Appends to the backlog of CPU `target`; full: dropped. */
export function enqueue_to_backlog(cpu: Cpu, skb: sk_buff, target: number): number {
  const sd = cpu.host.softnet[target]!;
  const qlen = sd.input_pkt_queue.length;
  const max_backlog = cpu.host.knobs.netdev_max_backlog!;
  if (qlen > max_backlog) {
    sd.dropped++;
    skb.dev!.stats.rx_dropped++;
    kfree_skb_reason(cpu, skb, 'CPU_BACKLOG', { condition: 'qlen > max_backlog', values: { qlen, max_backlog } });
    return NET_RX_DROP;
  }
  if (qlen === 0 && (sd.backlog.state & NAPI_STATE_SCHED) === 0) {
    sd.backlog.state |= NAPI_STATE_SCHED;
    napi_schedule_rps(cpu, sd);
  }
  sd.input_pkt_queue.push(skb);
  return NET_RX_SUCCESS;
}

/** Schedules the backlog's poll: here, or by an interrupt sent at the end of this net_rx_action on the other CPU. */
export function napi_schedule_rps(cpu: Cpu, sd: softnet_data): void {
  const mine = this_cpu_softnet(cpu);
  if (sd !== mine) mine.rps_ipi_list.push(sd);
  else ____napi_schedule(cpu, mine, sd.backlog);
}

/** Poll function of the backlog. */
export function* process_backlog(cpu: Cpu, napi: napi_struct, quota: number): Resumable<number> {
  const sd = this_cpu_softnet(cpu);
  if (sd.rps_ipi_list.length > 0) net_rps_action_and_irq_enable(cpu, sd);
  napi.weight = cpu.host.knobs.dev_weight!;
  let work = 0;
  for (;;) {
    while (sd.process_queue.length > 0) {
      __netif_receive_skb(cpu, sd.process_queue.shift()!);
      work++;
      if (work >= quota) return work;
      yield;
    }
    if (sd.input_pkt_queue.length === 0) break;
    sd.process_queue = sd.input_pkt_queue;
    sd.input_pkt_queue = [];
  }
  napi.state &= ~(NAPI_STATE_SCHED | NAPI_STATE_MISSED);
  napi.list_owner = -1;
  return work;
}
