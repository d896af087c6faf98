/** ICMP counters: by type in /proc/net/snmp's Icmp and IcmpMsg lines (net/ipv4/icmp.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { Mib } from '../../../include/net/netns.ts';

/** icmpmibmap: names of /proc/net/snmp without In and Out. */
const ICMP_NAMES: Record<number, string> = {
  0: 'EchoReps', 3: 'DestUnreachs', 4: 'SrcQuenchs', 5: 'Redirects', 8: 'Echos', 11: 'TimeExcds', 12: 'ParmProbs', 13: 'Timestamps',
  14: 'TimestampReps', 17: 'AddrMasks', 18: 'AddrMaskReps',
};

/** @helper */
function count(cpu: Cpu, direction: 'In' | 'Out', type: number): void {
  const mib = cpu.host.mib;
  const name = `${direction}Type${type}`;
  mib.IcmpMsg[name] = (mib.IcmpMsg[name] ?? 0) + 1;
  const known = ICMP_NAMES[type];
  if (known !== undefined) mib.Icmp[`${direction}${known}` as keyof Mib['Icmp']]++;
}

/** An ICMP message leaves. */
export function icmp_out_count(cpu: Cpu, type: number): void {
  cpu.host.mib.Icmp.OutMsgs++;
  count(cpu, 'Out', type);
}

/** @helper ICMPMSGIN_INC_STATS */
export function icmpInCount(cpu: Cpu, type: number): void {
  count(cpu, 'In', type);
}
