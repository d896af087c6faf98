/** Receiving ICMPv6 messages (net/ipv6/icmp.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { get_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import {
  ICMPV6_ADM_PROHIBITED, ICMPV6_DEST_UNREACH, ICMPV6_ECHO_REPLY, ICMPV6_ECHO_REQUEST, ICMPV6_INFOMSG_MASK, ICMPV6_NOROUTE, ICMPV6_PARAMPROB, ICMPV6_PKT_TOOBIG,
  ICMPV6_POLICY_FAIL, ICMPV6_PORT_UNREACH, ICMPV6_REJECT_ROUTE, ICMPV6_TIME_EXCEED, NDISC_NEIGHBOUR_ADVERTISEMENT, NDISC_NEIGHBOUR_SOLICITATION, SIZEOF_ICMP6HDR,
} from '../../../include/linux/icmpv6.ts';
import { IPPROTO_ICMPV6 } from '../../../include/linux/in6.ts';
import { SIZEOF_IPV6HDR } from '../../../include/linux/ipv6.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { drop_cause } from '../../../include/net/dropreason.ts';
import { dropCause } from '../../../include/net/dropreason.ts';
import { EACCES, ECONNREFUSED, EHOSTUNREACH, EMSGSIZE, ENETUNREACH, EPROTO } from '../../../include/uapi/asm-generic/errno.ts';
import { __skb_checksum_complete, skb_csum_unnecessary } from '../../core/skbuff/checksum.ts';
import { consume_skb, kfree_skb_reason } from '../../core/skbuff/free.ts';
import { pskb_may_pull, pskb_pull } from '../../core/skbuff/pull.ts';
import { ipv6_skip_exthdr } from '../exthdrs.ts';
import { ip6_compute_pseudo } from '../ip6_checksum.ts';
import { ndisc_rcv } from '../ndisc/rcv.ts';
import { inet6Protocol } from '../protocol.ts';
import { ip6_update_pmtu } from '../route/pmtu.ts';
import { icmpv6InCount } from './count.ts';
import { icmpv6_echo_reply } from './send.ts';

/** skb.data is at the ICMPv6 header. */
export function icmpv6_rcv(cpu: Cpu, skb: sk_buff): number {
  const mib = cpu.host.mib.Icmp6;
  mib.InMsgs++;
  if (!skb_csum_unnecessary(skb)) {
    skb.csum = ip6_compute_pseudo(skb, skb.len, IPPROTO_ICMPV6);
    if (__skb_checksum_complete(cpu, skb) !== 0) {
      mib.InCsumErrors++;
      return discard(cpu, skb, dropCause('ICMP_CSUM', 'skb_checksum_validate(skb, IPPROTO_ICMPV6, ip6_compute_pseudo)', { 'skb->len': skb.len }));
    }
  }
  if (!pskb_pull(cpu, skb, SIZEOF_ICMP6HDR)) return discard(cpu, skb, dropCause('NOT_SPECIFIED', '!pskb_pull(skb, sizeof(*hdr))', { 'skb->len': skb.len }));
  const type = skb.head[skb.transport_header]!;
  icmpv6InCount(cpu, type);
  const cause = handle(cpu, skb, type);
  if (cause !== null) kfree_skb_reason(cpu, skb, cause.reason, cause);
  else consume_skb(cpu, skb);
  return 0;
}

/** What is done with each type; router discovery and redirects are left alone. @helper */
function handle(cpu: Cpu, skb: sk_buff, type: number): drop_cause | null {
  const info = get_unaligned_be32(skb.head, skb.transport_header + 4);
  switch (type) {
    case ICMPV6_ECHO_REQUEST:
      if (cpu.host.knobs.ipv6_echo_ignore_all! === 0) icmpv6_echo_reply(cpu, skb, info);
      return null;
    case ICMPV6_ECHO_REPLY:
      return dropCause('NO_SOCKET', '!ping_lookup(net, skb, ntohs(icmph->icmp6_identifier))', { id: info >>> 16 });
    case ICMPV6_PKT_TOOBIG:
    case ICMPV6_DEST_UNREACH:
    case ICMPV6_TIME_EXCEED:
    case ICMPV6_PARAMPROB:
      return icmpv6_notify(cpu, skb, type, skb.head[skb.transport_header + 1]!, info);
    case NDISC_NEIGHBOUR_SOLICITATION:
    case NDISC_NEIGHBOUR_ADVERTISEMENT:
      return ndisc_rcv(cpu, skb);
    default:
      return (type & ICMPV6_INFOMSG_MASK) !== 0 ? null : icmpv6_notify(cpu, skb, type, skb.head[skb.transport_header + 1]!, info);
  }
}

/** @helper */
function discard(cpu: Cpu, skb: sk_buff, cause: drop_cause): number {
  cpu.host.mib.Icmp6.InErrors++;
  kfree_skb_reason(cpu, skb, cause.reason, cause);
  return 0;
}

/** To the protocol of the quoted packet, which begins at skb.data, when enough of it is quoted to find the socket. */
export function icmpv6_notify(cpu: Cpu, skb: sk_buff, type: number, code: number, info: number): drop_cause | null {
  if (!pskb_may_pull(cpu, skb, SIZEOF_IPV6HDR)) return truncated(cpu, skb);
  const { nexthdr, offset } = ipv6_skip_exthdr(skb.head, skb.data + SIZEOF_IPV6HDR, skb.head[skb.data + 6]!);
  if (!pskb_may_pull(cpu, skb, offset - skb.data + 8)) return truncated(cpu, skb);
  const ipprot = inet6Protocol(nexthdr);
  if (ipprot !== null && ipprot.err_handler !== null) ipprot.err_handler(cpu, skb, type, code, offset - skb.data, info);
  return null;
}

/** @helper */
function truncated(cpu: Cpu, skb: sk_buff): drop_cause {
  cpu.host.mib.Icmp6.InErrors++;
  return dropCause('NOT_SPECIFIED', '!pskb_may_pull(skb, inner_offset + 8)', { 'skb->len': skb.len });
}

/** About a message of our own: the path MTU is noted. */
export function icmpv6_err(cpu: Cpu, skb: sk_buff, type: number, _code: number, _offset: number, info: number): number {
  if (type === ICMPV6_PKT_TOOBIG) ip6_update_pmtu(cpu, skb, info, 0);
  return 0;
}

const tab_unreach: Readonly<Record<number, { errno: number; fatal: boolean }>> = {
  [ICMPV6_NOROUTE]: { errno: ENETUNREACH, fatal: false }, [ICMPV6_ADM_PROHIBITED]: { errno: EACCES, fatal: true }, 2: { errno: EHOSTUNREACH, fatal: false },
  3: { errno: EHOSTUNREACH, fatal: false }, [ICMPV6_PORT_UNREACH]: { errno: ECONNREFUSED, fatal: true }, [ICMPV6_POLICY_FAIL]: { errno: EACCES, fatal: true },
  [ICMPV6_REJECT_ROUTE]: { errno: EACCES, fatal: true },
};

/** What an error means to a socket; fatal: the connection is over. */
export function icmpv6_err_convert(type: number, code: number): { errno: number; fatal: boolean } {
  if (type === ICMPV6_DEST_UNREACH) return tab_unreach[code] ?? { errno: EPROTO, fatal: true };
  if (type === ICMPV6_PKT_TOOBIG) return { errno: EMSGSIZE, fatal: false };
  if (type === ICMPV6_PARAMPROB) return { errno: EPROTO, fatal: true };
  return { errno: type === ICMPV6_TIME_EXCEED ? EHOSTUNREACH : EPROTO, fatal: false };
}
