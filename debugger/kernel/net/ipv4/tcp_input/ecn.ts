/** Explicit congestion notification, RFC 3168 (net/ipv4/tcp_input.c, include/net/tcp_ecn.h). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { th_flags } from '../../../include/linux/tcp.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  ICSK_ACK_NOW, INET_ECN_CE, INET_ECN_MASK, INET_ECN_NOT_ECT, TCPHDR_CWR, TCPHDR_ECE, TCPHDR_SYN, TCP_ECN_DEMAND_CWR, TCP_ECN_MODE_RFC3168, TCP_ECN_QUEUE_CWR, TCP_ECN_SEEN,
} from '../../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import type { tcp_sock } from '../../../include/net/tcp_sock.ts';
import { tcp_enter_quickack_mode } from './rcv_mss.ts';

/** The window was reduced: the next data segment says so. */
export function tcp_ecn_queue_cwr(_cpu: Cpu, tp: tcp_sock): void {
  if ((tp.ecn_flags & TCP_ECN_MODE_RFC3168) !== 0) tp.ecn_flags |= TCP_ECN_QUEUE_CWR;
}

/** The peer has reduced its window: congestion need not be echoed any longer. */
export function tcp_ecn_accept_cwr(_cpu: Cpu, sk: sock, skb: sk_buff): void {
  if ((TCP_SKB_CB(skb).tcp_flags & TCPHDR_CWR) === 0) return;
  sk.tcp!.ecn_flags &= ~TCP_ECN_DEMAND_CWR;
  if (TCP_SKB_CB(skb).seq !== TCP_SKB_CB(skb).end_seq) sk.icsk!.icsk_ack.pending |= ICSK_ACK_NOW;
}

export function tcp_ecn_withdraw_cwr(_cpu: Cpu, tp: tcp_sock): void {
  tp.ecn_flags &= ~TCP_ECN_QUEUE_CWR;
}

/** A data segment came: did a router on its way mark it? */
export function tcp_data_ecn_check(cpu: Cpu, sk: sock, skb: sk_buff): void {
  const tp = sk.tcp!;
  if ((tp.ecn_flags & TCP_ECN_MODE_RFC3168) === 0) return;
  switch (TCP_SKB_CB(skb).ip_dsfield & INET_ECN_MASK) {
    case INET_ECN_NOT_ECT:
      if ((tp.ecn_flags & TCP_ECN_SEEN) !== 0) tcp_enter_quickack_mode(cpu, sk, 2);
      break;
    case INET_ECN_CE:
      if ((tp.ecn_flags & TCP_ECN_DEMAND_CWR) === 0) {
        tcp_enter_quickack_mode(cpu, sk, 2);
        tp.ecn_flags |= TCP_ECN_DEMAND_CWR;
      }
      tp.ecn_flags |= TCP_ECN_SEEN;
      break;
    default:
      tp.ecn_flags |= TCP_ECN_SEEN;
  }
}

/** A SYN-ACK: ECN only if it says ECE alone. */
export function tcp_ecn_rcv_synack(_cpu: Cpu, tp: tcp_sock, skb: sk_buff): void {
  const flags = th_flags(skb);
  if ((tp.ecn_flags & TCP_ECN_MODE_RFC3168) !== 0 && ((flags & TCPHDR_ECE) === 0 || (flags & TCPHDR_CWR) !== 0)) tp.ecn_flags = 0;
}

export function tcp_ecn_rcv_syn(_cpu: Cpu, tp: tcp_sock, skb: sk_buff): void {
  const flags = th_flags(skb);
  if ((tp.ecn_flags & TCP_ECN_MODE_RFC3168) !== 0 && ((flags & TCPHDR_ECE) === 0 || (flags & TCPHDR_CWR) === 0)) tp.ecn_flags = 0;
}

/** The ACK echoes congestion that data of ours met. */
export function tcp_ecn_rcv_ecn_echo(_cpu: Cpu, tp: tcp_sock, skb: sk_buff): boolean {
  const flags = th_flags(skb);
  return (flags & TCPHDR_ECE) !== 0 && (flags & TCPHDR_SYN) === 0 && (tp.ecn_flags & TCP_ECN_MODE_RFC3168) !== 0;
}
