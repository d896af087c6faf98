/** The receive function of all states but ESTABLISHED and TIME-WAIT (net/ipv4/tcp_input.c). */
import { connRequest } from '../tcp/af_ops.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff, skb_drop_reason } from '../../../include/linux/skbuff.ts';
import { th_flags, th_window } from '../../../include/linux/tcp.ts';
import {
  RCV_SHUTDOWN, SEND_SHUTDOWN, TCP_CLOSE, TCP_CLOSE_WAIT, TCP_CLOSING, TCP_ESTABLISHED, TCP_FIN_WAIT1, TCP_FIN_WAIT2, TCP_LAST_ACK, TCP_LISTEN, TCP_SYN_RECV,
  TCP_SYN_SENT, TCP_TIME_WAIT,
} from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  FLAG_NO_CHALLENGE_ACK, FLAG_SLOWPATH, FLAG_UPDATE_TS_RECENT, TCPHDR_ACK, TCPHDR_FIN, TCPHDR_RST, TCPHDR_SYN, TCPOLEN_TSTAMP_ALIGNED, TCP_CA_Loss, TCP_TIMEWAIT_LEN, after, before,
} from '../../../include/net/tcp.ts';
import { tcp_accecn_third_ack, tcp_ecn_mode_accecn } from '../../../include/net/tcp_ecn.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import type { request_sock } from '../../../include/net/tcp_sock.ts';
import { tcp_jiffies32 } from '../../../include/net/tcp_inlines/clock.ts';
import { tcp_fast_path_on } from '../../../include/net/tcp_inlines/receive_path.ts';
import { tcp_fin_time } from '../../../include/net/tcp_inlines/timeouts.ts';
import { tcp_init_wl } from '../../../include/net/tcp_inlines/window.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { local_bh_disable, local_bh_enable } from '../../../kernel/softirq.ts';
import { reqsk_fastopen_remove } from '../../core/request_sock.ts';
import { __kfree_skb, consume_skb } from '../../core/skbuff/free.ts';
import { skStateChange, sock_owned_by_user } from '../../core/sock.ts';
import { tcp_shutdown } from '../tcp/close.ts';
import { tcp_done, tcp_set_state } from '../tcp/state.ts';
import { tcp_fastopen_active_disable } from '../tcp_fastopen.ts';
import { tcp_update_metrics } from '../tcp_metrics.ts';
import { createCheckReqResult, tcp_check_req, tcp_time_wait } from '../tcp_minisocks.ts';
import { tcp_mstamp_refresh } from '../tcp_output/clock.ts';
import { tcp_reset_keepalive_timer } from '../tcp_timer.ts';
import { ackDropReason, tcp_ack } from './ack.ts';
import { tcp_ack_snd_check, tcp_data_snd_check } from './ack_snd.ts';
import { tcp_send_challenge_ack } from './challenge.ts';
import { tcp_data_queue } from './data_queue.ts';
import { segmentValues, tcp_drop_reason } from './drop.ts';
import { tcp_reset } from './fin.ts';
import { tcp_retrans_stamp_cleanup, tcp_update_rto_time } from './loss.ts';
import { tcp_initialize_rcv_mss } from './rcv_mss.ts';
import { tcp_synack_rtt_meas, tcp_update_pacing_rate } from './rtt.ts';
import { tcp_rcv_synsent_state_process, tcp_try_undo_spurious_syn } from './synsent.ts';
import { tcp_rearm_rto } from './timers.ts';
import { tcp_init_transfer } from './transfer.ts';
import { tcp_try_undo_recovery } from './undo.ts';
import { tcp_urg } from './urg.ts';
import { tcp_validate_incoming } from './validate.ts';

/** What became of a segment: '' it was disposed of, else why the caller must drop it and send an RST. */
export type RcvVerdict = '' | skb_drop_reason;

/** A segment for a listener. @helper */
function rcvListen(cpu: Cpu, sk: sock, skb: sk_buff): RcvVerdict {
  const flags = th_flags(skb);
  if ((flags & TCPHDR_ACK) !== 0) return 'TCP_FLAGS';
  if ((flags & TCPHDR_RST) !== 0) {
    tcp_drop_reason(cpu, sk, skb, 'TCP_RESET', 'th->rst', {});
    return '';
  }
  if ((flags & (TCPHDR_SYN | TCPHDR_FIN)) !== TCPHDR_SYN) {
    tcp_drop_reason(cpu, sk, skb, 'TCP_FLAGS', '!th->syn || th->fin', { flags });
    return '';
  }
  local_bh_disable(cpu);
  connRequest(cpu, sk, skb);
  local_bh_enable(cpu);
  consume_skb(cpu, skb);
  return '';
}

/** The handshake of a socket that Fast Open has made is over: the request goes, the timer is for data again. */
function tcp_rcv_synrecv_state_fastopen(cpu: Cpu, sk: sock, req: request_sock): void {
  const tp = sk.tcp!;
  if (sk.icsk!.icsk_ca_state === TCP_CA_Loss && tp.packets_out === 0) tcp_try_undo_recovery(cpu, sk);
  tcp_update_rto_time(cpu, tp);
  sk.icsk!.icsk_retransmits = 0;
  tcp_retrans_stamp_cleanup(cpu, sk);
  reqsk_fastopen_remove(cpu, sk, req, false);
  tcp_rearm_rto(cpu, sk);
}

