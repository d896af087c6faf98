/** What lies between the two ends of a veth pair in different machines: nothing, not even time; the far CPU is interrupted. */
import { CALL_FUNCTION_SINGLE_VECTOR, raise_interrupt } from './apic.ts';
import type { Host } from './types.ts';

/** A packet has come to a veth of this machine: its CPU 0 is told. */
export function veth_arrives(host: Host, _dev: unknown, _detail: unknown, time: number): void {
  const cpu = host.cpus[0]!;
  cpu.csd_queue.push('veth_interrupt');
  raise_interrupt(cpu, CALL_FUNCTION_SINGLE_VECTOR, time);
}
