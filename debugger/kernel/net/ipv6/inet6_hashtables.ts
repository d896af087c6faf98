/** Finding the socket of a segment over IPv6 (net/ipv6/inet6_hashtables.c). The tables are those of IPv4: see net/ipv4/inet_hashtables.ts. */
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { in6addr_any, ipv6_addr_hash, ipv6_addr_v4mapped } from '../../include/linux/in6.ts';
import type { In6Addr } from '../../include/linux/in6.ts';
import { ipv6_daddr, ipv6_saddr } from '../../include/linux/ipv6.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { AF_INET6 } from '../../include/net/sock.ts';
import type { sock } from '../../include/net/sock.ts';
import { th_dest, th_source } from '../../include/linux/tcp.ts';
import type { sock_common } from '../../include/net/tcp_sock.ts';
import { reuseport_select_sock } from '../core/sock_reuseport.ts';
import { __inet_hash_connect } from '../ipv4/inet_connection_sock/port.ts';
import { entrySock } from '../ipv4/inet_hashtables.ts';
import type { AnySock } from '../ipv4/inet_hashtables.ts';
import { secure_ipv6_port_ephemeral } from './secure_seq.ts';

/** Whether a socket's connection is found by addresses of IPv6. @helper */
export function hashedIn6(sk: { sk_v6_daddr: In6Addr | null }): boolean {
  return sk.sk_v6_daddr !== null && !ipv6_addr_v4mapped(sk.sk_v6_daddr);
}

/** Bucket of a four-tuple: far end first. */
export function inet6_ehashfn(_cpu: Cpu, laddr: In6Addr, lport: number, faddr: In6Addr, fport: number): number {
  let h = Math.imul(ipv6_addr_hash(laddr) ^ Math.imul(ipv6_addr_hash(faddr), 3), 0x9e3779b1) ^ Math.imul((lport << 16) | fport, 0x85ebca77);
  h ^= h >>> 15;
  return h >>> 0;
}

/** @helper The entry of a four-tuple. */
export function findEntry6(cpu: Cpu, daddr: In6Addr, dport: number, rcv_saddr: In6Addr, num: number): sock_common | null {
  const tables = cpu.host.tcp_tables;
  const hash = inet6_ehashfn(cpu, rcv_saddr, num, daddr, dport);
  for (const entry of tables.ehash[hash & tables.ehash_mask]!) {
    if (entry.skc_dport === dport && entry.skc_num === num && entry.skc_v6_daddr === daddr && entry.skc_v6_rcv_saddr === rcv_saddr) return entry;
  }
  return null;
}

/** The connection of a segment from saddr:sport to daddr:hnum. */
export function __inet6_lookup_established(cpu: Cpu, saddr: In6Addr, sport: number, daddr: In6Addr, hnum: number): AnySock | null {
  spend(cpu, cpu.costs.sock_lookup);
  const entry = findEntry6(cpu, saddr, sport, daddr, hnum);
  return entry === null ? null : entrySock(entry);
}

/** compute_score of IPv6's listeners: how well one fits, -1 not at all. @helper */
function listenerScore6(cpu: Cpu, sk: sock, daddr: In6Addr, dif: number): number {
  if (sk.sk_family !== AF_INET6 || sk.sk_v6_rcv_saddr !== daddr) return -1;
  if (sk.sk_bound_dev_if !== 0 && sk.sk_bound_dev_if !== dif) return -1;
  return (sk.sk_bound_dev_if !== 0 ? 2 : 1) + (sk.sk_incoming_cpu === cpu.id ? 1 : 0);
}

/** The socket of the group of `sk` that the flow meets; null when it shares its port with nobody. */
export function inet6_lookup_reuseport(cpu: Cpu, sk: sock, saddr: In6Addr, sport: number, daddr: In6Addr, hnum: number): sock | null {
  return sk.sk_reuseport ? reuseport_select_sock(cpu, sk, inet6_ehashfn(cpu, daddr, hnum, saddr, sport)) : null;
}

/** The best listener at `daddr`. The first that shares its port decides: its group answers. */
function inet6_lhash2_lookup(cpu: Cpu, list: readonly sock[], saddr: In6Addr, sport: number, bound: In6Addr, daddr: In6Addr, hnum: number, dif: number): sock | null {
  let result: sock | null = null;
  let hiscore = 0;
  for (const sk of list) {
    const score = listenerScore6(cpu, sk, bound, dif);
    if (score <= hiscore) continue;
    const shared = inet6_lookup_reuseport(cpu, sk, saddr, sport, daddr, hnum);
    if (shared !== null) return shared;
    result = sk;
    hiscore = score;
  }
  return result;
}

/** The listener of a port: at this address, or at all. */
export function inet6_lookup_listener(cpu: Cpu, saddr: In6Addr, sport: number, daddr: In6Addr, hnum: number, dif: number): sock | null {
  const list = cpu.host.tcp_tables.lhash2[hnum];
  if (list === undefined) return null;
  return inet6_lhash2_lookup(cpu, list, saddr, sport, daddr, daddr, hnum, dif) ?? inet6_lhash2_lookup(cpu, list, saddr, sport, in6addr_any, daddr, hnum, dif);
}

/** Established first, then listeners. */
export function __inet6_lookup_skb(cpu: Cpu, skb: sk_buff): AnySock | null {
  if (skb.sk !== null) {
    const sk = skb.sk as AnySock;
    skb.sk = null;
    skb.destructor = null;
    return sk;
  }
  const saddr = ipv6_saddr(skb);
  const daddr = ipv6_daddr(skb);
  return __inet6_lookup_established(cpu, saddr, th_source(skb), daddr, th_dest(skb)) ?? inet6_lookup_listener(cpu, saddr, th_source(skb), daddr, th_dest(skb), skb.skb_iif);
}

/** connect(): a port that makes the four-tuple unique; 0 or a negative errno. */
export function inet6_hash_connect(cpu: Cpu, sk: sock): number {
  const offset = sk.inet.inet_num === 0 ? secure_ipv6_port_ephemeral(cpu, sk.sk_v6_rcv_saddr!, sk.sk_v6_daddr!, sk.inet.inet_dport) : 0;
  return __inet_hash_connect(cpu, sk, offset);
}