/** The ACK of our SYN-ACK: the connection is established. @helper */
function establishPassive(cpu: Cpu, sk: sock, skb: sk_buff): void {
  const tp = sk.tcp!;
  const tcb = TCP_SKB_CB(skb);
  const req = tp.tfo.fastopen_rsk;
  tp.delivered++;
  if (tp.srtt_us === 0) tcp_synack_rtt_meas(cpu, sk, req);
  if (tp.rx_opt.tstamp_ok) tp.advmss -= TCPOLEN_TSTAMP_ALIGNED;
  if (req !== null) {
    tcp_rcv_synrecv_state_fastopen(cpu, sk, req);
  } else {
    tcp_try_undo_spurious_syn(cpu, sk);
    tp.retrans_stamp = 0;
    tcp_init_transfer(cpu, sk);
    tp.copied_seq = tp.rcv_nxt;
  }
  tcp_set_state(cpu, sk, TCP_ESTABLISHED);
  skStateChange(cpu, sk);
  tp.snd_una = tcb.ack_seq;
  tp.snd_wnd = th_window(skb) * (1 << tp.rx_opt.snd_wscale);
  tcp_init_wl(tp, tcb.seq);
  tcp_update_pacing_rate(cpu, sk);
  tp.lsndtime = tcp_jiffies32(cpu);
  tcp_initialize_rcv_mss(cpu, sk);
  if (tcp_ecn_mode_accecn(tp)) tcp_accecn_third_ack(cpu, tp, skb, tp.accecn.syn_ect_snt);
  tcp_fast_path_on(tp);
  if ((sk.sk_shutdown & SEND_SHUTDOWN) !== 0) tcp_shutdown(cpu, sk, SEND_SHUTDOWN);
}

/** Data after the user has closed: nobody will read them. @helper */
function abortOnData(cpu: Cpu, sk: sock): skb_drop_reason {
  tcp_done(cpu, sk);
  NET_INC_STATS(cpu, 'TCPAbortOnData');
  return 'TCP_ABORT_ON_DATA';
}

/** Our FIN is acknowledged. 'go on', 'consumed', or why to drop. @helper */
function leaveFinWait1(cpu: Cpu, sk: sock, skb: sk_buff): 'go on' | 'consumed' | skb_drop_reason {
  const tp = sk.tcp!;
  const tcb = TCP_SKB_CB(skb);
  const fin = (th_flags(skb) & TCPHDR_FIN) !== 0 ? 1 : 0;
  if (tp.tfo.fastopen_rsk !== null) tcp_rcv_synrecv_state_fastopen(cpu, sk, tp.tfo.fastopen_rsk);
  if (tp.snd_una !== tp.write_seq) return 'go on';
  tcp_set_state(cpu, sk, TCP_FIN_WAIT2);
  sk.sk_shutdown |= SEND_SHUTDOWN;
  sk.sk_dst_pending_confirm = true;
  if (!sk.sk_dead) {
    skStateChange(cpu, sk);
    return 'go on';
  }
  if (tp.linger2 < 0) return abortOnData(cpu, sk);
  if (tcb.end_seq !== tcb.seq && after((tcb.end_seq - fin) >>> 0, tp.rcv_nxt)) {
    if (tp.tfo.syn_fastopen && fin !== 0) tcp_fastopen_active_disable(cpu, sk);
    return abortOnData(cpu, sk);
  }
  const tmo = tcp_fin_time(sk);
  if (tmo > TCP_TIMEWAIT_LEN) tcp_reset_keepalive_timer(cpu, sk, tmo - TCP_TIMEWAIT_LEN);
  else if (fin !== 0 || sock_owned_by_user(sk)) tcp_reset_keepalive_timer(cpu, sk, tmo);
  else {
    tcp_time_wait(cpu, sk, TCP_FIN_WAIT2, tmo);
    return 'consumed';
  }
  return 'go on';
}

/** Step 5 after the ACK: the state moves on. 'go on', 'consumed', or why to drop. @helper */
function moveState(cpu: Cpu, sk: sock, skb: sk_buff): 'go on' | 'consumed' | skb_drop_reason {
  const tp = sk.tcp!;
  switch (sk.sk_state) {
    case TCP_SYN_RECV:
      establishPassive(cpu, sk, skb);
      break;
    case TCP_FIN_WAIT1:
      return leaveFinWait1(cpu, sk, skb);
    case TCP_CLOSING:
      if (tp.snd_una === tp.write_seq) {
        tcp_time_wait(cpu, sk, TCP_TIME_WAIT, 0);
        return 'consumed';
      }
      break;
    case TCP_LAST_ACK:
      if (tp.snd_una === tp.write_seq) {
        tcp_update_metrics(cpu, sk);
        tcp_done(cpu, sk);
        return 'consumed';
      }
      break;
    default:
      break;
  }
  return 'go on';
}

