/** ICMPv6 counters: by type in /proc/net/snmp6 (net/ipv6/proc.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { Mib } from '../../../include/net/netns.ts';

/** icmp6type2name, without Icmp6In and Icmp6Out. */
const ICMP6_NAMES: Record<number, string> = {
  1: 'DestUnreachs', 2: 'PktTooBigs', 3: 'TimeExcds', 4: 'ParmProblems', 128: 'Echos', 129: 'EchoReplies', 130: 'GroupMembQueries', 131: 'GroupMembResponses',
  132: 'GroupMembReductions', 133: 'RouterSolicits', 134: 'RouterAdvertisements', 135: 'NeighborSolicits', 136: 'NeighborAdvertisements', 137: 'Redirects', 143: 'MLDv2Reports',
};

/** @helper */
function count(cpu: Cpu, direction: 'In' | 'Out', type: number): void {
  const mib = cpu.host.mib;
  const name = `${direction}Type${type}`;
  mib.Icmp6Msg[name] = (mib.Icmp6Msg[name] ?? 0) + 1;
  const known = ICMP6_NAMES[type];
  if (known !== undefined) mib.Icmp6[`${direction}${known}` as keyof Mib['Icmp6']]++;
}

/** A message leaves: ICMP6MSGOUT_INC_STATS, ICMP6_INC_STATS. @helper */
export function icmpv6OutCount(cpu: Cpu, type: number): void {
  cpu.host.mib.Icmp6.OutMsgs++;
  count(cpu, 'Out', type);
}

/** ICMP6MSGIN_INC_STATS @helper */
export function icmpv6InCount(cpu: Cpu, type: number): void {
  count(cpu, 'In', type);
}
