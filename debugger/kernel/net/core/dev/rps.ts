/** Receive packet steering: other CPUs' backlogs are filled here and woken by interrupt (net/core/dev.c). Off unless configured. */
import type { Cpu } from '../../../../machine/types.ts';
import type { net_device, softnet_data } from '../../../include/linux/netdevice.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { smp_call_function_single_async } from '../../../kernel/smp.ts';
import { ____napi_schedule } from './napi.ts';
import { this_cpu_softnet } from './softnet.ts';

/** CPU that shall take the packet, -1: no steering (no rps_cpus mask is configured on any queue of this model yet). */
export function get_rps_cpu(_cpu: Cpu, _dev: net_device, _skb: sk_buff): number {
  return -1;
}

/** Wakes the CPUs whose backlogs were filled. */
export function net_rps_action_and_irq_enable(cpu: Cpu, sd: softnet_data): void {
  if (sd.rps_ipi_list.length === 0) return;
  const list = sd.rps_ipi_list;
  sd.rps_ipi_list = [];
  net_rps_send_ipi(cpu, list);
}

export function net_rps_send_ipi(cpu: Cpu, list: softnet_data[]): void {
  for (const remsd of list) smp_call_function_single_async(cpu, remsd.cpu, 'rps_trigger_softirq');
}

/** In the other CPU's interrupt: its backlog wants to be polled. */
export function rps_trigger_softirq(cpu: Cpu): void {
  const sd = this_cpu_softnet(cpu);
  ____napi_schedule(cpu, sd, sd.backlog);
  sd.received_rps++;
}
