/** ICMP errors about segments of this host (net/ipv4/tcp_ipv4.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { get_unaligned_be16, get_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import {
  ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, ICMP_HOST_UNREACH, ICMP_NET_UNREACH, ICMP_PARAMETERPROB, ICMP_REDIRECT, ICMP_SOURCE_QUENCH, ICMP_TIME_EXCEEDED, NR_ICMP_UNREACH,
} from '../../../include/linux/icmp.ts';
import { iph_hdrlen } from '../../../include/linux/ip.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { IP_PMTUDISC_DONT } from '../../../include/linux/socket.ts';
import { TCP_CLOSE, TCP_LISTEN, TCP_NEW_SYN_RECV, TCP_SYN_RECV, TCP_SYN_SENT, TCP_TIME_WAIT } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { ICSK_TIME_RETRANS, TCPF_CLOSE, TCPF_LISTEN, TCPF_MTU_REDUCED_DEFERRED, TCP_TIMEOUT_INIT, between } from '../../../include/net/tcp.ts';
import type { request_sock } from '../../../include/net/tcp_sock.ts';
import { tcp_skb_timestamp_us } from '../../../include/net/tcp_inlines/clock.ts';
import { inet_csk_rto_backoff } from '../../../include/net/inet_connection_sock.ts';
import { tcp_rtx_queue_head } from '../../../include/net/tcp_inlines/queues.ts';
import { __tcp_set_rto, tcp_rto_max } from '../../../include/net/tcp_inlines/timeouts.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { EHOSTUNREACH, EMSGSIZE, ENOENT, EPROTO } from '../../../include/uapi/asm-generic/errno.ts';
import { usecs_to_jiffies } from '../../../kernel/time/timer.ts';
import { __sk_dst_check } from '../../core/dst.ts';
import { bh_lock_sock, bh_unlock_sock, sk_error_report, sock_hold, sock_owned_by_user } from '../../core/sock.ts';
import { icmp_err_convert } from '../icmp/errors.ts';
import { inet_csk_reqsk_queue_drop } from '../inet_connection_sock/request.ts';
import { tcp_reset_xmit_timer } from '../inet_connection_sock/timers.ts';
import { ip_icmp_error } from '../ip_sockglue/recverr.ts';
import { __inet_lookup_established } from '../inet_hashtables.ts';
import { inet_csk_update_pmtu, ipv4_mtu } from '../route.ts';
import { ip_do_redirect } from '../route/redirect.ts';
import { tcp_listendrop } from '../tcp_input/conn_request.ts';
import { tcp_done_with_error } from '../tcp_input/fin.ts';
import { tcp_simple_retransmit } from '../tcp_input/loss.ts';
import { tcp_mstamp_refresh } from '../tcp_output/clock.ts';
import { tcp_sync_mss } from '../tcp_output/mss.ts';
import { tcp_retransmit_timer } from '../tcp_timer.ts';

/** Fragmentation was needed: smaller segments from now on, and those that were too large again. */
export function tcp_v4_mtu_reduced(cpu: Cpu, sk: sock): void {
  if (((1 << sk.sk_state) & (TCPF_LISTEN | TCPF_CLOSE)) !== 0) return;
  const info = sk.tcp!.mtu_info;
  const dst = inet_csk_update_pmtu(cpu, sk, info);
  if (dst === null) return;
  const mtu = ipv4_mtu(cpu, dst);
  const discover = sk.inet.pmtudisc !== IP_PMTUDISC_DONT;
  if (info < mtu && discover) sk.sk_err_soft = EMSGSIZE;
  if (discover && sk.icsk!.icsk_pmtu_cookie > mtu) {
    tcp_sync_mss(cpu, sk, mtu);
    tcp_simple_retransmit(cpu, sk);
  }
}

/** A router knows a better way: the connection asks for its route anew. */
function do_redirect(cpu: Cpu, skb: sk_buff, sk: sock): void {
  const dst = __sk_dst_check(cpu, sk);
  if (dst !== null) ip_do_redirect(cpu, dst, sk, skb);
}

/** The path is cut, which is not congestion: one step of the RTO's back-off is taken back (RFC 6069). */
function tcp_ld_RTO_revert(cpu: Cpu, sk: sock, seq: number): void {
  const icsk = sk.icsk!;
  const tp = sk.tcp!;
  if (seq !== tp.snd_una || icsk.icsk_retransmits === 0 || icsk.icsk_backoff === 0 || sock_owned_by_user(sk)) return;
  const skb = tcp_rtx_queue_head(sk);
  if (skb === null) return;
  icsk.icsk_backoff--;
  icsk.icsk_rto = tp.srtt_us !== 0 ? __tcp_set_rto(tp) : TCP_TIMEOUT_INIT;
  icsk.icsk_rto = inet_csk_rto_backoff(icsk, tcp_rto_max(sk));
  tcp_mstamp_refresh(cpu, tp);
  const remaining = icsk.icsk_rto - usecs_to_jiffies(tp.tcp_mstamp - tcp_skb_timestamp_us(skb));
  if (remaining > 0) tcp_reset_xmit_timer(cpu, sk, ICSK_TIME_RETRANS, remaining, false);
  else tcp_retransmit_timer(cpu, sk);
}

