/** The answer to a SYN (net/ipv4/tcp_input.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff, skb_drop_reason } from '../../../include/linux/skbuff.ts';
import { th_flags, th_window } from '../../../include/linux/tcp.ts';
import { TCP_SYN_RECV } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  FLAG_SLOWPATH, ICSK_TIME_DACK, ICSK_TIME_RETRANS, SIZEOF_TCPHDR, TCPHDR_ACK, TCPHDR_RST, TCPHDR_SYN, TCPOLEN_TSTAMP_ALIGNED, TCP_DELACK_MAX, TCP_MAX_QUICKACKS,
  TCP_TIMEOUT_MIN, after, between,
} from '../../../include/net/tcp.ts';
import { tcp_ecn_mode_accecn, tcp_ecn_mode_any } from '../../../include/net/tcp_ecn.ts';
import { createFastopenCookie } from '../../../include/net/tcp_fastopen.ts';
import type { tcp_fastopen_cookie } from '../../../include/net/tcp_fastopen.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import { tcp_time_stamp_ts } from '../../../include/net/tcp_inlines/clock.ts';
import { inet_csk_in_pingpong_mode, inet_csk_schedule_ack } from '../../../include/net/inet_connection_sock.ts';
import { tcp_paws_reject } from '../../../include/net/tcp_inlines/receive_path.ts';
import { tcp_init_wl } from '../../../include/net/tcp_inlines/window.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { __kfree_skb } from '../../core/skbuff/free.ts';
import { skStateChange } from '../../core/sock.ts';
import { tcp_reset_xmit_timer } from '../inet_connection_sock/timers.ts';
import { tcp_set_state } from '../tcp/state.ts';
import { tcp_rcv_fastopen_synack } from '../tcp_fastopen.ts';
import { tcp_mtup_init, tcp_sync_mss } from '../tcp_output/mss.ts';
import { tcp_send_synack } from '../tcp_output/synack.ts';
import { tcp_ack } from './ack.ts';
import { tcp_send_ack_reflect_ect } from './challenge.ts';
import { segmentValues, tcp_drop_reason } from './drop.ts';
import { tcp_ecn_rcv_syn, tcp_ecn_rcv_synack } from './ecn.ts';
import { tcp_reset } from './fin.ts';
import { tcp_clear_options, tcp_parse_options, tcp_store_ts_recent } from './options.ts';
import { tcp_enter_quickack_mode, tcp_initialize_rcv_mss } from './rcv_mss.ts';
import { tcp_finish_connect } from './transfer.ts';

/** The SYN timed out in vain: its answer bears the first SYN's timestamp. */
export function tcp_try_undo_spurious_syn(_cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  if (tp.undo_marker !== 0 && tp.retrans_stamp !== 0 && tp.rx_opt.saw_tstamp && tp.retrans_stamp === tp.rx_opt.rcv_tsecr) tp.undo_marker = 0;
}

/** Timestamps on, or not: the header's size follows. @helper */
function agreeTimestamps(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  if (!tp.rx_opt.saw_tstamp) {
    tp.tcp_header_len = SIZEOF_TCPHDR;
    return;
  }
  tp.rx_opt.tstamp_ok = true;
  tp.tcp_header_len = SIZEOF_TCPHDR + TCPOLEN_TSTAMP_ALIGNED;
  tcp_store_ts_recent(cpu, tp);
}

/** Sequence numbers of the peer. @helper */
function takeIsn(sk: sock, skb: sk_buff): void {
  const tp = sk.tcp!;
  tp.rcv_nxt = (TCP_SKB_CB(skb).seq + 1) >>> 0;
  tp.rcv_wup = tp.rcv_nxt;
  tp.rcv_mwnd_seq = (tp.rcv_wup + tp.rcv_wnd) >>> 0;
  tp.snd_wnd = th_window(skb);
}

/** A SYN-ACK for our SYN, with Fast Open's option in `foc`; true when the segment was disposed of. @helper */
function acceptSynAck(cpu: Cpu, sk: sock, skb: sk_buff, foc: tcp_fastopen_cookie): boolean {
  const tp = sk.tcp!;
  const icsk = sk.icsk!;
  if (tcp_ecn_mode_any(tp)) tcp_ecn_rcv_synack(cpu, tp, skb);
  tcp_init_wl(tp, TCP_SKB_CB(skb).seq);
  tcp_try_undo_spurious_syn(cpu, sk);
  tcp_ack(cpu, sk, skb, FLAG_SLOWPATH);
  takeIsn(sk, skb);
  if (!tp.rx_opt.wscale_ok) {
    tp.rx_opt.snd_wscale = 0;
    tp.rx_opt.rcv_wscale = 0;
    tp.window_clamp = Math.min(tp.window_clamp, 65535);
  }
  if (tp.rx_opt.saw_tstamp) tp.advmss -= TCPOLEN_TSTAMP_ALIGNED;
  agreeTimestamps(cpu, sk);
  tcp_sync_mss(cpu, sk, icsk.icsk_pmtu_cookie);
  tcp_initialize_rcv_mss(cpu, sk);
  tp.copied_seq = tp.rcv_nxt;
  tcp_finish_connect(cpu, sk, skb);
  const fastopen_fail = (tp.tfo.syn_fastopen || tp.tfo.syn_data) && tcp_rcv_fastopen_synack(cpu, sk, skb, foc);
  if (!sk.sk_dead) skStateChange(cpu, sk);
  if (fastopen_fail) return false;
  if (sk.sk_write_pending !== 0 || icsk.icsk_accept_queue.rskq_defer_accept !== 0 || inet_csk_in_pingpong_mode(sk)) {
    inet_csk_schedule_ack(icsk);
    tcp_enter_quickack_mode(cpu, sk, TCP_MAX_QUICKACKS);
    tcp_reset_xmit_timer(cpu, sk, ICSK_TIME_DACK, TCP_DELACK_MAX, false);
    __kfree_skb(cpu, skb);
    return true;
  }
  tcp_send_ack_reflect_ect(cpu, sk, tcp_ecn_mode_accecn(tp));
  return false;
}

