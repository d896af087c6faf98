/** Is a segment acceptable at all: timestamps, sequence numbers, RST, SYN (RFC 9293, 7323, 5961; net/ipv4/tcp_input.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { th_flags, th_window } from '../../../include/linux/tcp.ts';
import { TCP_ESTABLISHED, TCP_SYN_RECV } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  INET_ECN_MASK, TCPF_CLOSE_WAIT, TCPF_CLOSING, TCPF_LAST_ACK, TCPHDR_ACK, TCPHDR_FIN, TCPHDR_RST, TCPHDR_SYN, TCP_PAWS_WINDOW, after, before,
} from '../../../include/net/tcp.ts';
import {
  TCP_ACCECN_OPT_COUNTER_SEEN, tcp_accecn_opt_demand_min, tcp_accecn_option_init, tcp_accecn_saw_opt_fail_recv, tcp_ecn_mode_accecn,
} from '../../../include/net/tcp_ecn.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import type { tcp_sock } from '../../../include/net/tcp_sock.ts';
import { tcp_is_sack } from '../../../include/net/tcp_inlines/congestion.ts';
import { tcp_paws_check } from '../../../include/net/tcp_inlines/receive_path.ts';
import { tcp_max_receive_window, tcp_receive_window } from '../../../include/net/tcp_inlines/window.ts';
import { NET_INC_STATS, TCP_INC_STATS } from '../../../include/net/snmp.ts';
import { __kfree_skb } from '../../core/skbuff/free.ts';
import { tcp_fastopen_active_disable } from '../tcp_fastopen.ts';
import { tcp_may_update_window } from './ack.ts';
import { tcp_oow_rate_limited, tcp_send_challenge_ack } from './challenge.ts';
import { segmentValues, tcp_drop_reason } from './drop.ts';
import { tcp_reset } from './fin.ts';
import { tcp_fast_parse_options } from './options.ts';
import { tcp_send_dupack } from './selective_acks.ts';

/** Ticks of the peer's timestamp clock that a reordered ACK may be late by. */
function tcp_tsval_replay(_cpu: Cpu, sk: sock): number {
  return Math.floor((sk.icsk!.icsk_rto * 1200) / 250);
}

type PawsVerdict = '' | 'TCP_RFC7323_PAWS' | 'TCP_RFC7323_PAWS_ACK';

/** An old timestamp is forgiven in a pure duplicate ACK that came a little late. */
function tcp_disordered_ack_check(cpu: Cpu, sk: sock, skb: sk_buff): PawsVerdict {
  const tp = sk.tcp!;
  const tcb = TCP_SKB_CB(skb);
  if ((th_flags(skb) & TCPHDR_ACK) === 0 || tcb.seq !== tcb.end_seq) return 'TCP_RFC7323_PAWS';
  if (tcb.seq !== tp.rcv_nxt) return before(tcb.seq, tp.rcv_nxt) ? 'TCP_RFC7323_PAWS_ACK' : 'TCP_RFC7323_PAWS';
  if (tcb.ack_seq !== tp.snd_una) return 'TCP_RFC7323_PAWS';
  if (tcp_may_update_window(cpu, tp, tcb.ack_seq, tcb.seq, th_window(skb) * (1 << tp.rx_opt.snd_wscale))) return 'TCP_RFC7323_PAWS';
  if (((tp.rx_opt.ts_recent - tp.rx_opt.rcv_tsval) | 0) > tcp_tsval_replay(cpu, sk)) return 'TCP_RFC7323_PAWS';
  return '';
}

type SequenceVerdict = '' | 'TCP_OLD_SEQUENCE' | 'TCP_INVALID_SEQUENCE' | 'TCP_INVALID_END_SEQUENCE';

