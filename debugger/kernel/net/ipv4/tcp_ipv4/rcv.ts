/** From IP to a socket (net/ipv4/tcp_ipv4.c). */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { iph_daddr, iph_saddr, iph_tos, iph_ttl } from '../../../include/linux/ip.ts';
import { PACKET_HOST } from '../../../include/linux/skbuff.ts';
import type { drop_values, sk_buff, skb_drop_reason } from '../../../include/linux/skbuff.ts';
import { tcp_hdrlen, th_ack_seq, th_dest, th_flags, th_seq, th_source } from '../../../include/linux/tcp.ts';
import { sk_mark_napi_id } from '../../../include/net/busy_poll.ts';
import type { drop_cause } from '../../../include/net/dropreason.ts';
import { TCP_ESTABLISHED, TCP_LISTEN, TCP_NEW_SYN_RECV, TCP_TIME_WAIT } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { SIZEOF_TCPHDR, TCPHDR_FIN, TCPHDR_SYN } from '../../../include/net/tcp.ts';
import { TCP_SKB_CB, createTcpSkbCb } from '../../../include/net/tcp_sock.ts';
import type { inet_timewait_sock, request_sock, tcp_sock } from '../../../include/net/tcp_sock.ts';
import { NET_INC_STATS, TCP_INC_STATS } from '../../../include/net/snmp.ts';
import { sk_filter_trim_cap } from '../../core/filter.ts';
import { nf_reset_ct } from '../../netfilter/nf_conntrack_core/lifetime.ts';
import { skb_checksum_complete } from '../../core/skbuff/checksum.ts';
import { sk_skb_reason_drop } from '../../core/skbuff/free.ts';
import { pskb_may_pull } from '../../core/skbuff/pull.ts';
import { bh_lock_sock, bh_unlock_sock, sock_owned_by_user } from '../../core/sock.ts';
import { ipv4_dst_check } from '../route.ts';
import { inet_csk_reqsk_queue_drop } from '../inet_connection_sock/request.ts';
import { __inet_lookup_listener, __inet_lookup_skb } from '../inet_hashtables.ts';
import { inet_twsk_deschedule_put } from '../inet_timewait_sock.ts';
import { cookie_v4_check } from '../syncookies.ts';
import { tcp_rcv_established } from '../tcp_input/established.ts';
import { tcp_rcv_state_process } from '../tcp_input/state_process.ts';
import { createCheckReqResult, tcp_check_req, tcp_child_process, tcp_timewait_state_process } from '../tcp_minisocks.ts';
import { tcp_inbound_hash } from './auth.ts';
import { tcp_add_backlog } from './backlog.ts';
import { tcp_v4_csum_init } from './checksum.ts';
import { sendReset } from '../tcp/af_ops.ts';
import { tcp_v4_send_reset, tcp_v4_timewait_ack } from './reset.ts';

/** Sequence numbers and flags into the control block; what IP kept there is put aside. */
export function tcp_v4_fill_cb(_cpu: Cpu, skb: sk_buff): void {
  const flags = th_flags(skb);
  const seq = th_seq(skb);
  const syn_fin = ((flags & TCPHDR_SYN) !== 0 ? 1 : 0) + ((flags & TCPHDR_FIN) !== 0 ? 1 : 0);
  const tcb = createTcpSkbCb(seq, (seq + syn_fin + skb.len - tcp_hdrlen(skb)) >>> 0, flags);
  tcb.ack_seq = th_ack_seq(skb);
  tcb.ip_dsfield = iph_tos(skb);
  tcb.has_rxtstamp = skb.tstamp !== 0 || skb.shinfo.hwtstamp !== 0;
  tcb.header = skb.cb;
  skb.cb = tcb;
}

/** IP's control block again. */
export function tcp_v4_restore_cb(_cpu: Cpu, skb: sk_buff): void {
  skb.cb = TCP_SKB_CB(skb).header;
}

/** @helper The drop end: who it was for, why. */
export function discard(cpu: Cpu, sk: sock | null, skb: sk_buff, reason: skb_drop_reason, condition: string, values: drop_values): number {
  if (sk !== null) sk.sk_drops += Math.max(1, skb.shinfo.gso_segs);
  sk_skb_reason_drop(cpu, sk, skb, reason, { condition, values });
  return 0;
}

/** @helper */
export function csumError(cpu: Cpu, sk: sock | null, skb: sk_buff): number {
  TCP_INC_STATS(cpu, 'InCsumErrors');
  TCP_INC_STATS(cpu, 'InErrs');
  return discard(cpu, sk, skb, 'TCP_CSUM', 'tcp_checksum_complete(skb)', { len: skb.len });
}

/** A segment whose signature is wrong, or that the socket's filter refuses, is gone then. @helper */
export function refused(cpu: Cpu, sk: sock, skb: sk_buff): boolean {
  const cause = tcp_inbound_hash(cpu, sk, skb) ?? tcp_filter(cpu, sk, skb);
  if (cause === null) return false;
  discard(cpu, sk, skb, cause.reason, cause.condition, cause.values);
  return true;
}

