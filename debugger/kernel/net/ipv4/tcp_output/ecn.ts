/** What outgoing segments say of congestion: ECT in the IP header, the flags of RFC 3168 or AccECN's counter (net/ipv4/tcp_output.c, include/net/tcp_ecn.h). */
import type { Cpu } from '../../../../machine/types.ts';
import { SKB_GSO_TCP_ACCECN, SKB_GSO_TCP_ECN } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { RTAX_FEATURE_ECN } from '../../../include/linux/rtnetlink.ts';
import { dst_feature } from '../../../include/net/dst.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  INET_ECN_ECT_0, INET_ECN_MASK, TCPHDR_ACE, TCPHDR_AE, TCPHDR_CWR, TCPHDR_ECE, TCP_ECN_DEMAND_CWR, TCP_ECN_MODE_PENDING, TCP_ECN_MODE_RFC3168, TCP_ECN_QUEUE_CWR,
  before,
} from '../../../include/net/tcp.ts';
import {
  TCP_ACCECN_ACE_FAIL_RECV, TCP_ACCECN_ACE_FAIL_SEND, TCP_ACCECN_CEP_INIT_OFFSET, TCP_ECN_IN_ACCECN_OUT_ACCECN, TCP_ECN_IN_ACCECN_OUT_ECN, TCP_ECN_IN_ECN_OUT_ECN,
  tcp_accecn_reflector_flags, tcp_ecn_mode_accecn, tcp_ecn_mode_any, tcp_ecn_mode_set,
} from '../../../include/net/tcp_ecn.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import type { request_sock, tcp_skb_cb, tcp_sock, tcp_synack_type } from '../../../include/net/tcp_sock.ts';

/** @helper */
function INET_ECN_xmit(sk: sock): void {
  sk.inet.tos = (sk.inet.tos & ~INET_ECN_MASK) | INET_ECN_ECT_0;
}

/** @helper */
function INET_ECN_dontxmit(sk: sock): void {
  sk.inet.tos &= ~INET_ECN_MASK;
}

/** The three bits count marked segments, modulo 8; those of the handshake's end are set already. */
function tcp_accecn_set_ace(_cpu: Cpu, tp: tcp_sock, tcb: tcp_skb_cb): number {
  if ((tcb.tcp_flags & TCPHDR_ACE) !== 0) return 0;
  tp.accecn.received_ce_pending = 0;
  return ((tp.accecn.received_ce + TCP_ACCECN_CEP_INIT_OFFSET) & 7) * TCPHDR_ECE;
}

/** AccECN: all segments bear ECT unless the path has shown that it mangles that. Answers the flags to set. @helper */
function sendAccEcn(cpu: Cpu, sk: sock, skb: sk_buff, tcb: tcp_skb_cb): number {
  const tp = sk.tcp!;
  if ((tp.accecn.accecn_fail_mode & (TCP_ACCECN_ACE_FAIL_RECV | TCP_ACCECN_ACE_FAIL_SEND)) === 0) INET_ECN_xmit(sk);
  else INET_ECN_dontxmit(sk);
  skb.shinfo.gso_type |= SKB_GSO_TCP_ACCECN;
  return tcp_accecn_set_ace(cpu, tp, tcb);
}

/** RFC 3168: new data bears ECT and, once after a reduction, CWR; congestion seen is echoed. Answers the flags to set. */
export function tcp_ecn_send(cpu: Cpu, sk: sock, skb: sk_buff, tcb: tcp_skb_cb, tcp_header_len: number): number {
  const tp = sk.tcp!;
  if (!tcp_ecn_mode_any(tp)) return 0;
  if (tcp_ecn_mode_accecn(tp)) return sendAccEcn(cpu, sk, skb, tcb);
  let bits = 0;
  if (skb.len !== tcp_header_len && !before(tcb.seq, tp.snd_nxt)) {
    INET_ECN_xmit(sk);
    if ((tp.ecn_flags & TCP_ECN_QUEUE_CWR) !== 0) {
      tp.ecn_flags &= ~TCP_ECN_QUEUE_CWR;
      bits |= TCPHDR_CWR;
      skb.shinfo.gso_type |= SKB_GSO_TCP_ECN;
    }
  } else {
    INET_ECN_dontxmit(sk);
  }
  if ((tp.ecn_flags & TCP_ECN_DEMAND_CWR) !== 0) bits |= TCPHDR_ECE;
  return bits;
}

/** A SYN asks for what net.ipv4.tcp_ecn says: nothing, ECN, AccECN; a route may say ECN. */
export function tcp_ecn_send_syn(cpu: Cpu, sk: sock, skb: sk_buff): void {
  const tp = sk.tcp!;
  const tcp_ecn = cpu.host.knobs.sysctl_tcp_ecn!;
  const dst = sk.sk_dst_cache;
  let use_ecn = tcp_ecn === TCP_ECN_IN_ECN_OUT_ECN || tcp_ecn === TCP_ECN_IN_ACCECN_OUT_ACCECN || tcp_ecn === TCP_ECN_IN_ACCECN_OUT_ECN;
  if (!use_ecn) use_ecn = dst !== null && dst_feature(dst, RTAX_FEATURE_ECN);
  tp.ecn_flags = 0;
  if (!use_ecn) return;
  TCP_SKB_CB(skb).tcp_flags |= TCPHDR_ECE | TCPHDR_CWR;
  if (tcp_ecn !== TCP_ECN_IN_ACCECN_OUT_ACCECN) {
    tcp_ecn_mode_set(tp, TCP_ECN_MODE_RFC3168);
    return;
  }
  TCP_SKB_CB(skb).tcp_flags |= TCPHDR_AE;
  tcp_ecn_mode_set(tp, TCP_ECN_MODE_PENDING);
  tp.accecn.syn_ect_snt = sk.inet.tos & INET_ECN_MASK;
}

/** A SYN that was lost may have been dropped for its flags: it goes without them. */
export function tcp_ecn_clear_syn(cpu: Cpu, skb: sk_buff): void {
  if (cpu.host.knobs.sysctl_tcp_ecn_fallback! !== 0) TCP_SKB_CB(skb).tcp_flags &= ~TCPHDR_ACE;
}

/** Flags of the SYN-ACK for a SYN that crossed ours. */
export function tcp_ecn_send_synack(_cpu: Cpu, sk: sock, skb: sk_buff): void {
  const tp = sk.tcp!;
  const tcb = TCP_SKB_CB(skb);
  tcb.tcp_flags &= ~TCPHDR_CWR;
  if (!tcp_ecn_mode_any(tp)) tcb.tcp_flags &= ~TCPHDR_ECE;
  if (!tcp_ecn_mode_accecn(tp)) return;
  tcb.tcp_flags = (tcb.tcp_flags & ~TCPHDR_ACE) | tcp_accecn_reflector_flags(tp.accecn.syn_ect_rcv);
  tp.accecn.syn_ect_snt = sk.inet.tos & INET_ECN_MASK;
}

/** Flags of a listener's SYN-ACK: with AccECN they tell the SYN's ECN field. When it timed out twice they may be what is dropped. */
export function tcp_ecn_make_synack(_cpu: Cpu, req: request_sock, synack_type: tcp_synack_type): number {
  if (req.num_timeout !== 0 && synack_type === 'TCP_SYNACK_RETRANS') return 0;
  if (req.accecn_ok) return tcp_accecn_reflector_flags(req.syn_ect_rcv);
  return req.ecn_ok ? TCPHDR_ECE : 0;
}
