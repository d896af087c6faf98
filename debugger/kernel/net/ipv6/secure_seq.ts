/** Numbers that nobody else should guess, over addresses of IPv6 (net/core/secure_seq.c). */
import type { Cpu } from '../../../machine/types.ts';
import { ipv6_addr_hash } from '../../include/linux/in6.ts';
import type { In6Addr } from '../../include/linux/in6.ts';
import { keyedHash } from '../ipv4/tcp_ipv4/hash.ts';
import type { tcp_seq_and_ts_off } from '../ipv4/tcp_ipv4/hash.ts';

/** RFC 6528: a hash of the four-tuple, and a clock of 64 ns. */
export function secure_tcpv6_seq_and_ts_off(cpu: Cpu, saddr: In6Addr, daddr: In6Addr, sport: number, dport: number): tcp_seq_and_ts_off {
  const [from, to] = [ipv6_addr_hash(saddr), ipv6_addr_hash(daddr)];
  const hash = keyedHash(cpu, 4, from, to, sport, dport);
  const clock = Math.floor(cpu.now / 64) % 4294967296;
  const ts_off = cpu.host.knobs.sysctl_tcp_timestamps! === 1 ? keyedHash(cpu, 5, from, to, sport, dport) : 0;
  return { seq: (hash + clock) >>> 0, ts_off };
}

/** Where the search for a free port begins. */
export function secure_ipv6_port_ephemeral(cpu: Cpu, saddr: In6Addr, daddr: In6Addr, dport: number): number {
  return keyedHash(cpu, 6, ipv6_addr_hash(saddr), ipv6_addr_hash(daddr), 0, dport);
}