/** An error about a SYN-ACK. */
export function tcp_req_err(cpu: Cpu, req: request_sock, seq: number, abort: boolean): void {
  if (seq !== req.snt_isn) NET_INC_STATS(cpu, 'OutOfWindowIcmps');
  else if (abort) {
    inet_csk_reqsk_queue_drop(cpu, req.rsk_listener, req);
    tcp_listendrop(cpu, req.rsk_listener);
  }
}

/** The error for the user, 0: none; MTU news are dealt with here. @helper */
function icmpError(cpu: Cpu, sk: sock, seq: number, type: number, code: number, info: number): number {
  if (type === ICMP_REDIRECT || type === ICMP_SOURCE_QUENCH) return 0;
  if (type === ICMP_PARAMETERPROB) return EPROTO;
  if (type === ICMP_TIME_EXCEEDED) return EHOSTUNREACH;
  if (type !== ICMP_DEST_UNREACH || code > NR_ICMP_UNREACH) return 0;
  if (code === ICMP_FRAG_NEEDED) {
    if (sk.sk_state === TCP_LISTEN) return 0;
    sk.tcp!.mtu_info = info;
    if (!sock_owned_by_user(sk)) {
      tcp_v4_mtu_reduced(cpu, sk);
    } else if ((sk.sk_tsq_flags & TCPF_MTU_REDUCED_DEFERRED) === 0) {
      sk.sk_tsq_flags |= TCPF_MTU_REDUCED_DEFERRED;
      sock_hold(sk);
    }
    return 0;
  }
  if (sk.tcp!.tfo.fastopen_rsk === null && (code === ICMP_NET_UNREACH || code === ICMP_HOST_UNREACH)) tcp_ld_RTO_revert(cpu, sk, seq);
  return icmp_err_convert[code]!.errno;
}

/** For a connection. @helper */
function errSocket(cpu: Cpu, sk: sock, skb: sk_buff, th: number, type: number, code: number, info: number): void {
  const seq = get_unaligned_be32(skb.head, th + 4);
  const tp = sk.tcp!;
  const owned = sock_owned_by_user(sk);
  if (owned && !(type === ICMP_DEST_UNREACH && code === ICMP_FRAG_NEEDED)) NET_INC_STATS(cpu, 'LockDroppedIcmps');
  if (sk.sk_state === TCP_CLOSE) return;
  const fastopen = tp.tfo.fastopen_rsk;
  const snd_una = fastopen !== null ? fastopen.snt_isn : tp.snd_una;
  if (sk.sk_state !== TCP_LISTEN && !between(seq, snd_una, tp.snd_nxt)) {
    NET_INC_STATS(cpu, 'OutOfWindowIcmps');
    return;
  }
  if (type === ICMP_REDIRECT && !owned) do_redirect(cpu, skb, sk);
  const err = icmpError(cpu, sk, seq, type, code, info);
  if (err === 0) return;
  const accepted = fastopen !== null && fastopen.sk === null;
  if (!accepted && (sk.sk_state === TCP_SYN_SENT || sk.sk_state === TCP_SYN_RECV)) {
    ip_icmp_error(cpu, sk, skb, err, get_unaligned_be16(skb.head, th + 2), info, th);
    if (!owned) tcp_done_with_error(cpu, sk, err);
    else sk.sk_err_soft = err;
  } else if (!owned && sk.inet.recverr) {
    sk.sk_err = err;
    sk_error_report(cpu, sk);
  } else {
    sk.sk_err_soft = err;
  }
}

/** skb.data is at the IP header of the segment that came to grief. */
export function tcp_v4_err(cpu: Cpu, skb: sk_buff, info: number): number {
  const head = skb.head;
  const iph = skb.data;
  const th = iph + iph_hdrlen(head, iph);
  const type = head[skb.transport_header]!;
  const code = head[skb.transport_header + 1]!;
  const sk = __inet_lookup_established(
    cpu, get_unaligned_be32(head, iph + 16), get_unaligned_be16(head, th + 2), get_unaligned_be32(head, iph + 12), get_unaligned_be16(head, th),
  );
  if (sk === null) {
    cpu.host.mib.Icmp.InErrors++;
    return -ENOENT;
  }
  const seq = get_unaligned_be32(head, th + 4);
  if (sk.sk_state === TCP_TIME_WAIT) return 0;
  if (sk.sk_state === TCP_NEW_SYN_RECV) {
    const unreachable = type === ICMP_DEST_UNREACH && (code === ICMP_NET_UNREACH || code === ICMP_HOST_UNREACH);
    tcp_req_err(cpu, sk as request_sock, seq, type === ICMP_PARAMETERPROB || type === ICMP_TIME_EXCEEDED || unreachable);
    return 0;
  }
  const full = sk as sock;
  bh_lock_sock(cpu, full);
  errSocket(cpu, full, skb, th, type, code, info);
  bh_unlock_sock(cpu, full);
  return 0;
}