/** Sockets may have a filter; the header is needed in any case. Null: the segment may pass. */
function tcp_filter(cpu: Cpu, sk: sock, skb: sk_buff): drop_cause | null {
  return sk_filter_trim_cap(cpu, sk, skb, tcp_hdrlen(skb));
}

export function tcp_segs_in(_cpu: Cpu, tp: tcp_sock, skb: sk_buff): void {
  const segs_in = Math.max(1, skb.shinfo.gso_segs);
  tp.segs_in += segs_in;
  if (skb.len > tcp_hdrlen(skb)) tp.data_segs_in += segs_in;
}

/** What is no SYN may be the ACK of a cookie. */
function tcp_v4_cookie_check(cpu: Cpu, sk: sock, skb: sk_buff): sock | null {
  return (th_flags(skb) & TCPHDR_SYN) !== 0 ? sk : cookie_v4_check(cpu, sk, skb);
}

/** A segment for a socket that nobody owns, or from the owner's backlog. */
export function tcp_v4_do_rcv(cpu: Cpu, sk: sock, skb: sk_buff): number {
  if (sk.sk_state === TCP_ESTABLISHED) {
    const dst = sk.sk_rx_dst;
    sk.sk_rxhash = skb.hash;
    sk_mark_napi_id(sk, skb);
    if (dst !== null && (sk.sk_rx_dst_ifindex !== skb.skb_iif || ipv4_dst_check(cpu, dst) === null)) sk.sk_rx_dst = null;
    tcp_rcv_established(cpu, sk, skb);
    return 0;
  }
  if (skb_checksum_complete(cpu, skb) !== 0) return csumError(cpu, sk, skb);
  if (sk.sk_state === TCP_LISTEN) {
    const nsk = tcp_v4_cookie_check(cpu, sk, skb);
    if (nsk === null) return 0;
    if (nsk !== sk) return rcvChild(cpu, sk, nsk, skb);
  }
  const reason = tcp_rcv_state_process(cpu, sk, skb);
  if (reason === '') return 0;
  tcp_v4_send_reset(cpu, sk, skb);
  return discard(cpu, sk, skb, reason, 'tcp_rcv_state_process(sk, skb)', { sk_state: sk.sk_state, seq: TCP_SKB_CB(skb).seq, ack_seq: TCP_SKB_CB(skb).ack_seq });
}

/** The ACK of a SYN-ACK, or something else for a request. Null: look the socket up anew. @helper */
function rcvRequest(cpu: Cpu, req: request_sock, skb: sk_buff): number | null {
  const sk = req.rsk_listener;
  if (skb_checksum_complete(cpu, skb) !== 0) return csumError(cpu, null, skb);
  if (sk.sk_state !== TCP_LISTEN) {
    inet_csk_reqsk_queue_drop(cpu, sk, req);
    return null;
  }
  if (refused(cpu, sk, skb)) return 0;
  tcp_v4_fill_cb(cpu, skb);
  const result = createCheckReqResult();
  const nsk = tcp_check_req(cpu, sk, skb, req, false, result);
  if (nsk === null) {
    if (result.req_stolen) {
      tcp_v4_restore_cb(cpu, skb);
      return null;
    }
    return discard(cpu, sk, skb, result.drop_reason, result.condition, { seq: TCP_SKB_CB(skb).seq, ack_seq: TCP_SKB_CB(skb).ack_seq, snt_isn: req.snt_isn, rcv_nxt: req.rcv_nxt });
  }
  if (skb._nfct !== null) nf_reset_ct(cpu, skb);
  if (nsk === sk) {
    tcp_v4_restore_cb(cpu, skb);
    return rcvSocket(cpu, sk, skb, 0);
  }
  return rcvChild(cpu, sk, nsk, skb);
}

/** The ACK that made a socket, processed by that. @helper */
export function rcvChild(cpu: Cpu, sk: sock, nsk: sock, skb: sk_buff): number {
  const reason = tcp_child_process(cpu, sk, nsk, skb);
  if (reason === '') return 0;
  sendReset(cpu, nsk, skb);
  return discard(cpu, sk, skb, reason, 'tcp_child_process(sk, nsk, skb)', { ack_seq: TCP_SKB_CB(skb).ack_seq, snd_nxt: nsk.tcp!.snd_nxt });
}

/** A segment for TIME-WAIT. @helper */
function rcvTimewait(cpu: Cpu, tw: inet_timewait_sock, skb: sk_buff): number {
  tcp_v4_fill_cb(cpu, skb);
  if (skb_checksum_complete(cpu, skb) !== 0) return csumError(cpu, null, skb);
  const status = tcp_timewait_state_process(cpu, tw, skb);
  if (status.verdict === 'TCP_TW_SYN') {
    const listener = __inet_lookup_listener(cpu, iph_saddr(skb), th_source(skb), iph_daddr(skb), th_dest(skb), skb.skb_iif);
    if (listener !== null) {
      inet_twsk_deschedule_put(cpu, tw);
      tcp_v4_restore_cb(cpu, skb);
      return rcvSocket(cpu, listener, skb, status.isn);
    }
    tcp_v4_timewait_ack(cpu, tw, skb, false);
  } else if (status.verdict === 'TCP_TW_ACK' || status.verdict === 'TCP_TW_ACK_OOW') {
    tcp_v4_timewait_ack(cpu, tw, skb, status.verdict === 'TCP_TW_ACK_OOW');
  } else if (status.verdict === 'TCP_TW_RST') {
    tcp_v4_send_reset(cpu, tw, skb);
    inet_twsk_deschedule_put(cpu, tw);
  }
  const condition = status.drop_reason === 'NOT_SPECIFIED' ? 'sk->sk_state == TCP_TIME_WAIT' : 'tcp_paws_reject(&tmp_opt, th->rst)';
  return discard(cpu, null, skb, status.drop_reason, condition, { seq: TCP_SKB_CB(skb).seq, rcv_nxt: tw.tw_rcv_nxt, tw_ts_recent: tw.tw_ts_recent });
}

