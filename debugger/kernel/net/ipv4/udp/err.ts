/** An ICMP error about a datagram of this host (net/ipv4/udp.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { get_unaligned_be16, get_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import { ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, ICMP_PARAMETERPROB, ICMP_REDIRECT, ICMP_SOURCE_QUENCH, NR_ICMP_UNREACH } from '../../../include/linux/icmp.ts';
import { iph_hdrlen } from '../../../include/linux/ip.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { IP_PMTUDISC_DONT } from '../../../include/linux/socket.ts';
import { SIZEOF_UDPHDR } from '../../../include/linux/udp.ts';
import { TCP_ESTABLISHED } from '../../../include/net/sock.ts';
import { EHOSTUNREACH, EMSGSIZE, ENOENT, EPROTO } from '../../../include/uapi/asm-generic/errno.ts';
import { sk_error_report } from '../../core/sock/callbacks.ts';
import { ip_icmp_error } from '../ip_sockglue/recverr.ts';
import { icmp_err_convert } from '../icmp/errors.ts';
import { ipv4_sk_update_pmtu } from '../route/pmtu.ts';
import { ipv4_sk_redirect } from '../route/redirect.ts';
import { __udp4_lib_lookup } from './lookup.ts';

/** skb.data is at the IP header of the datagram that came to grief. Only connected sockets hear of it (or those that asked: IP_RECVERR). */
export function udp_err(cpu: Cpu, skb: sk_buff, info: number): number {
  const head = skb.head;
  const iph = skb.data;
  const uh = iph + iph_hdrlen(head, iph);
  const type = head[skb.transport_header]!;
  const code = head[skb.transport_header + 1]!;
  const sk = __udp4_lib_lookup(
    cpu, get_unaligned_be32(head, iph + 16), get_unaligned_be16(head, uh + 2), get_unaligned_be32(head, iph + 12),
    get_unaligned_be16(head, uh), skb.dev!.ifindex,
  );
  if (sk === null) {
    cpu.host.mib.Icmp.InErrors++;
    return -ENOENT;
  }
  let err = EHOSTUNREACH;
  let harderr = false;
  if (type === ICMP_REDIRECT) ipv4_sk_redirect(cpu, skb, sk);
  if (type === ICMP_SOURCE_QUENCH || type === ICMP_REDIRECT) return 0;
  if (type === ICMP_PARAMETERPROB) {
    err = EPROTO;
    harderr = true;
  } else if (type === ICMP_DEST_UNREACH) {
    if (code === ICMP_FRAG_NEEDED) {
      ipv4_sk_update_pmtu(cpu, skb, sk, info);
      if (sk.inet.pmtudisc === IP_PMTUDISC_DONT) return 0;
      err = EMSGSIZE;
      harderr = true;
    } else if (code <= NR_ICMP_UNREACH) {
      err = icmp_err_convert[code]!.errno;
      harderr = icmp_err_convert[code]!.fatal;
    }
  }
  if (sk.inet.recverr) ip_icmp_error(cpu, sk, skb, err, get_unaligned_be16(head, uh + 2), info, uh + SIZEOF_UDPHDR);
  else if (!harderr || sk.sk_state !== TCP_ESTABLISHED) return 0;
  sk.sk_err = err;
  sk_error_report(cpu, sk);
  return 0;
}
