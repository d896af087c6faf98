/** Which socket a datagram over IPv6 is for (net/ipv6/udp.c): the one connected to its sender, or the most specific of those bound to its port. */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { in6addr_any, ipv6_addr_any } from '../../../include/linux/in6.ts';
import type { In6Addr } from '../../../include/linux/in6.ts';
import { ipv6_daddr, ipv6_saddr } from '../../../include/linux/ipv6.ts';
import { PACKET_HOST } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { SIZEOF_UDPHDR, uh_dest, uh_source } from '../../../include/linux/udp.ts';
import { AF_INET6, TCP_ESTABLISHED } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { dst_check } from '../../core/dst.ts';
import { pskb_may_pull } from '../../core/skbuff/pull.ts';
import { reuseport_select_sock } from '../../core/sock_reuseport.ts';
import { udp_hashfn } from '../../ipv4/udp/hash.ts';
import { inet6_ehashfn } from '../inet6_hashtables.ts';

/** compute_score of IPv6's datagrams: how well a socket fits, -1 not at all; a peer, its port and a device count. @helper */
function udpScore6(cpu: Cpu, sk: sock, saddr: In6Addr, sport: number, daddr: In6Addr, hnum: number, dif: number): number {
  const inet = sk.inet;
  if (inet.inet_num !== hnum || sk.sk_family !== AF_INET6 || sk.sk_v6_rcv_saddr !== daddr) return -1;
  let score = 0;
  if (inet.inet_dport !== 0) {
    if (inet.inet_dport !== sport) return -1;
    score++;
  }
  if (!ipv6_addr_any(sk.sk_v6_daddr!)) {
    if (sk.sk_v6_daddr !== saddr) return -1;
    score++;
  }
  if (sk.sk_bound_dev_if !== 0) {
    if (sk.sk_bound_dev_if !== dif) return -1;
    score++;
  }
  return sk.sk_incoming_cpu === cpu.id ? score + 1 : score;
}

/** The best of a bucket for local address `bound` (::: those bound to all). A group answers at once, unless one of its sockets was connected. */
function udp6_lib_lookup2(cpu: Cpu, saddr: In6Addr, sport: number, bound: In6Addr, daddr: In6Addr, hnum: number, dif: number, slot: readonly sock[]): sock | null {
  let result: sock | null = null;
  let badness = -1;
  for (const sk of slot) {
    const score = udpScore6(cpu, sk, saddr, sport, bound, hnum, dif);
    if (score <= badness) continue;
    badness = score;
    const shared: sock | null = sk.sk_reuseport && sk.sk_state !== TCP_ESTABLISHED ? reuseport_select_sock(cpu, sk, inet6_ehashfn(cpu, daddr, hnum, saddr, sport)) : null;
    result = shared ?? sk;
    if (shared === null) continue;
    if (sk.sk_reuseport_cb?.has_conns !== true) return result;
    badness = Math.max(badness, udpScore6(cpu, result, saddr, sport, bound, hnum, dif));
  }
  return result;
}

/** By local address, then among those that take any. */
export function __udp6_lib_lookup(cpu: Cpu, saddr: In6Addr, sport: number, daddr: In6Addr, dport: number, dif: number): sock | null {
  spend(cpu, cpu.costs.sock_lookup);
  const slot = cpu.host.udp_table[udp_hashfn(dport)]!;
  if (slot.length === 0) return null;
  return udp6_lib_lookup2(cpu, saddr, sport, daddr, daddr, dport, dif, slot) ?? udp6_lib_lookup2(cpu, saddr, sport, in6addr_any, daddr, dport, dif, slot);
}

export function __udp6_lib_lookup_skb(cpu: Cpu, skb: sk_buff): sock | null {
  return __udp6_lib_lookup(cpu, ipv6_saddr(skb), uh_source(skb), ipv6_daddr(skb), uh_dest(skb), skb.dev!.ifindex);
}

/** A connected socket of exactly this flow, before routing: only the first of its bucket is looked at. */
function __udp6_lib_demux_lookup(cpu: Cpu, loc_addr: In6Addr, loc_port: number, rmt_addr: In6Addr, rmt_port: number): sock | null {
  for (const sk of cpu.host.udp_table[udp_hashfn(loc_port)]!) {
    if (sk.inet.inet_num !== loc_port || sk.sk_v6_rcv_saddr !== loc_addr) continue;
    return sk.sk_state === TCP_ESTABLISHED && sk.sk_v6_daddr === rmt_addr && sk.inet.inet_dport === rmt_port ? sk : null;
  }
  return null;
}

/** A datagram's socket before its route: a connected one remembers the route of what it receives. */
export function udp_v6_early_demux(cpu: Cpu, skb: sk_buff): void {
  spend(cpu, cpu.costs.early_demux);
  if (!pskb_may_pull(cpu, skb, skb.transport_header - skb.data + SIZEOF_UDPHDR) || skb.pkt_type !== PACKET_HOST) return;
  const sk = __udp6_lib_demux_lookup(cpu, ipv6_daddr(skb), uh_dest(skb), ipv6_saddr(skb), uh_source(skb));
  if (sk === null) return;
  skb.sk = sk;
  skb.destructor = 'sock_pfree';
  const dst = sk.sk_rx_dst === null ? null : dst_check(cpu, sk.sk_rx_dst);
  if (dst !== null) skb.dst = dst;
}

/** Every socket that a datagram to a group is for. @helper */
export function multicastTakers(cpu: Cpu, skb: sk_buff): sock[] {
  const [saddr, daddr] = [ipv6_saddr(skb), ipv6_daddr(skb)];
  const fits = (sk: sock, bound: In6Addr): boolean => udpScore6(cpu, sk, saddr, uh_source(skb), bound, uh_dest(skb), skb.dev!.ifindex) >= 0;
  return cpu.host.udp_table[udp_hashfn(uh_dest(skb))]!.filter((sk) => fits(sk, in6addr_any) || fits(sk, daddr));
}
