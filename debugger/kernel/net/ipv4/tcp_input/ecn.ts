/** What incoming segments say of congestion, and the handshake of it (net/ipv4/tcp_input.c, include/net/tcp_ecn.h; RFC 3168, RFC 9768). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { th_flags } from '../../../include/linux/tcp.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  ICSK_ACK_NOW, INET_ECN_CE, INET_ECN_MASK, INET_ECN_NOT_ECT, TCPHDR_CWR, TCPHDR_ECE, TCPHDR_SYN, TCP_ECN_DEMAND_CWR, TCP_ECN_DISABLED, TCP_ECN_MODE_ACCECN,
  TCP_ECN_MODE_RFC3168, TCP_ECN_QUEUE_CWR, TCP_ECN_SEEN,
} from '../../../include/net/tcp.ts';
import {
  TCP_ACCECN_OPT_COUNTER_SEEN, tcp_accecn_ace, tcp_accecn_option_init, tcp_accecn_saw_opt_fail_recv, tcp_accecn_syn_requested, tcp_accecn_validate_syn_feedback,
  tcp_ecn_mode_any, tcp_ecn_mode_pending, tcp_ecn_mode_rfc3168, tcp_ecn_mode_set,
} from '../../../include/net/tcp_ecn.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import type { tcp_sock } from '../../../include/net/tcp_sock.ts';
import { tcp_enter_quickack_mode } from './rcv_mss.ts';

/** The window was reduced: the next data segment says so. With AccECN the bit is part of the counter. */
export function tcp_ecn_queue_cwr(_cpu: Cpu, tp: tcp_sock): void {
  if (tcp_ecn_mode_rfc3168(tp)) tp.ecn_flags |= TCP_ECN_QUEUE_CWR;
}

/** CWR: the peer has reduced its window, congestion need not be echoed any longer. */
export function tcp_ecn_accept_cwr(_cpu: Cpu, sk: sock, skb: sk_buff): void {
  if (!tcp_ecn_mode_rfc3168(sk.tcp!)) return;
  sk.tcp!.ecn_flags &= ~TCP_ECN_DEMAND_CWR;
  if (TCP_SKB_CB(skb).seq !== TCP_SKB_CB(skb).end_seq) sk.icsk!.icsk_ack.pending |= ICSK_ACK_NOW;
}

export function tcp_ecn_withdraw_cwr(_cpu: Cpu, tp: tcp_sock): void {
  tp.ecn_flags &= ~TCP_ECN_QUEUE_CWR;
}

/** A data segment came: did a router on its way mark it? */
export function tcp_data_ecn_check(cpu: Cpu, sk: sock, skb: sk_buff): void {
  const tp = sk.tcp!;
  if (!tcp_ecn_mode_any(tp)) return;
  const ecnfield = TCP_SKB_CB(skb).ip_dsfield & INET_ECN_MASK;
  if (ecnfield === INET_ECN_NOT_ECT) {
    if ((tp.ecn_flags & TCP_ECN_SEEN) !== 0) tcp_enter_quickack_mode(cpu, sk, 2);
    return;
  }
  if (!tcp_ecn_mode_rfc3168(tp)) return;
  if (ecnfield === INET_ECN_CE && (tp.ecn_flags & TCP_ECN_DEMAND_CWR) === 0) {
    tcp_enter_quickack_mode(cpu, sk, 2);
    tp.ecn_flags |= TCP_ECN_DEMAND_CWR;
  }
  tp.ecn_flags |= TCP_ECN_SEEN;
}

/** The peer does AccECN; an option in its SYN-ACK says that options get through. */
function tcp_ecn_rcv_synack_accecn(cpu: Cpu, tp: tcp_sock, skb: sk_buff): void {
  const accecn = tp.accecn;
  tcp_ecn_mode_set(tp, TCP_ECN_MODE_ACCECN);
  accecn.syn_ect_rcv = TCP_SKB_CB(skb).ip_dsfield & INET_ECN_MASK;
  if (tp.rx_opt.accecn === 0 || accecn.saw_accecn_opt >= TCP_ACCECN_OPT_COUNTER_SEEN) return;
  tcp_accecn_saw_opt_fail_recv(tp, tcp_accecn_option_init(cpu, skb, tp.rx_opt.accecn));
  accecn.accecn_opt_demand = 2;
}

/** The SYN-ACK's three bits tell what the peer does (RFC 9768, table 2): none or all no ECN, ECE alone RFC 3168, others AccECN. */
export function tcp_ecn_rcv_synack(cpu: Cpu, tp: tcp_sock, skb: sk_buff): void {
  const ace = tcp_accecn_ace(skb);
  if (ace === 0 || ace === 7) {
    tcp_ecn_mode_set(tp, TCP_ECN_DISABLED);
    return;
  }
  if (ace === 1) {
    tcp_ecn_mode_set(tp, TCP_ECN_MODE_RFC3168);
    return;
  }
  if (ace === 5 && !tcp_ecn_mode_pending(tp)) return;
  tcp_ecn_rcv_synack_accecn(cpu, tp, skb);
  if ((TCP_SKB_CB(skb).ip_dsfield & INET_ECN_MASK) !== INET_ECN_CE) return;
  if (ace !== 5 && !tcp_accecn_validate_syn_feedback(cpu, tp, ace, tp.accecn.syn_ect_snt)) return;
  tp.accecn.received_ce++;
  tp.accecn.received_ce_pending++;
}

/** Two SYNs have crossed: both must have asked for the same. */
export function tcp_ecn_rcv_syn(_cpu: Cpu, tp: tcp_sock, skb: sk_buff): void {
  if (tcp_ecn_mode_pending(tp)) {
    if (tcp_accecn_syn_requested(skb)) {
      tp.accecn.syn_ect_rcv = TCP_SKB_CB(skb).ip_dsfield & INET_ECN_MASK;
      tp.prev_ecnfield = tp.accecn.syn_ect_rcv;
      tcp_ecn_mode_set(tp, TCP_ECN_MODE_ACCECN);
    } else {
      tcp_ecn_mode_set(tp, TCP_ECN_MODE_RFC3168);
    }
  }
  const both = TCPHDR_ECE | TCPHDR_CWR;
  if (tcp_ecn_mode_rfc3168(tp) && (th_flags(skb) & both) !== both) tcp_ecn_mode_set(tp, TCP_ECN_DISABLED);
}

/** The ACK echoes congestion that data of ours met. */
export function tcp_ecn_rcv_ecn_echo(_cpu: Cpu, tp: tcp_sock, skb: sk_buff): boolean {
  const flags = th_flags(skb);
  return (flags & TCPHDR_ECE) !== 0 && (flags & TCPHDR_SYN) === 0 && tcp_ecn_mode_rfc3168(tp);
}