/** It comes from further away than IP_MINTTL allows (RFC 5082). @helper */
function belowMinTtl(cpu: Cpu, sk: sock, skb: sk_buff): number {
  NET_INC_STATS(cpu, 'TCPMinTTLDrop');
  return discard(cpu, sk, skb, 'TCP_MINTTL', 'iph->ttl < inet_sk(sk)->min_ttl', { ttl: iph_ttl(skb), min_ttl: sk.inet.min_ttl });
}

/** A segment for a socket: now, or by its owner later. `isn`: of a TIME-WAIT connection that the SYN reopens. @helper */
function rcvSocket(cpu: Cpu, sk: sock, skb: sk_buff, isn: number): number {
  if (sk.inet.min_ttl !== 0 && iph_ttl(skb) < sk.inet.min_ttl) return belowMinTtl(cpu, sk, skb);
  if (skb._nfct !== null) nf_reset_ct(cpu, skb);
  if (refused(cpu, sk, skb)) return 0;
  tcp_v4_fill_cb(cpu, skb);
  if (isn !== 0) TCP_SKB_CB(skb).tcp_tw_isn = isn;
  skb.dev = null;
  if (sk.sk_state === TCP_LISTEN) return tcp_v4_do_rcv(cpu, sk, skb);
  sk.sk_incoming_cpu = cpu.id;
  bh_lock_sock(cpu, sk);
  tcp_segs_in(cpu, sk.tcp!, skb);
  let ret = 0;
  let cause: drop_cause | null = null;
  if (!sock_owned_by_user(sk)) ret = tcp_v4_do_rcv(cpu, sk, skb);
  else cause = tcp_add_backlog(cpu, sk, skb);
  bh_unlock_sock(cpu, sk);
  return cause === null ? ret : discard(cpu, sk, skb, cause.reason, cause.condition, cause.values);
}

/** @helper */
function noSocket(cpu: Cpu, skb: sk_buff): number {
  tcp_v4_fill_cb(cpu, skb);
  if (skb_checksum_complete(cpu, skb) !== 0) return csumError(cpu, null, skb);
  tcp_v4_send_reset(cpu, null, skb);
  return discard(cpu, null, skb, 'NO_SOCKET', '!sk', { saddr: iph_saddr(skb), source: th_source(skb), daddr: iph_daddr(skb), dest: th_dest(skb) });
}

export function tcp_v4_rcv(cpu: Cpu, skb: sk_buff): number {
  spend(cpu, cpu.costs.tcp_v4_rcv);
  if (skb.pkt_type !== PACKET_HOST) return discard(cpu, null, skb, 'NOT_SPECIFIED', 'skb->pkt_type != PACKET_HOST', { pkt_type: skb.pkt_type });
  TCP_INC_STATS(cpu, 'InSegs');
  if (!pskb_may_pull(cpu, skb, SIZEOF_TCPHDR)) return discard(cpu, null, skb, 'NOT_SPECIFIED', '!pskb_may_pull(skb, sizeof(struct tcphdr))', { len: skb.len });
  const hdrlen = tcp_hdrlen(skb);
  if (hdrlen < SIZEOF_TCPHDR) {
    TCP_INC_STATS(cpu, 'InErrs');
    return discard(cpu, null, skb, 'PKT_TOO_SMALL', 'th->doff < sizeof(struct tcphdr) / 4', { doff: hdrlen >> 2 });
  }
  if (!pskb_may_pull(cpu, skb, hdrlen)) return discard(cpu, null, skb, 'NOT_SPECIFIED', '!pskb_may_pull(skb, th->doff * 4)', { len: skb.len, doff: hdrlen >> 2 });
  tcp_v4_csum_init(cpu, skb);
  for (;;) {
    const sk = __inet_lookup_skb(cpu, skb, iph_saddr(skb), th_source(skb), iph_daddr(skb), th_dest(skb));
    if (sk === null) return noSocket(cpu, skb);
    if (sk.sk_state === TCP_TIME_WAIT) return rcvTimewait(cpu, sk as inet_timewait_sock, skb);
    if (sk.sk_state !== TCP_NEW_SYN_RECV) return rcvSocket(cpu, sk as sock, skb, 0);
    const ret = rcvRequest(cpu, sk as request_sock, skb);
    if (ret !== null) return ret;
  }
}
