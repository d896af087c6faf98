/** Receiving ICMP messages (net/ipv4/icmp.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { get_unaligned_be16, get_unaligned_be32, put_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import {
  ICMP_ADDRESS, ICMP_ADDRESSREPLY, ICMP_DEST_UNREACH, ICMP_ECHO, ICMP_ECHOREPLY, ICMP_PARAMETERPROB, ICMP_REDIRECT, ICMP_SOURCE_QUENCH, ICMP_TIMESTAMP, ICMP_TIMESTAMPREPLY,
  ICMP_TIME_EXCEEDED, NR_ICMP_TYPES, SIZEOF_ICMPHDR,
} from '../../../include/linux/icmp.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { RTCF_BROADCAST, RTCF_MULTICAST } from '../../../include/net/dst.ts';
import { dropCause } from '../../../include/net/dropreason.ts';
import type { drop_cause } from '../../../include/net/dropreason.ts';
import { __skb_checksum_complete, skb_csum_unnecessary } from '../../core/skbuff/checksum.ts';
import { consume_skb, kfree_skb_reason } from '../../core/skbuff/free.ts';
import { pskb_pull } from '../../core/skbuff/pull.ts';
import { icmpInCount } from './count.ts';
import { icmp_redirect, icmp_unreach } from './errors.ts';
import { icmp_reply } from './send.ts';

/** icmp_pointers: what is done with each type; null: nothing. */
const icmp_pointers: Record<number, ((cpu: Cpu, skb: sk_buff) => drop_cause | null) | undefined> = {
  [ICMP_DEST_UNREACH]: icmp_unreach, [ICMP_SOURCE_QUENCH]: icmp_unreach, [ICMP_TIME_EXCEEDED]: icmp_unreach, [ICMP_PARAMETERPROB]: icmp_unreach,
  [ICMP_REDIRECT]: icmp_redirect, [ICMP_ECHO]: icmp_echo, [ICMP_TIMESTAMP]: icmp_timestamp,
};

/** skb.data is at the ICMP header. */
export function icmp_rcv(cpu: Cpu, skb: sk_buff): number {
  const icmp = cpu.host.mib.Icmp;
  icmp.InMsgs++;
  if (!skb_csum_unnecessary(skb)) {
    skb.csum = 0;
    if (__skb_checksum_complete(cpu, skb) !== 0) {
      icmp.InCsumErrors++;
      return icmpError(cpu, skb, dropCause('ICMP_CSUM', 'skb_checksum_simple_validate(skb)', { 'skb->len': skb.len }));
    }
  }
  if (!pskb_pull(cpu, skb, SIZEOF_ICMPHDR)) return icmpError(cpu, skb, dropCause('NOT_SPECIFIED', '!pskb_pull(skb, sizeof(*icmph))', { 'skb->len': skb.len }));
  const type = skb.head[skb.transport_header]!;
  icmpInCount(cpu, type);
  if ((skb.dst!.rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)) !== 0) {
    const ignored = (type === ICMP_ECHO || type === ICMP_TIMESTAMP) && cpu.host.knobs.sysctl_icmp_echo_ignore_broadcasts! !== 0;
    if (ignored || (type !== ICMP_ECHO && type !== ICMP_TIMESTAMP && type !== ICMP_ADDRESS && type !== ICMP_ADDRESSREPLY)) {
      return icmpError(cpu, skb, dropCause('INVALID_PROTO', 'rt->rt_flags & (RTCF_BROADCAST | RTCF_MULTICAST)', { type }));
    }
  }
  if (type === ICMP_ECHOREPLY) return ping_rcv(cpu, skb);
  if (type > NR_ICMP_TYPES) return icmpError(cpu, skb, dropCause('UNHANDLED_PROTO', 'icmph->type > NR_ICMP_TYPES', { type }));
  const handler = icmp_pointers[type];
  const cause = handler === undefined ? null : handler(cpu, skb);
  if (cause !== null) {
    kfree_skb_reason(cpu, skb, cause.reason, cause);
    return 0;
  }
  consume_skb(cpu, skb);
  return 0;
}

/** @helper */
function icmpError(cpu: Cpu, skb: sk_buff, cause: drop_cause): number {
  cpu.host.mib.Icmp.InErrors++;
  kfree_skb_reason(cpu, skb, cause.reason, cause);
  return 0;
}

/** An answer to a ping socket (net/ipv4/ping.c), of which no host here has any. */
function ping_rcv(cpu: Cpu, skb: sk_buff): number {
  kfree_skb_reason(cpu, skb, 'NO_SOCKET', { condition: '!ping_lookup(net, skb, ntohs(icmph->un.echo.id))', values: { id: get_unaligned_be16(skb.head, skb.transport_header + 4) } });
  return 1;
}

/** ping: the same bytes go back. */
export function icmp_echo(cpu: Cpu, skb: sk_buff): drop_cause | null {
  if (cpu.host.knobs.sysctl_icmp_echo_ignore_all! !== 0) return null;
  const rest = get_unaligned_be32(skb.head, skb.transport_header + 4);
  icmp_reply(cpu, { skb, offset: 0, data_len: skb.len, type: ICMP_ECHOREPLY, code: 0, rest });
  return null;
}

const SIZEOF_TIMESTAMPS = 12;

/** Answers with the time of day in ms, twice. */
export function icmp_timestamp(cpu: Cpu, skb: sk_buff): drop_cause | null {
  if (skb.len < SIZEOF_TIMESTAMPS) {
    cpu.host.mib.Icmp.InErrors++;
    return dropCause('PKT_TOO_SMALL', 'skb->len < 4', { 'skb->len': skb.len });
  }
  const ms = Math.floor(cpu.now / 1_000_000) >>> 0;
  put_unaligned_be32(ms, skb.head, skb.data + 4);
  put_unaligned_be32(ms, skb.head, skb.data + 8);
  const rest = get_unaligned_be32(skb.head, skb.transport_header + 4);
  icmp_reply(cpu, { skb, offset: 0, data_len: SIZEOF_TIMESTAMPS, type: ICMP_TIMESTAMPREPLY, code: 0, rest });
  return null;
}
