/** Receive packet steering: packets handed to the backlog of another CPU (net/core/dev.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { net_device, softnet_data } from '../../../include/linux/netdevice.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { NET_RX_SOFTIRQ, __raise_softirq_irqoff } from '../../../kernel/softirq.ts';
import { smp_call_function_single_async } from '../../../kernel/smp.ts';
import { skb_get_hash } from '../flow_dissector.ts';
import { __napi_schedule_irqoff, ____napi_schedule } from './napi.ts';

/** Whether packets of `dev` are steered. (The kernel's key of that name is on for all devices once one steers.) @helper */
export function rps_needed(dev: net_device): boolean {
  return dev.rps_cpus.length > 0;
}

/** The CPU for a packet's flow, or -1 where the device has no rps_cpus. */
export function get_rps_cpu(cpu: Cpu, dev: net_device, skb: sk_buff): number {
  const map = dev.rps_cpus;
  if (map.length === 0) return -1;
  const hash = skb_get_hash(cpu, skb);
  if (hash === 0) return -1;
  return map[Math.floor((hash * map.length) / 4294967296)]!;
}

/** Schedules a backlog: another CPU's is started by an interrupt at the end of this CPU's round. */
export function napi_schedule_rps(cpu: Cpu, sd: softnet_data): void {
  const mysd = cpu.host.softnet[cpu.id]!;
  if (sd === mysd) {
    __napi_schedule_irqoff(cpu, mysd.backlog);
    return;
  }
  mysd.rps_ipi_list.push(sd);
  if (!mysd.in_net_rx_action) __raise_softirq_irqoff(cpu, NET_RX_SOFTIRQ);
}

/** In the interrupt: this CPU's backlog is polled. */
export function rps_trigger_softirq(cpu: Cpu): void {
  const sd = cpu.host.softnet[cpu.id]!;
  ____napi_schedule(cpu, sd, sd.backlog);
  sd.received_rps++;
}

export function net_rps_action_and_irq_enable(cpu: Cpu, sd: softnet_data): void {
  if (sd.rps_ipi_list.length === 0) return;
  const remsd = sd.rps_ipi_list;
  sd.rps_ipi_list = [];
  net_rps_send_ipi(cpu, remsd);
}

export function net_rps_send_ipi(cpu: Cpu, remsd: softnet_data[]): void {
  for (const sd of remsd) smp_call_function_single_async(cpu, sd.cpu, 'rps_trigger_softirq');
}
