/** Receive packet steering: packets handed to the backlog of another CPU, by flow hash or to where the flow's reader runs (net/core/dev.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { hash_32 } from '../../../include/linux/hash.ts';
import type { Host } from '../../../include/linux/host.ts';
import type { net_device, rps_dev_flow, softnet_data } from '../../../include/linux/netdevice.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { TCP_ESTABLISHED } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { NET_RX_SOFTIRQ, __raise_softirq_irqoff } from '../../../kernel/softirq.ts';
import { smp_call_function_single_async } from '../../../kernel/smp.ts';
import { skb_get_hash } from '../flow_dissector.ts';
import { skb_reset_network_header } from '../skbuff/data.ts';
import { __napi_schedule_irqoff, ____napi_schedule } from './napi.ts';

/** No CPU yet, in a flow table. */
const RPS_NO_CPU = 0xffff;

/** Whether packets of `dev` are steered. (The kernel's key of that name is on for all devices once one steers.) @helper */
export function rps_needed(dev: net_device): boolean {
  return dev.rps_cpus.length > 0 || dev.rps_flow_table.length > 0;
}

/** @helper The least power of two that is not below `n`. */
function roundup_pow_of_two(n: number): number {
  let power = 1;
  while (power < n) power *= 2;
  return power;
}

/** net.core.rps_sock_flow_entries: the table in which readers leave their CPU (net/core/sysctl_net_core.c). */
export function rps_sock_flow_sysctl(host: Host): void {
  const size = host.knobs.rps_sock_flow_entries!;
  host.rps_sock_flow_table = [];
  if (size > 0) for (let i = 0; i < roundup_pow_of_two(size); i++) host.rps_sock_flow_table.push(RPS_NO_CPU);
}

/** /sys/class/net/DEV/queues/rx-N/rps_flow_cnt (net/core/net-sysfs.c). */
export function store_rps_dev_flow_table_cnt(dev: net_device, count: number): void {
  dev.rps_flow_table = [];
  if (count > 0) for (let i = 0; i < roundup_pow_of_two(count); i++) dev.rps_flow_table.push({ cpu: RPS_NO_CPU, last_qtail: 0 });
}

/** @helper net_hotdata.rps_cpu_mask: the bits of a flow's entry that are the CPU, the others are of its hash. */
function rps_cpu_mask(host: Host): number {
  return roundup_pow_of_two(host.cpus.length) - 1;
}

/** A reader or writer of an established flow leaves its CPU for the flow's next packets. */
export function sock_rps_record_flow(cpu: Cpu, sk: sock): void {
  const table = cpu.host.rps_sock_flow_table;
  if (table.length === 0 || sk.sk_state !== TCP_ESTABLISHED || sk.sk_rxhash === 0) return;
  table[sk.sk_rxhash & (table.length - 1)] = ((sk.sk_rxhash & ~rps_cpu_mask(cpu.host)) | cpu.id) >>> 0;
}

/** A flow's place in a receive queue's table. */
function rfs_slot(_cpu: Cpu, hash: number, table: rps_dev_flow[]): number {
  return table.length === 1 ? 0 : hash_32(hash, 31 - Math.clz32(table.length));
}

/** The CPU for a packet's flow, or -1 where the device steers none. In `rflowp` the flow's entry when its reader decided (RFS): its place in the backlog is noted there. */
export function get_rps_cpu(cpu: Cpu, dev: net_device, skb: sk_buff, rflowp: { rflow: rps_dev_flow | null }): number {
  const map = dev.rps_cpus;
  if (!rps_needed(dev)) return -1;
  skb_reset_network_header(skb);
  const hash = skb_get_hash(cpu, skb);
  if (hash === 0) return -1;
  const table = dev.rps_flow_table;
  const wanted = table.length === 0 ? -1 : readersCpu(cpu, hash);
  if (wanted >= 0) {
    const rflow = table[rfs_slot(cpu, hash, table)]!;
    const tcpu = followReader(cpu, rflow, wanted);
    rflowp.rflow = rflow;
    return tcpu;
  }
  return map.length === 0 ? -1 : map[Math.floor((hash * map.length) / 4294967296)]!;
}

/** Where the flow was read last; -1 when nobody has left a word. @helper */
function readersCpu(cpu: Cpu, hash: number): number {
  const table = cpu.host.rps_sock_flow_table;
  if (table.length === 0) return -1;
  const ident = table[hash & (table.length - 1)]!;
  const mask = rps_cpu_mask(cpu.host);
  return ((ident ^ hash) & ~mask) !== 0 ? -1 : ident & mask;
}

/** The flow moves to its reader's CPU as soon as its packets in the old CPU's backlog are done, so that they stay in order. @helper */
function followReader(cpu: Cpu, rflow: rps_dev_flow, next_cpu: number): number {
  const tcpu = rflow.cpu;
  if (tcpu === next_cpu) return tcpu;
  if (tcpu === RPS_NO_CPU || cpu.host.softnet[tcpu]!.input_queue_head - rflow.last_qtail >= 0) set_rps_cpu(cpu, rflow, next_cpu);
  return rflow.cpu;
}

export function set_rps_cpu(cpu: Cpu, rflow: rps_dev_flow, next_cpu: number): void {
  rflow.last_qtail = cpu.host.softnet[next_cpu]!.input_queue_head;
  rflow.cpu = next_cpu;
}

/** Schedules a backlog: another CPU's is started by an interrupt at the end of this CPU's round. */
export function napi_schedule_rps(cpu: Cpu, sd: softnet_data): void {
  const mysd = cpu.host.softnet[cpu.id]!;
  if (sd === mysd) {
    __napi_schedule_irqoff(cpu, mysd.backlog);
    return;
  }
  mysd.rps_ipi_list.unshift(sd);
  if (!mysd.in_net_rx_action && !mysd.in_napi_threaded_poll) __raise_softirq_irqoff(cpu, NET_RX_SOFTIRQ);
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