/** The segment overlaps the window. */
export function tcp_sequence(_cpu: Cpu, sk: sock, seq: number, end_seq: number, fin: number): SequenceVerdict {
  const tp = sk.tcp!;
  if (before(end_seq, tp.rcv_wup)) return 'TCP_OLD_SEQUENCE';
  if (!after(end_seq, (tp.rcv_nxt + tcp_max_receive_window(tp)) >>> 0)) return '';
  if (!after((end_seq - fin) >>> 0, (tp.rcv_nxt + tcp_receive_window(tp)) >>> 0)) return '';
  if (after(seq, (tp.rcv_nxt + tcp_max_receive_window(tp)) >>> 0)) return 'TCP_INVALID_SEQUENCE';
  return sk.sk_receive_queue.length > 0 ? 'TCP_INVALID_END_SEQUENCE' : '';
}

const CONDITIONS: Record<Exclude<SequenceVerdict, ''>, string> = {
  TCP_OLD_SEQUENCE: 'before(end_seq, tp->rcv_wup)',
  TCP_INVALID_SEQUENCE: 'after(seq, tp->rcv_nxt + tcp_max_receive_window(tp))',
  TCP_INVALID_END_SEQUENCE: 'after(end_seq, tp->rcv_nxt + tcp_max_receive_window(tp)) && skb_queue_len(&sk->sk_receive_queue)',
};

/** An RST one before rcv_nxt, as some systems send it after their FIN. */
function tcp_reset_check(_cpu: Cpu, sk: sock, skb: sk_buff): boolean {
  return TCP_SKB_CB(skb).seq === (sk.tcp!.rcv_nxt - 1) >>> 0 && ((1 << sk.sk_state) & (TCPF_CLOSE_WAIT | TCPF_LAST_ACK | TCPF_CLOSING)) !== 0;
}

/** A SYN where none is due: the peer may have restarted, or is somebody else. @helper */
function challengeSyn(cpu: Cpu, sk: sock, skb: sk_buff, syn_inerr: boolean, accecn_reflector: boolean): void {
  if (syn_inerr) TCP_INC_STATS(cpu, 'InErrs');
  NET_INC_STATS(cpu, 'TCPSYNChallenge');
  tcp_send_challenge_ack(cpu, sk, accecn_reflector);
  tcp_drop_reason(cpu, sk, skb, 'TCP_INVALID_SYN', 'th->syn', segmentValues(sk, skb));
}

/** PAWS; false when the segment was disposed of. @helper */
function pawsAccepts(cpu: Cpu, sk: sock, skb: sk_buff, flags: number, syn_inerr: boolean): boolean {
  const tp = sk.tcp!;
  if (!tcp_fast_parse_options(cpu, skb, tp) || !tp.rx_opt.saw_tstamp || tcp_paws_check(cpu, tp.rx_opt, TCP_PAWS_WINDOW)) return true;
  const reason = tcp_disordered_ack_check(cpu, sk, skb);
  if (reason === '' || (flags & TCPHDR_RST) !== 0) return true;
  if ((flags & TCPHDR_SYN) !== 0) {
    challengeSyn(cpu, sk, skb, syn_inerr, false);
    return false;
  }
  if (reason === 'TCP_RFC7323_PAWS_ACK') {
    NET_INC_STATS(cpu, 'PAWSOldAck');
  } else {
    NET_INC_STATS(cpu, 'PAWSEstab');
    if (!tcp_oow_rate_limited(cpu, skb, 'TCPACKSkippedPAWS', tp)) tcp_send_dupack(cpu, sk, skb);
  }
  tcp_drop_reason(cpu, sk, skb, reason, '!tcp_paws_check(&tp->rx_opt, TCP_PAWS_WINDOW)', { rcv_tsval: tp.rx_opt.rcv_tsval, ts_recent: tp.rx_opt.ts_recent });
  return false;
}

/** The sequence number of the rightmost SACK block sent. @helper */
function maxSack(sk: sock): number {
  const tp = sk.tcp!;
  let max = tp.selective_acks[0]!.end_seq;
  for (let i = 1; i < tp.rx_opt.num_sacks; i++) if (after(tp.selective_acks[i]!.end_seq, max)) max = tp.selective_acks[i]!.end_seq;
  return max;
}

