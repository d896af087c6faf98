/** Errors that others report about packets of this host (net/ipv4/icmp.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { get_unaligned_be16, get_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import {
  ICMP_DEST_UNREACH, ICMP_ECHOREPLY, ICMP_EXC_FRAGTIME, ICMP_FRAG_NEEDED, ICMP_PARAMETERPROB, ICMP_REDIRECT, ICMP_TIME_EXCEEDED, NR_ICMP_UNREACH,
} from '../../../include/linux/icmp.ts';
import { SIZEOF_IPHDR, iph_hdrlen } from '../../../include/linux/ip.ts';
import type { sk_buff, skb_drop_reason } from '../../../include/linux/skbuff.ts';
import { IPPROTO_ICMP, IPPROTO_TCP } from '../../../include/net/sock.ts';
import { dropCause } from '../../../include/net/dropreason.ts';
import type { drop_cause } from '../../../include/net/dropreason.ts';
import { ECONNREFUSED, EHOSTDOWN, EHOSTUNREACH, EMSGSIZE, ENETUNREACH, ENOPROTOOPT, EOPNOTSUPP } from '../../../include/uapi/asm-generic/errno.ts';
import { pskb_may_pull } from '../../core/skbuff/pull.ts';
import { inetProtocol } from '../protocol.ts';
import { ipv4_update_pmtu } from '../route/pmtu.ts';
import { ipv4_redirect } from '../route/redirect.ts';

const ENONET = 64;

/** What a code of "destination unreachable" means to a socket; fatal: the connection is over. */
export const icmp_err_convert: readonly { errno: number; fatal: boolean }[] = [
  { errno: ENETUNREACH, fatal: false },
  { errno: EHOSTUNREACH, fatal: false },
  { errno: ENOPROTOOPT, fatal: true },
  { errno: ECONNREFUSED, fatal: true },
  { errno: EMSGSIZE, fatal: false },
  { errno: EOPNOTSUPP, fatal: false },
  { errno: ENETUNREACH, fatal: true },
  { errno: EHOSTDOWN, fatal: true },
  { errno: ENONET, fatal: true },
  { errno: ENETUNREACH, fatal: true },
  { errno: EHOSTUNREACH, fatal: true },
  { errno: ENETUNREACH, fatal: false },
  { errno: EHOSTUNREACH, fatal: false },
  { errno: EHOSTUNREACH, fatal: true },
  { errno: EHOSTUNREACH, fatal: true },
  { errno: EHOSTUNREACH, fatal: true },
];

/** Unreachable, time exceeded, parameter problem: to the socket whose packet is quoted. skb.data is at the quoted IP header. */
export function icmp_unreach(cpu: Cpu, skb: sk_buff): drop_cause | null {
  if (!pskb_may_pull(cpu, skb, SIZEOF_IPHDR)) return malformed(cpu, 'NOT_SPECIFIED', '!pskb_may_pull(skb, sizeof(struct iphdr))', { 'skb->len': skb.len });
  const ihl = skb.head[skb.data]! & 15;
  if (ihl < 5) return malformed(cpu, 'IP_INHDR', 'iph->ihl < 5', { ihl });
  const type = skb.head[skb.transport_header]!;
  const code = skb.head[skb.transport_header + 1]!;
  let info = 0;
  if (type === ICMP_DEST_UNREACH) {
    if ((code & 15) === ICMP_FRAG_NEEDED) {
      const disc = cpu.host.knobs.sysctl_ip_no_pmtu_disc!;
      if (disc === 2 || (disc === 3 && !icmp_tag_validation(skb.head[skb.data + 9]!))) return null;
      if (disc === 0 || disc === 3) info = get_unaligned_be16(skb.head, skb.transport_header + 6);
    }
    if (code > NR_ICMP_UNREACH) return null;
  } else if (type === ICMP_PARAMETERPROB) info = get_unaligned_be32(skb.head, skb.transport_header + 4) >>> 24;
  else if (type === ICMP_TIME_EXCEEDED && code === ICMP_EXC_FRAGTIME) return null;
  icmp_socket_deliver(cpu, skb, info);
  return null;
}

/** Another gateway for a destination: to the protocol of the packet that went the long way. */
export function icmp_redirect(cpu: Cpu, skb: sk_buff): drop_cause | null {
  if (!pskb_may_pull(cpu, skb, SIZEOF_IPHDR)) return malformed(cpu, 'PKT_TOO_SMALL', 'skb->len < sizeof(struct iphdr)', { 'skb->len': skb.len });
  icmp_socket_deliver(cpu, skb, get_unaligned_be32(skb.head, skb.transport_header + 4));
  return null;
}

/** @helper */
function malformed(cpu: Cpu, reason: skb_drop_reason, condition: string, values: Record<string, number>): drop_cause {
  cpu.host.mib.Icmp.InErrors++;
  return dropCause(reason, condition, values);
}

/** Protocols whose errors can be checked against a sequence number. */
export function icmp_tag_validation(protocol: number): boolean {
  return protocol === IPPROTO_TCP;
}

/** To the protocol of the quoted packet, when enough of it is quoted to find the socket. */
export function icmp_socket_deliver(cpu: Cpu, skb: sk_buff, info: number): void {
  const protocol = skb.head[skb.data + 9]!;
  if (!pskb_may_pull(cpu, skb, iph_hdrlen(skb.head, skb.data) + 8)) {
    cpu.host.mib.Icmp.InErrors++;
    return;
  }
  const ipprot = inetProtocol(protocol);
  if (ipprot !== null) ipprot.err_handler(cpu, skb, info);
}

/** About a message of our own: path MTU and gateway are noted for echo replies, which the kernel itself sends; others would be of ping sockets. */
export function icmp_err(cpu: Cpu, skb: sk_buff, info: number): number {
  if (skb.head[skb.data + iph_hdrlen(skb.head, skb.data)] !== ICMP_ECHOREPLY) return 0;
  const type = skb.head[skb.transport_header]!;
  const code = skb.head[skb.transport_header + 1]!;
  if (type === ICMP_DEST_UNREACH && code === ICMP_FRAG_NEEDED) ipv4_update_pmtu(cpu, skb, info, 0, IPPROTO_ICMP);
  else if (type === ICMP_REDIRECT) ipv4_redirect(cpu, skb, 0, IPPROTO_ICMP);
  return 0;
}