/** Both sides have sent a SYN at once. @helper */
function crossedSyn(cpu: Cpu, sk: sock, skb: sk_buff): void {
  const tp = sk.tcp!;
  tcp_set_state(cpu, sk, TCP_SYN_RECV);
  agreeTimestamps(cpu, sk);
  takeIsn(sk, skb);
  tp.copied_seq = tp.rcv_nxt;
  tp.snd_wl1 = TCP_SKB_CB(skb).seq;
  tp.max_window = tp.snd_wnd;
  tcp_ecn_rcv_syn(cpu, tp, skb);
  tcp_mtup_init(cpu, sk);
  tcp_sync_mss(cpu, sk, sk.icsk!.icsk_pmtu_cookie);
  tcp_initialize_rcv_mss(cpu, sk);
  tcp_send_synack(cpu, sk);
  __kfree_skb(cpu, skb);
}

/** 'done': disposed of; 'urg': go on with the segment's urgent data; else why it must be answered with an RST. */
export type SynSentVerdict = 'done' | 'urg' | skb_drop_reason;

export function tcp_rcv_synsent_state_process(cpu: Cpu, sk: sock, skb: sk_buff): SynSentVerdict {
  const tp = sk.tcp!;
  const tcb = TCP_SKB_CB(skb);
  const flags = th_flags(skb);
  const saved_clamp = tp.rx_opt.mss_clamp;
  const foc = createFastopenCookie(-1);
  tcp_parse_options(cpu, skb, tp.rx_opt, false, foc);
  if (tp.rx_opt.saw_tstamp && tp.rx_opt.rcv_tsecr !== 0) tp.rx_opt.rcv_tsecr = (tp.rx_opt.rcv_tsecr - tp.tsoffset) >>> 0;
  if ((flags & TCPHDR_ACK) !== 0) {
    if (!after(tcb.ack_seq, tp.snd_una) || after(tcb.ack_seq, tp.snd_nxt)) {
      if (sk.icsk!.icsk_retransmits === 0) tcp_reset_xmit_timer(cpu, sk, ICSK_TIME_RETRANS, TCP_TIMEOUT_MIN, false);
      return undoOptions(cpu, sk, saved_clamp, 'TCP_INVALID_ACK_SEQUENCE');
    }
    if (tp.rx_opt.saw_tstamp && tp.rx_opt.rcv_tsecr !== 0 && !between(tp.rx_opt.rcv_tsecr, tp.retrans_stamp, tcp_time_stamp_ts(tp))) {
      NET_INC_STATS(cpu, 'PAWSActive');
      return undoOptions(cpu, sk, saved_clamp, 'TCP_RFC7323_PAWS');
    }
    if ((flags & TCPHDR_RST) !== 0) {
      tcp_reset(cpu, sk);
      __kfree_skb(cpu, skb);
      return 'done';
    }
    if ((flags & TCPHDR_SYN) === 0) return discardSynSent(cpu, sk, skb, saved_clamp, 'TCP_FLAGS', '!th->syn');
    return acceptSynAck(cpu, sk, skb, foc) ? 'done' : 'urg';
  }
  if ((flags & TCPHDR_RST) !== 0) return discardSynSent(cpu, sk, skb, saved_clamp, 'TCP_RESET', 'th->rst && !th->ack');
  if (tp.rx_opt.ts_recent_stamp !== 0 && tp.rx_opt.saw_tstamp && tcp_paws_reject(cpu, tp.rx_opt, false)) {
    return discardSynSent(cpu, sk, skb, saved_clamp, 'TCP_RFC7323_PAWS', 'tcp_paws_reject(&tp->rx_opt, 0)');
  }
  if ((flags & TCPHDR_SYN) === 0) return discardSynSent(cpu, sk, skb, saved_clamp, 'TCP_FLAGS', '!th->syn');
  crossedSyn(cpu, sk, skb);
  return 'done';
}

/** @helper */
function undoOptions(cpu: Cpu, sk: sock, saved_clamp: number, verdict: SynSentVerdict): SynSentVerdict {
  tcp_clear_options(cpu, sk.tcp!.rx_opt);
  sk.tcp!.rx_opt.mss_clamp = saved_clamp;
  return verdict;
}

/** @helper */
function discardSynSent(cpu: Cpu, sk: sock, skb: sk_buff, saved_clamp: number, reason: skb_drop_reason, condition: string): SynSentVerdict {
  undoOptions(cpu, sk, saved_clamp, 'done');
  tcp_drop_reason(cpu, sk, skb, reason, condition, segmentValues(sk, skb));
  return 'done';
}
