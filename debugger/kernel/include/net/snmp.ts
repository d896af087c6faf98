/** Counting into /proc/net/snmp and /proc/net/netstat (include/net/ip.h, snmp.h). */
import type { Cpu } from '../../../machine/types.ts';
import type { Mib } from './netns.ts';

/** TcpExt counters, under their names in /proc/net/netstat. @helper */
export function NET_INC_STATS(cpu: Cpu, name: string): void {
  const ext = cpu.host.mib.TcpExt;
  ext[name] = (ext[name] ?? 0) + 1;
}

/** @helper */
export function NET_ADD_STATS(cpu: Cpu, name: string, add: number): void {
  if (add === 0) return;
  const ext = cpu.host.mib.TcpExt;
  ext[name] = (ext[name] ?? 0) + add;
}

/** Tcp counters, under their names in /proc/net/snmp. @helper */
export function TCP_INC_STATS(cpu: Cpu, name: keyof Mib['Tcp']): void {
  cpu.host.mib.Tcp[name]++;
}

/** @helper */
export function TCP_ADD_STATS(cpu: Cpu, name: keyof Mib['Tcp'], add: number): void {
  cpu.host.mib.Tcp[name] += add;
}

/** @helper */
export function TCP_DEC_STATS(cpu: Cpu, name: keyof Mib['Tcp']): void {
  cpu.host.mib.Tcp[name]--;
}
