/** What other CPUs ask this one to do (kernel/smp.c, sched/core.c). */
import { CALL_FUNCTION_SINGLE_VECTOR, send_ipi } from '../../machine/apic.ts';
import { spend } from '../../machine/spend.ts';
import type { Cpu } from '../../machine/types.ts';
import { rps_trigger_softirq } from '../net/core/dev/rps.ts';
import { trigger_rx_softirq } from '../net/core/skbuff/defer.ts';
import { veth_interrupt } from '../drivers/net/veth.ts';
import { sched_ttwu_pending } from './sched/wake.ts';

/** Functions that may be called on another CPU, by name. */
const csd_functions = { rps_trigger_softirq, trigger_rx_softirq, veth_interrupt } satisfies Record<string, (cpu: Cpu) => void>;
export type CsdFunction = keyof typeof csd_functions;

/** Asks `to` to run `func` in an interrupt. */
export function smp_call_function_single_async(cpu: Cpu, to: Cpu, func: CsdFunction): void {
  spend(cpu, cpu.costs.ipi);
  to.csd_queue.push(func);
  send_ipi(cpu, to, CALL_FUNCTION_SINGLE_VECTOR);
}

export function generic_smp_call_function_single_interrupt(cpu: Cpu): void {
  __flush_smp_call_function_queue(cpu);
}

/** Runs what others queued: functions first, then wake-ups. */
export function __flush_smp_call_function_queue(cpu: Cpu): void {
  while (cpu.csd_queue.length > 0) csd_functions[cpu.csd_queue.shift() as CsdFunction](cpu);
  if (cpu.wake_list.length > 0) sched_ttwu_pending(cpu);
}

export function scheduler_ipi(_cpu: Cpu): void {}
