/** ICMPv6 errors about segments of this host (net/ipv6/tcp_ipv6.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { get_unaligned_be16, get_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import { ICMPV6_PKT_TOOBIG } from '../../../include/linux/icmpv6.ts';
import { in6AddrAt } from '../../../include/linux/in6.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { TCP_CLOSE, TCP_LISTEN, TCP_NEW_SYN_RECV, TCP_SYN_RECV, TCP_SYN_SENT, TCP_TIME_WAIT } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { TCPF_CLOSE, TCPF_LISTEN, TCPF_MTU_REDUCED_DEFERRED, between } from '../../../include/net/tcp.ts';
import type { request_sock } from '../../../include/net/tcp_sock.ts';
import { ENOENT } from '../../../include/uapi/asm-generic/errno.ts';
import { bh_lock_sock, bh_unlock_sock, sock_owned_by_user } from '../../core/sock.ts';
import { sock_hold } from '../../core/sock/create.ts';
import { sk_error_report } from '../../core/sock/callbacks.ts';
import { dst_mtu } from '../../core/dst.ts';
import { tcp_done_with_error } from '../../ipv4/tcp_input/fin.ts';
import { tcp_req_err } from '../../ipv4/tcp_ipv4/icmp.ts';
import { tcp_sync_mss } from '../../ipv4/tcp_output/mss.ts';
import { tcp_simple_retransmit } from '../../ipv4/tcp_input/loss.ts';
import { icmpv6_err_convert } from '../icmp/rcv.ts';
import { inet6_csk_update_pmtu } from '../inet6_connection_sock.ts';
import { __inet6_lookup_established } from '../inet6_hashtables.ts';

/** The path takes less: smaller segments from now on, and those that were too large again. */
export function tcp_v6_mtu_reduced(cpu: Cpu, sk: sock): void {
  if (((1 << sk.sk_state) & (TCPF_LISTEN | TCPF_CLOSE)) !== 0) return;
  const dst = inet6_csk_update_pmtu(cpu, sk, sk.tcp!.mtu_info);
  if (dst === null || sk.icsk!.icsk_pmtu_cookie <= dst_mtu(cpu, dst)) return;
  tcp_sync_mss(cpu, sk, dst_mtu(cpu, dst));
  tcp_simple_retransmit(cpu, sk);
}

/** The new MTU is dealt with now, or when the socket's owner lets go of it. @helper */
function tooBig(cpu: Cpu, sk: sock, info: number): void {
  if (sk.sk_state === TCP_LISTEN) return;
  sk.tcp!.mtu_info = info;
  if (!sock_owned_by_user(sk)) {
    tcp_v6_mtu_reduced(cpu, sk);
  } else if ((sk.sk_tsq_flags & TCPF_MTU_REDUCED_DEFERRED) === 0) {
    sk.sk_tsq_flags |= TCPF_MTU_REDUCED_DEFERRED;
    sock_hold(sk);
  }
}

/** For a connection. @helper */
function errSocket(cpu: Cpu, sk: sock, seq: number, type: number, code: number, info: number): void {
  const tp = sk.tcp!;
  const owned = sock_owned_by_user(sk);
  if (owned && type !== ICMPV6_PKT_TOOBIG) NET_INC_STATS(cpu, 'LockDroppedIcmps');
  if (sk.sk_state === TCP_CLOSE) return;
  const fastopen = tp.tfo.fastopen_rsk;
  const snd_una = fastopen !== null ? fastopen.snt_isn : tp.snd_una;
  if (sk.sk_state !== TCP_LISTEN && !between(seq, snd_una, tp.snd_nxt)) {
    NET_INC_STATS(cpu, 'OutOfWindowIcmps');
    return;
  }
  if (type === ICMPV6_PKT_TOOBIG) {
    tooBig(cpu, sk, info);
    return;
  }
  const err = icmpv6_err_convert(type, code).errno;
  const accepted = fastopen !== null && fastopen.sk === null;
  if (!accepted && (sk.sk_state === TCP_SYN_SENT || sk.sk_state === TCP_SYN_RECV)) {
    if (!owned) tcp_done_with_error(cpu, sk, err);
    else sk.sk_err_soft = err;
  } else if (!owned && sk.inet.pinet6!.recverr) {
    sk.sk_err = err;
    sk_error_report(cpu, sk);
  } else {
    sk.sk_err_soft = err;
  }
}

/** skb.data is at the IPv6 header of the segment that came to grief, its TCP header `offset` bytes behind. */
export function tcp_v6_err(cpu: Cpu, skb: sk_buff, type: number, code: number, offset: number, info: number): number {
  const head = skb.head;
  const th = skb.data + offset;
  const sk = __inet6_lookup_established(
    cpu, in6AddrAt(head, skb.data + 24), get_unaligned_be16(head, th + 2), in6AddrAt(head, skb.data + 8), get_unaligned_be16(head, th),
  );
  if (sk === null) {
    cpu.host.mib.Icmp6.InErrors++;
    return -ENOENT;
  }
  const seq = get_unaligned_be32(head, th + 4);
  if (sk.sk_state === TCP_TIME_WAIT) return 0;
  if (sk.sk_state === TCP_NEW_SYN_RECV) {
    tcp_req_err(cpu, sk as request_sock, seq, icmpv6_err_convert(type, code).fatal);
    return 0;
  }
  const full = sk as sock;
  bh_lock_sock(cpu, full);
  errSocket(cpu, full, seq, type, code, info);
  bh_unlock_sock(cpu, full);
  return 0;
}
