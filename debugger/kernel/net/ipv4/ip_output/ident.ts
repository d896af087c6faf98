/** Fields of outgoing IP headers: identification, TTL, DF (include/net/ip.h, net/ipv4/route.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { get_unaligned_be16, put_unaligned_be16, put_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import { IP_DF } from '../../../include/linux/ip.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { IP_PMTUDISC_DO, IP_PMTUDISC_OMIT, IP_PMTUDISC_PROBE, IP_PMTUDISC_WANT } from '../../../include/linux/socket.ts';
import { ip_mtu_locked } from '../../../include/net/dst.ts';
import type { dst_entry } from '../../../include/net/dst.ts';
import type { inet_sock, sock } from '../../../include/net/sock.ts';
import { ip_dst_mtu_maybe_forward } from '../route/cache.ts';

/** Connected sockets count for themselves; packets that cannot be fragmented need no number. */
export function ip_select_ident_segs(cpu: Cpu, skb: sk_buff, sk: sock | null, segs: number): void {
  const at = skb.network_header;
  if (sk !== null && sk.inet.inet_daddr !== 0) {
    const inet = sk.inet;
    if (sk.tcp === null) inet.inet_id = (inet.inet_id + segs) & 0xffff;
    put_unaligned_be16(inet.inet_id, skb.head, at + 4);
    if (sk.tcp !== null) inet.inet_id = (inet.inet_id + segs) & 0xffff;
    return;
  }
  if ((get_unaligned_be16(skb.head, at + 6) & IP_DF) !== 0 && !skb.ignore_df) put_unaligned_be16(0, skb.head, at + 4);
  else __ip_select_ident(cpu, skb, segs);
}

/** @helper */
export function ip_select_ident(cpu: Cpu, skb: sk_buff, sk: sock | null): void {
  ip_select_ident_segs(cpu, skb, sk, 1);
}

/** From the host's counter. */
export function __ip_select_ident(cpu: Cpu, skb: sk_buff, segs: number): void {
  const id = ip_idents_reserve(cpu, segs);
  put_unaligned_be16(id, skb.head, skb.network_header + 4);
}

export function ip_idents_reserve(cpu: Cpu, segs: number): number {
  const id = cpu.host.ip_idents;
  cpu.host.ip_idents = (id + segs) & 0xffff;
  return id;
}

/** @helper */
export function ip_select_ttl(cpu: Cpu, inet: inet_sock): number {
  return inet.uc_ttl < 0 ? cpu.host.knobs.sysctl_ip_default_ttl! : inet.uc_ttl;
}

/** @helper Whether packets of the socket carry DF by this route. */
export function ip_dont_fragment(sk: sock, dst: dst_entry): boolean {
  const pmtudisc = sk.inet.pmtudisc;
  return pmtudisc === IP_PMTUDISC_DO || (pmtudisc === IP_PMTUDISC_WANT && !ip_mtu_locked(dst));
}

/** @helper Whether this host may fragment the socket's packets whatever their DF says. */
export function ip_sk_ignore_df(sk: sock): boolean {
  return sk.inet.pmtudisc < IP_PMTUDISC_DO || sk.inet.pmtudisc === IP_PMTUDISC_OMIT;
}

/** @helper */
export function ip_sk_use_pmtu(sk: sock): boolean {
  return sk.inet.pmtudisc < IP_PMTUDISC_PROBE;
}

export function ip_skb_dst_mtu(cpu: Cpu, sk: sock | null, skb: sk_buff): number {
  const dst = skb.dst!;
  if (sk !== null && !ip_sk_use_pmtu(sk)) return Math.min(dst.dev.mtu, 0xffff);
  return ip_dst_mtu_maybe_forward(cpu, dst, dst.rt_is_input);
}

/** @helper Version, header length 5, TOS, DF and so on at skb.network_header; length and checksum come later. */
export function writeIpHeader(
  skb: sk_buff, tos: number, frag_off: number, ttl: number, protocol: number, saddr: number, daddr: number,
): void {
  const head = skb.head;
  const at = skb.network_header;
  head[at] = 0x45;
  head[at + 1] = tos;
  put_unaligned_be16(frag_off, head, at + 6);
  head[at + 8] = ttl;
  head[at + 9] = protocol;
  put_unaligned_be32(saddr, head, at + 12);
  put_unaligned_be32(daddr, head, at + 16);
}
