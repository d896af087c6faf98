/** Sockets that share a port (net/core/sock_reuseport.c). */
import type { Cpu } from '../../../machine/types.ts';
import { TCP_ESTABLISHED } from '../../include/net/sock.ts';
import type { sock } from '../../include/net/sock.ts';

/** Bits of the hash that choose. */
const HASHES = 2 ** 32;

/** One of those among `sockets` that share the port and the binding of `sk`, by the hash of the flow (include/net/inet_hashtables.h). */
export function inet_lookup_reuseport(cpu: Cpu, sk: sock, sockets: readonly sock[], hash: number): sock {
  const { inet_num, inet_rcv_saddr } = sk.inet;
  const sharesBinding = (each: sock): boolean =>
    each.sk_reuseport && each.sk_state !== TCP_ESTABLISHED && each.inet.inet_num === inet_num
    && each.inet.inet_rcv_saddr === inet_rcv_saddr && each.sk_bound_dev_if === sk.sk_bound_dev_if;
  return reuseport_select_sock_by_hash(cpu, sockets.filter(sharesBinding), hash);
}

/** One of a group, always the same for a flow. Where SO_INCOMING_CPU is set, the next one from there that wants packets of this CPU, if there is any. */
function reuseport_select_sock_by_hash(cpu: Cpu, group: readonly sock[], hash: number): sock {
  const first = Math.floor((hash * group.length) / HASHES);
  if (!group.some((sk) => sk.sk_incoming_cpu >= 0)) return group[first]!;
  for (let i = 0; i < group.length; i++) {
    const sk = group[(first + i) % group.length]!;
    if (sk.sk_incoming_cpu === cpu.id) return sk;
  }
  return group[first]!;
}
