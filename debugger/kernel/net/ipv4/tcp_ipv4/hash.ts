/** Numbers that nobody else should guess: ISNs, timestamp offsets, ports, flow hashes (net/core/secure_seq.c, include/net/sock.h). */
import { roll } from '../../../../machine/random.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { sock } from '../../../include/net/sock.ts';

/** One round of a 32-bit mix. @helper */
function mix(h: number, v: number): number {
  let x = Math.imul(h ^ v, 0x9e3779b1);
  x ^= x >>> 15;
  x = Math.imul(x, 0x85ebca77);
  return x ^ (x >>> 13);
}

/** Keyed by the world's seed and the host, as the kernel's SipHash is by its boot-time secret. @helper */
export function keyedHash(cpu: Cpu, salt: number, saddr: number, daddr: number, sport: number, dport: number): number {
  let h = mix(mix(cpu.world.seed | 0, cpu.host.index + 1), salt);
  h = mix(mix(h, saddr), daddr);
  return mix(mix(h, sport), dport) >>> 0;
}

/** ISN and timestamp offset of a connection. */
export interface tcp_seq_and_ts_off { seq: number; ts_off: number }

/** RFC 6528: a hash of the four-tuple, and a clock of 64 ns, so that a connection's ISNs rise. */
export function secure_tcp_seq_and_ts_off(cpu: Cpu, saddr: number, daddr: number, sport: number, dport: number): tcp_seq_and_ts_off {
  const hash = keyedHash(cpu, 1, saddr, daddr, sport, dport);
  const clock = Math.floor(cpu.now / 64) % 4294967296;
  const ts_off = cpu.host.knobs.sysctl_tcp_timestamps! === 1 ? keyedHash(cpu, 2, saddr, daddr, sport, dport) : 0;
  return { seq: (hash + clock) >>> 0, ts_off };
}

/** Where the search for a free port begins. */
export function secure_ipv4_port_ephemeral(cpu: Cpu, saddr: number, daddr: number, dport: number): number {
  return keyedHash(cpu, 3, saddr, daddr, 0, dport);
}

/** A random number that is not 0. */
export function net_tx_rndhash(cpu: Cpu): number {
  return roll(cpu.host, 0xfffffffe) + 1;
}

/** A new path through the network, where it hashes flows. */
export function sk_rethink_txhash(cpu: Cpu, sk: sock): boolean {
  if (sk.sk_txhash === 0) return false;
  sk.sk_txhash = net_tx_rndhash(cpu);
  return true;
}
