/**
 * A packet that was allocated on another CPU goes back there to be freed, so that each CPU's caches stay its own
 * (net/core/skbuff.c, net/core/dev.c).
 */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { NET_RX_SOFTIRQ, __raise_softirq_irqoff, local_bh_disable, local_bh_enable } from '../../../kernel/softirq.ts';
import { smp_call_function_single_async } from '../../../kernel/smp.ts';
import { __kfree_skb, __napi_kfree_skb, napi_consume_skb } from './free.ts';
import { skb_zcopy } from './zerocopy.ts';

/** net.core.skb_defer_max */
const SKB_DEFER_MAX = 128;

function kfree_skb_napi_cache(cpu: Cpu, skb: sk_buff): void {
  if (skb.fclone !== 'unavailable') {
    __kfree_skb(cpu, skb);
    return;
  }
  local_bh_disable(cpu);
  __napi_kfree_skb(cpu, skb);
  local_bh_enable(cpu);
}

/** Frees at once what this CPU allocated, and a user's pages, of which news must not wait; else queues it at its CPU, which is kicked when the list is half full. */
export function skb_attempt_defer_free(cpu: Cpu, skb: sk_buff): void {
  const owner = skb.alloc_cpu;
  const defer_max = cpu.host.knobs.skb_defer_max ?? SKB_DEFER_MAX;
  if (owner === cpu.id || defer_max === 0 || skb_zcopy(skb) !== null) {
    kfree_skb_napi_cache(cpu, skb);
    return;
  }
  const sd = cpu.host.softnet[owner]!;
  const defer_count = sd.defer_list.length + 1;
  if (defer_count >= defer_max) {
    kfree_skb_napi_cache(cpu, skb);
    return;
  }
  sd.defer_list.push(skb);
  if (defer_count - 1 === defer_max >> 1) kick_defer_list_purge(cpu, owner);
}

export function kick_defer_list_purge(cpu: Cpu, owner: number): void {
  const sd = cpu.host.softnet[owner]!;
  if (sd.defer_ipi_scheduled) return;
  sd.defer_ipi_scheduled = true;
  smp_call_function_single_async(cpu, sd.cpu, 'trigger_rx_softirq');
}

/** In the interrupt that the other CPU sent: NET_RX will flush the list. */
export function trigger_rx_softirq(cpu: Cpu): void {
  __raise_softirq_irqoff(cpu, NET_RX_SOFTIRQ);
  cpu.host.softnet[cpu.id]!.defer_ipi_scheduled = false;
}

/** Before and after each poll: what other CPUs gave back. */
export function skb_defer_free_flush(cpu: Cpu): void {
  if (cpu.host.softnet[cpu.id]!.defer_list.length > 0) skb_defer_node_flush(cpu);
}

/** Frees what has come together from the CPUs of a NUMA node (the modelled machine is one), the latest first. */
function skb_defer_node_flush(cpu: Cpu): void {
  const sd = cpu.host.softnet[cpu.id]!;
  const list = sd.defer_list;
  sd.defer_list = [];
  for (let i = list.length - 1; i >= 0; i--) napi_consume_skb(cpu, list[i]!, 1);
}
