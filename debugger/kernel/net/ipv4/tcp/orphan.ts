/** Connections that no process holds any more: how many there are is looked up ten times a second, not at each close (net/ipv4/tcp.c). */
import type { Cpu, Host } from '../../../../machine/types.ts';
import { TIMER_DEFERRABLE } from '../../../include/linux/timer.ts';
import { jiffies, mod_timer, msecs_to_jiffies, timer_setup } from '../../../kernel/time/timer.ts';

const TCP_ORPHAN_TIMER_PERIOD = msecs_to_jiffies(100);

/** The part of tcp_init() that needs a clock: the timer stays on the CPU that the machine came up on. @helper */
export function tcpOrphanInit(host: Host): void {
  const timer = timer_setup('tcp_orphan_update', null, TIMER_DEFERRABLE);
  host.tcp_tables.orphan_timer = timer;
  mod_timer(host.cpus[0]!, timer, TCP_ORPHAN_TIMER_PERIOD);
}

export function tcp_orphan_count_sum(cpu: Cpu): number {
  return Math.max(cpu.host.tcp_tables.orphan_count, 0);
}

export function tcp_orphan_update(cpu: Cpu): void {
  const tables = cpu.host.tcp_tables;
  tables.orphan_cache = tcp_orphan_count_sum(cpu);
  mod_timer(cpu, tables.orphan_timer!, jiffies(cpu) + TCP_ORPHAN_TIMER_PERIOD);
}

/** `shift`: how much heavier than one this orphan counts, as a power of two. */
export function tcp_too_many_orphans(cpu: Cpu, shift: number): boolean {
  return cpu.host.tcp_tables.orphan_cache * (1 << shift) > cpu.host.knobs.sysctl_tcp_max_orphans!;
}