/** @helper */
function resetConnection(cpu: Cpu, sk: sock, skb: sk_buff): false {
  tcp_reset(cpu, sk);
  __kfree_skb(cpu, skb);
  return false;
}

/** AccECN: the answer tells the ECN field of the SYN or SYN-ACK that came last. @helper */
function lateSyn(cpu: Cpu, tp: tcp_sock, skb: sk_buff): void {
  tp.accecn.syn_ect_rcv = TCP_SKB_CB(skb).ip_dsfield & INET_ECN_MASK;
  if (tp.rx_opt.accecn === 0 || tp.accecn.saw_accecn_opt >= TCP_ACCECN_OPT_COUNTER_SEEN) return;
  tcp_accecn_saw_opt_fail_recv(tp, tcp_accecn_option_init(cpu, skb, tp.rx_opt.accecn));
  tcp_accecn_opt_demand_min(tp, 1);
}

/** True: go on with the segment. False: it was disposed of, and perhaps answered. */
export function tcp_validate_incoming(cpu: Cpu, sk: sock, skb: sk_buff, syn_inerr: boolean): boolean {
  const tp = sk.tcp!;
  const tcb = TCP_SKB_CB(skb);
  const flags = th_flags(skb);
  const rst = (flags & TCPHDR_RST) !== 0;
  if (!pawsAccepts(cpu, sk, skb, flags, syn_inerr)) return false;
  const reason = tcp_sequence(cpu, sk, tcb.seq, tcb.end_seq, (flags & TCPHDR_FIN) !== 0 ? 1 : 0);
  if (reason !== '') {
    if (rst) {
      if (tcp_reset_check(cpu, sk, skb)) return resetConnection(cpu, sk, skb);
    } else {
      if ((flags & TCPHDR_SYN) !== 0) {
        challengeSyn(cpu, sk, skb, syn_inerr, false);
        return false;
      }
      if (reason !== 'TCP_OLD_SEQUENCE') NET_INC_STATS(cpu, 'BeyondWindow');
      if (!tcp_oow_rate_limited(cpu, skb, 'TCPACKSkippedSeq', tp)) tcp_send_dupack(cpu, sk, skb);
    }
    tcp_drop_reason(cpu, sk, skb, reason, CONDITIONS[reason], segmentValues(sk, skb));
    return false;
  }
  if (rst) {
    if (tcb.seq === tp.rcv_nxt || tcp_reset_check(cpu, sk, skb)) return resetConnection(cpu, sk, skb);
    if (tcp_is_sack(tp) && tp.rx_opt.num_sacks > 0 && tcb.seq === maxSack(sk)) return resetConnection(cpu, sk, skb);
    if (tp.tfo.syn_fastopen && tp.data_segs_in === 0 && sk.sk_state === TCP_ESTABLISHED) tcp_fastopen_active_disable(cpu, sk);
    tcp_send_challenge_ack(cpu, sk, false);
    tcp_drop_reason(cpu, sk, skb, 'TCP_RESET', 'th->rst && seq != tp->rcv_nxt', segmentValues(sk, skb));
    return false;
  }
  if ((flags & TCPHDR_SYN) !== 0) {
    const accecn = tcp_ecn_mode_accecn(tp);
    if (accecn) lateSyn(cpu, tp, skb);
    const crossed = sk.sk_state === TCP_SYN_RECV && sk.sk_socket !== null && (flags & TCPHDR_ACK) !== 0 && (tcb.seq + 1) >>> 0 === tcb.end_seq
      && (tcb.seq + 1) >>> 0 === tp.rcv_nxt && tcb.ack_seq === tp.snd_nxt;
    if (!crossed) {
      challengeSyn(cpu, sk, skb, syn_inerr, accecn);
      return false;
    }
  }
  return true;
}
