/** An ICMPv6 error about a datagram of this host (net/ipv6/udp.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { get_unaligned_be16 } from '../../../include/asm-generic/unaligned.ts';
import { ICMPV6_PKT_TOOBIG } from '../../../include/linux/icmpv6.ts';
import { in6AddrAt } from '../../../include/linux/in6.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { TCP_ESTABLISHED } from '../../../include/net/sock.ts';
import { ENOENT } from '../../../include/uapi/asm-generic/errno.ts';
import { sk_error_report } from '../../core/sock/callbacks.ts';
import { IPV6_PMTUDISC_DONT } from '../datagram.ts';
import { icmpv6_err_convert } from '../icmp/rcv.ts';
import { ip6_sk_update_pmtu } from '../route/pmtu.ts';
import { __udp6_lib_lookup } from './lookup.ts';

/** skb.data is at the IPv6 header of the datagram that came to grief. Only connected sockets hear of it. */
export function udpv6_err(cpu: Cpu, skb: sk_buff, type: number, code: number, offset: number, info: number): number {
  const head = skb.head;
  const uh = skb.data + offset;
  const sk = __udp6_lib_lookup(
    cpu, in6AddrAt(head, skb.data + 24), get_unaligned_be16(head, uh + 2), in6AddrAt(head, skb.data + 8), get_unaligned_be16(head, uh), skb.dev!.ifindex,
  );
  if (sk === null) {
    cpu.host.mib.Icmp6.InErrors++;
    return -ENOENT;
  }
  const np = sk.inet.pinet6!;
  const { errno, fatal } = icmpv6_err_convert(type, code);
  let harderr = fatal;
  if (type === ICMPV6_PKT_TOOBIG) {
    ip6_sk_update_pmtu(cpu, skb, sk, info);
    if (np.pmtudisc !== IPV6_PMTUDISC_DONT) harderr = true;
  }
  if (!np.recverr && (!harderr || sk.sk_state !== TCP_ESTABLISHED)) return 0;
  sk.sk_err = errno;
  sk_error_report(cpu, sk);
  return 0;
}
