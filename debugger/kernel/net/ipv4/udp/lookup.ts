/** Which socket a datagram is for (net/ipv4/udp.c): the one connected to its sender, or the most specific of those bound to its port. */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { iph_daddr, iph_saddr } from '../../../include/linux/ip.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { uh_dest, uh_source } from '../../../include/linux/udp.ts';
import { AF_INET, TCP_ESTABLISHED } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { inet_lookup_reuseport } from '../inet_hashtables.ts';
import { inet_match, udp_hashfn } from './hash.ts';
import { udp4_lib_lookup4 } from './hash4.ts';

/** How well a socket fits: -1 not at all; a peer, its port and a device count. */
export function compute_score(cpu: Cpu, sk: sock, saddr: number, sport: number, daddr: number, hnum: number, dif: number): number {
  const inet = sk.inet;
  if (inet.inet_num !== hnum || inet.inet_rcv_saddr !== daddr || sk.sk_ipv6only) return -1;
  let score = sk.sk_family === AF_INET ? 2 : 1;
  if (inet.inet_daddr !== 0) {
    if (inet.inet_daddr !== saddr) return -1;
    score += 4;
  }
  if (inet.inet_dport !== 0) {
    if (inet.inet_dport !== sport) return -1;
    score += 4;
  }
  if (sk.sk_bound_dev_if !== 0) {
    if (sk.sk_bound_dev_if !== dif) return -1;
    score += 4;
  }
  if (sk.sk_incoming_cpu === cpu.id) score++;
  return score;
}

/** The best of a bucket for local address `daddr` (0: those bound to all). A group answers at once, unless one of its sockets was connected. */
export function udp4_lib_lookup2(cpu: Cpu, saddr: number, sport: number, daddr: number, hnum: number, dif: number, slot: sock[]): sock | null {
  let result: sock | null = null;
  let badness = 0;
  for (const sk of slot) {
    const score = compute_score(cpu, sk, saddr, sport, daddr, hnum, dif);
    if (score <= badness) continue;
    badness = score;
    const shared: sock | null = sk.sk_state === TCP_ESTABLISHED ? null : inet_lookup_reuseport(cpu, sk, saddr, sport, daddr, hnum);
    result = shared ?? sk;
    if (shared === null) continue;
    if (sk.sk_reuseport_cb?.has_conns !== true) return result;
    badness = Math.max(badness, compute_score(cpu, result, saddr, sport, daddr, hnum, dif));
  }
  return result;
}

/** The one connected to this peer; by local address; then among those that take any. */
export function __udp4_lib_lookup(cpu: Cpu, saddr: number, sport: number, daddr: number, dport: number, dif: number): sock | null {
  spend(cpu, cpu.costs.sock_lookup);
  const slot = cpu.host.udp_table[udp_hashfn(dport)]!;
  if (slot.length === 0) return null;
  if (cpu.host.udp_hash4.count > 0) {
    const connected = udp4_lib_lookup4(cpu, saddr, sport, daddr, dport, dif);
    if (connected !== null) return connected;
  }
  const result = udp4_lib_lookup2(cpu, saddr, sport, daddr, dport, dif, slot);
  if (result !== null) return result;
  return udp4_lib_lookup2(cpu, saddr, sport, 0, dport, dif, slot);
}

/** Of a packet that has not been received yet (GRO). */
export function udp4_lib_lookup_skb(cpu: Cpu, skb: sk_buff): sock | null {
  return __udp4_lib_lookup(cpu, iph_saddr(skb), uh_source(skb), iph_daddr(skb), uh_dest(skb), skb.dev!.ifindex);
}

export function __udp4_lib_lookup_skb(cpu: Cpu, skb: sk_buff): sock | null {
  return __udp4_lib_lookup(cpu, iph_saddr(skb), uh_source(skb), iph_daddr(skb), uh_dest(skb), skb.dev!.ifindex);
}

/** A connected socket of exactly this flow, before routing: only the first of its bucket is looked at. */
export function __udp4_lib_demux_lookup(cpu: Cpu, loc_addr: number, loc_port: number, rmt_addr: number, rmt_port: number, dif: number): sock | null {
  for (const sk of cpu.host.udp_table[udp_hashfn(loc_port)]!) {
    if (sk.inet.inet_num !== loc_port || sk.inet.inet_rcv_saddr !== loc_addr) continue;
    return inet_match(sk, loc_addr, loc_port, rmt_addr, rmt_port, dif) ? sk : null;
  }
  return null;
}
