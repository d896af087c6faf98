/** Path MTU: what ICMP "fragmentation needed" has told (net/ipv4/route.c, RFC 1191). */
import type { Cpu } from '../../../../machine/types.ts';
import { get_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { dst_entry, fib_entry, fib_nh_exception } from '../../../include/net/dst.ts';
import { ip_mtu_locked } from '../../../include/net/dst.ts';
import type { sock } from '../../../include/net/sock.ts';
import { jiffies } from '../../../kernel/time/jiffies.ts';
import { sk_dst_set } from '../../core/dst.ts';
import { fib_lookup } from '../fib_trie.ts';
import { ipv4_mtu, rt_kill } from './cache.ts';
import { createFlowi4, __ip_route_output_key } from './output.ts';

/** Remembers a gateway or an MTU (0: nothing new) for one destination, and makes who uses the route ask anew. */
export function update_or_create_fnhe(
  _cpu: Cpu, fib: fib_entry, daddr: number, gw: number, pmtu: number, lock: boolean, expires: number,
): fib_nh_exception {
  let fnhe = fib.exceptions.find((e) => e.fnhe_daddr === daddr) ?? null;
  if (fnhe === null) {
    fnhe = { fnhe_daddr: daddr, fnhe_gw: 0, fnhe_pmtu: 0, fnhe_mtu_locked: false, fnhe_expires: 0, fnhe_rth_input: null, fnhe_rth_output: null };
    fib.exceptions.push(fnhe);
    rt_kill(fib.rth_input);
    rt_kill(fib.rth_output);
    fib.rth_input = null;
    fib.rth_output = null;
  }
  if (gw !== 0) fnhe.fnhe_gw = gw;
  if (pmtu !== 0) {
    fnhe.fnhe_pmtu = pmtu;
    fnhe.fnhe_mtu_locked = lock;
  }
  fnhe.fnhe_expires = Math.max(1, expires);
  rt_kill(fnhe.fnhe_rth_input);
  rt_kill(fnhe.fnhe_rth_output);
  fnhe.fnhe_rth_input = null;
  fnhe.fnhe_rth_output = null;
  return fnhe;
}

/** A smaller MTU for packets to `daddr` by this route, for ten minutes. Below net.ipv4.route.min_pmtu it is not believed: packets go without DF. */
export function __ip_rt_update_pmtu(cpu: Cpu, rt: dst_entry, daddr: number, mtu: number): void {
  const knobs = cpu.host.knobs;
  if (ip_mtu_locked(rt)) return;
  const old_mtu = ipv4_mtu(cpu, rt);
  if (mtu >= old_mtu) return;
  const lock = mtu < knobs.sysctl_min_pmtu!;
  const pmtu = lock ? Math.min(old_mtu, knobs.sysctl_min_pmtu!) : mtu;
  const fib = fib_lookup(cpu, daddr, 0);
  if (fib !== null) update_or_create_fnhe(cpu, fib, daddr, 0, pmtu, lock, jiffies(cpu) + knobs.sysctl_mtu_expires!);
}

export function ip_rt_update_pmtu(cpu: Cpu, dst: dst_entry, daddr: number, mtu: number): void {
  __ip_rt_update_pmtu(cpu, dst, daddr, mtu);
}

/** `skb.data` is the header of the packet that was too big. */
export function ipv4_update_pmtu(cpu: Cpu, skb: sk_buff, mtu: number, oif: number, protocol: number): void {
  const daddr = get_unaligned_be32(skb.head, skb.data + 16);
  const saddr = get_unaligned_be32(skb.head, skb.data + 12);
  const rt = __ip_route_output_key(cpu, createFlowi4(protocol, oif, 0, saddr, daddr, 0, 0));
  if (typeof rt !== 'number') __ip_rt_update_pmtu(cpu, rt, daddr, mtu);
}

/** The same for a socket, which gets its new route at once. */
export function ipv4_sk_update_pmtu(cpu: Cpu, skb: sk_buff, sk: sock, mtu: number): void {
  const inet = sk.inet;
  const daddr = get_unaligned_be32(skb.head, skb.data + 16);
  ipv4_update_pmtu(cpu, skb, mtu, sk.sk_bound_dev_if, sk.sk_protocol);
  if (sk.sk_dst_cache === null) return;
  const fl4 = createFlowi4(sk.sk_protocol, sk.sk_bound_dev_if, inet.tos, inet.inet_saddr, daddr, inet.inet_sport, inet.inet_dport);
  const rt = __ip_route_output_key(cpu, fl4);
  if (typeof rt !== 'number') sk_dst_set(sk, rt);
}

/** TCP: a new MTU for the path of this socket; its route afterwards. */
export function inet_csk_update_pmtu(cpu: Cpu, sk: sock, mtu: number): dst_entry | null {
  const inet = sk.inet;
  const fl4 = createFlowi4(sk.sk_protocol, sk.sk_bound_dev_if, inet.tos, inet.inet_saddr, inet.inet_daddr, inet.inet_sport, inet.inet_dport);
  const rt = __ip_route_output_key(cpu, fl4);
  if (typeof rt === 'number') return null;
  __ip_rt_update_pmtu(cpu, rt, inet.inet_daddr, mtu);
  const fresh = __ip_route_output_key(cpu, fl4);
  if (typeof fresh === 'number') return null;
  sk_dst_set(sk, fresh);
  return fresh;
}
