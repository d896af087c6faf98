/** Sockets that share a port (net/core/sock_reuseport.c). */
import type { Cpu } from '../../../machine/types.ts';
import type { sock } from '../../include/net/sock.ts';

/** Bits of the hash that choose. */
const HASHES = 2 ** 32;

/** One of a group, always the same for a flow. Where SO_INCOMING_CPU is set, the next one from there that wants packets of this CPU, if there is any. */
export function reuseport_select_sock_by_hash(cpu: Cpu, group: readonly sock[], hash: number): sock {
  const first = Math.floor((hash * group.length) / HASHES);
  if (!group.some((sk) => sk.sk_incoming_cpu >= 0)) return group[first]!;
  for (let i = 0; i < group.length; i++) {
    const sk = group[(first + i) % group.length]!;
    if (sk.sk_incoming_cpu === cpu.id) return sk;
  }
  return group[first]!;
}