/** Step 7: the text of the segment. True when it was taken over. 'abort': data after close. @helper */
function segmentText(cpu: Cpu, sk: sock, skb: sk_buff): 'queued' | 'not queued' | 'abort' {
  const tp = sk.tcp!;
  const tcb = TCP_SKB_CB(skb);
  const state = sk.sk_state;
  const closing = state === TCP_CLOSE_WAIT || state === TCP_CLOSING || state === TCP_LAST_ACK;
  if (closing && !before(tcb.seq, tp.rcv_nxt)) return 'not queued';
  if (closing || state === TCP_FIN_WAIT1 || state === TCP_FIN_WAIT2) {
    const fin = (th_flags(skb) & TCPHDR_FIN) !== 0 ? 1 : 0;
    if ((sk.sk_shutdown & RCV_SHUTDOWN) !== 0 && tcb.end_seq !== tcb.seq && after((tcb.end_seq - fin) >>> 0, tp.rcv_nxt)) {
      NET_INC_STATS(cpu, 'TCPAbortOnData');
      tcp_reset(cpu, sk);
      return 'abort';
    }
  } else if (state !== TCP_ESTABLISHED) {
    return 'not queued';
  }
  tcp_data_queue(cpu, sk, skb);
  return 'queued';
}

/** A segment in SYN-SENT. @helper */
function rcvSynSent(cpu: Cpu, sk: sock, skb: sk_buff): RcvVerdict {
  const tp = sk.tcp!;
  tp.rx_opt.saw_tstamp = false;
  tcp_mstamp_refresh(cpu, tp);
  const verdict = tcp_rcv_synsent_state_process(cpu, sk, skb);
  if (verdict === 'done') return '';
  if (verdict !== 'urg') return verdict;
  tcp_urg(cpu, sk, skb);
  __kfree_skb(cpu, skb);
  tcp_data_snd_check(cpu, sk);
  return '';
}

/** Fast Open's socket before the end of its handshake: the request looks at the segment first. False: it was dropped. @helper */
function checkFastopen(cpu: Cpu, sk: sock, skb: sk_buff, req: request_sock): boolean {
  const result = createCheckReqResult();
  result.drop_reason = 'TCP_FASTOPEN';
  if (tcp_check_req(cpu, sk, skb, req, true, result) !== null) return true;
  tcp_drop_reason(cpu, sk, skb, result.drop_reason, result.condition, segmentValues(sk, skb));
  return false;
}

export function tcp_rcv_state_process(cpu: Cpu, sk: sock, skb: sk_buff): RcvVerdict {
  spend(cpu, cpu.costs.tcp_rcv_established);
  const tp = sk.tcp!;
  if (sk.sk_state === TCP_CLOSE) {
    tcp_drop_reason(cpu, sk, skb, 'TCP_CLOSE', 'sk->sk_state == TCP_CLOSE', {});
    return '';
  }
  if (sk.sk_state === TCP_LISTEN) return rcvListen(cpu, sk, skb);
  if (sk.sk_state === TCP_SYN_SENT) return rcvSynSent(cpu, sk, skb);
  tcp_mstamp_refresh(cpu, tp);
  tp.rx_opt.saw_tstamp = false;
  if (tp.tfo.fastopen_rsk !== null && !checkFastopen(cpu, sk, skb, tp.tfo.fastopen_rsk)) return '';
  if ((th_flags(skb) & (TCPHDR_ACK | TCPHDR_RST | TCPHDR_SYN)) === 0) {
    tcp_drop_reason(cpu, sk, skb, 'TCP_FLAGS', '!th->ack && !th->rst && !th->syn', { flags: th_flags(skb) });
    return '';
  }
  if (!tcp_validate_incoming(cpu, sk, skb, false)) return '';
  const verdict = tcp_ack(cpu, sk, skb, FLAG_SLOWPATH | FLAG_UPDATE_TS_RECENT | FLAG_NO_CHALLENGE_ACK);
  if (verdict <= 0) {
    if (sk.sk_state === TCP_SYN_RECV) return verdict === 0 ? 'TCP_OLD_ACK' : ackDropReason(verdict);
    if (verdict < 0) {
      tcp_send_challenge_ack(cpu, sk, false);
      tcp_drop_reason(cpu, sk, skb, ackDropReason(verdict), 'tcp_ack(sk, skb, flags) < 0', segmentValues(sk, skb));
      return '';
    }
  }
  const moved = moveState(cpu, sk, skb);
  if (moved === 'consumed') {
    __kfree_skb(cpu, skb);
    return '';
  }
  if (moved !== 'go on') return moved;
  tcp_urg(cpu, sk, skb);
  const text = segmentText(cpu, sk, skb);
  if (text === 'abort') return 'TCP_ABORT_ON_DATA';
  if (sk.sk_state !== TCP_CLOSE) {
    tcp_data_snd_check(cpu, sk);
    tcp_ack_snd_check(cpu, sk);
  }
  if (text === 'not queued') tcp_drop_reason(cpu, sk, skb, 'NOT_SPECIFIED', '!queued', segmentValues(sk, skb));
  return '';
}
