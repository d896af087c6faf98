/** What an ACK that is not plain progress means: disorder, recovery, loss (net/ipv4/tcp_input.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  FLAG_DATA_SACKED, FLAG_DSACK_TLP, FLAG_ECE, FLAG_LOST_RETRANS, FLAG_NOT_DUP, FLAG_ORIG_SACK_ACKED, FLAG_SACK_RENEGING, FLAG_SET_XMIT_TIMER, FLAG_SND_UNA_ADVANCED,
  ICSK_TIME_RETRANS, REXMIT_LOST, REXMIT_NEW, REXMIT_NONE, TCP_CA_CWR, TCP_CA_Disorder, TCP_CA_Loss, TCP_CA_Open, TCP_CA_Recovery, TCP_NAGLE_OFF, after, before,
} from '../../../include/net/tcp.ts';
import { TCP_SYN_SENT } from '../../../include/net/sock.ts';
import { tcp_is_reno } from '../../../include/net/tcp_inlines/congestion.ts';
import { tcp_rtx_queue_empty, tcp_write_queue_empty } from '../../../include/net/tcp_inlines/queues.ts';
import { tcp_wnd_end } from '../../../include/net/tcp_inlines/window.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { usecs_to_jiffies } from '../../../kernel/time/timer.ts';
import { tcp_reset_xmit_timer } from '../inet_connection_sock/timers.ts';
import { tcp_set_ca_state } from '../tcp_cong.ts';
import { tcp_newreno_mark_lost, tcp_rack_mark_lost } from '../tcp_recovery.ts';
import { tcp_current_mss } from '../tcp_output/mss.ts';
import { tcp_xmit_retransmit_queue } from '../tcp_output/retransmit.ts';
import { __tcp_push_pending_frames } from '../tcp_output/write_xmit.ts';
import {
  tcp_end_cwnd_reduction, tcp_enter_recovery, tcp_init_cwnd_reduction, tcp_mtup_probe_failed, tcp_try_keep_open, tcp_try_to_open,
} from './cwnd.ts';
import { tcp_simple_retransmit, tcp_update_rto_time } from './loss.ts';
import { tcp_add_reno_sack, tcp_reset_reno_sack } from './reno.ts';
import type { tcp_sacktag_state } from './sack_state.ts';
import { tcp_try_undo_dsack, tcp_try_undo_loss, tcp_try_undo_partial, tcp_try_undo_recovery } from './undo.ts';

/** The first outstanding segment is SACKed: has the receiver thrown it away after all? The RTO comes sooner. */
function tcp_check_sack_reneging(cpu: Cpu, sk: sock, state: tcp_sacktag_state): boolean {
  if ((state.ack_flag & FLAG_SACK_RENEGING) === 0 || (state.ack_flag & FLAG_SND_UNA_ADVANCED) === 0) return false;
  const delay = Math.max(usecs_to_jiffies(sk.tcp!.srtt_us >> 4), 3);
  tcp_reset_xmit_timer(cpu, sk, ICSK_TIME_RETRANS, delay, false);
  state.ack_flag &= ~FLAG_SET_XMIT_TIMER;
  return true;
}

/** In the state of a retransmission timeout (RFC 5682 F-RTO included). */
function tcp_process_loss(cpu: Cpu, sk: sock, flag: number, num_dupack: number, state: tcp_sacktag_state): void {
  const tp = sk.tcp!;
  const recovered = !before(tp.snd_una, tp.high_seq);
  if ((flag & FLAG_SND_UNA_ADVANCED) !== 0 && tcp_try_undo_loss(cpu, sk, false)) return;
  if (tp.frto) {
    if ((flag & FLAG_ORIG_SACK_ACKED) !== 0 && tcp_try_undo_loss(cpu, sk, true)) return;
    if (after(tp.snd_nxt, tp.high_seq)) {
      if ((flag & FLAG_DATA_SACKED) !== 0 || num_dupack !== 0) tp.frto = false;
    } else if ((flag & FLAG_SND_UNA_ADVANCED) !== 0 && !recovered) {
      tp.high_seq = tp.snd_nxt;
      if (!tcp_write_queue_empty(sk) && after(tcp_wnd_end(tp), tp.snd_nxt)) {
        state.rexmit = REXMIT_NEW;
        return;
      }
      tp.frto = false;
    }
  }
  if (recovered) {
    tcp_try_undo_recovery(cpu, sk);
    return;
  }
  if (tcp_is_reno(tp)) {
    if (after(tp.snd_nxt, tp.high_seq) && num_dupack !== 0) tcp_add_reno_sack(cpu, sk, num_dupack, (flag & FLAG_ECE) !== 0);
    else if ((flag & FLAG_SND_UNA_ADVANCED) !== 0) tcp_reset_reno_sack(cpu, tp);
  }
  state.rexmit = REXMIT_LOST;
}

/** By time (RACK) with SACK, else by counting. */
function tcp_identify_packet_loss(cpu: Cpu, sk: sock, state: tcp_sacktag_state): void {
  const tp = sk.tcp!;
  if (tcp_rtx_queue_empty(sk)) return;
  if (tcp_is_reno(tp)) {
    tcp_newreno_mark_lost(cpu, sk, (state.ack_flag & FLAG_SND_UNA_ADVANCED) !== 0);
    return;
  }
  const prior_retrans = tp.retrans_out;
  if (tcp_rack_mark_lost(cpu, sk)) state.ack_flag &= ~FLAG_SET_XMIT_TIMER;
  if (prior_retrans > tp.retrans_out) state.ack_flag |= FLAG_LOST_RETRANS;
}

/** In recovery; true when nothing is to be sent again now. @helper */
function inRecovery(cpu: Cpu, sk: sock, prior_snd_una: number, num_dupack: number, flag: number, state: tcp_sacktag_state): boolean {
  const tp = sk.tcp!;
  const ece_ack = (flag & FLAG_ECE) !== 0;
  if ((flag & FLAG_SND_UNA_ADVANCED) === 0) {
    if (tcp_is_reno(tp)) tcp_add_reno_sack(cpu, sk, num_dupack, ece_ack);
  } else if (tcp_try_undo_partial(cpu, sk, prior_snd_una)) {
    return true;
  }
  if (tcp_try_undo_dsack(cpu, sk)) tcp_try_to_open(cpu, sk, flag);
  tcp_identify_packet_loss(cpu, sk, state);
  if (sk.icsk!.icsk_ca_state !== TCP_CA_Recovery) {
    if (tp.lost_out === 0) return true;
    tcp_enter_recovery(cpu, sk, ece_ack);
  }
  return false;
}

/** Neither in recovery nor (any longer) in loss; true when nothing is to be sent again now. @helper */
function inOrder(cpu: Cpu, sk: sock, num_dupack: number, flag: number, state: tcp_sacktag_state): boolean {
  const tp = sk.tcp!;
  const icsk = sk.icsk!;
  const ece_ack = (flag & FLAG_ECE) !== 0;
  if (tcp_is_reno(tp)) {
    if ((flag & FLAG_SND_UNA_ADVANCED) !== 0) tcp_reset_reno_sack(cpu, tp);
    tcp_add_reno_sack(cpu, sk, num_dupack, ece_ack);
  }
  if (icsk.icsk_ca_state <= TCP_CA_Disorder) tcp_try_undo_dsack(cpu, sk);
  tcp_identify_packet_loss(cpu, sk, state);
  if (tp.lost_out === 0) {
    tcp_try_to_open(cpu, sk, flag);
    return true;
  }
  if (icsk.icsk_ca_state < TCP_CA_CWR && icsk.icsk_mtup.probe_size !== 0 && tp.snd_una === tp.mtu_probe.probe_seq_start) {
    tcp_mtup_probe_failed(cpu, sk);
    tp.snd_cwnd++;
    tcp_simple_retransmit(cpu, sk);
    return true;
  }
  tcp_enter_recovery(cpu, sk, ece_ack);
  return false;
}

/** All that was outstanding when the state began is acknowledged: it may end. True when it must be held. @helper */
function leaveState(cpu: Cpu, sk: sock): boolean {
  const tp = sk.tcp!;
  if (sk.icsk!.icsk_ca_state === TCP_CA_CWR) {
    if (tp.snd_una !== tp.high_seq) {
      tcp_end_cwnd_reduction(cpu, sk);
      tcp_set_ca_state(cpu, sk, TCP_CA_Open);
    }
  } else if (sk.icsk!.icsk_ca_state === TCP_CA_Recovery) {
    if (tcp_is_reno(tp)) tcp_reset_reno_sack(cpu, tp);
    if (tcp_try_undo_recovery(cpu, sk)) return true;
    tcp_end_cwnd_reduction(cpu, sk);
  }
  return false;
}

/** The state machine of congestion: sets `state.rexmit` when segments are to be sent again. */
export function tcp_fastretrans_alert(cpu: Cpu, sk: sock, prior_snd_una: number, num_dupack: number, state: tcp_sacktag_state): void {
  const tp = sk.tcp!;
  const icsk = sk.icsk!;
  const flag = state.ack_flag;
  if (tp.packets_out === 0 && tp.sacked_out !== 0) tp.sacked_out = 0;
  if ((flag & FLAG_ECE) !== 0) tp.prior_ssthresh = 0;
  if (tcp_check_sack_reneging(cpu, sk, state)) return;
  if (icsk.icsk_ca_state === TCP_CA_Open) tp.retrans_stamp = 0;
  else if (!before(tp.snd_una, tp.high_seq) && leaveState(cpu, sk)) return;
  if (icsk.icsk_ca_state === TCP_CA_Recovery) {
    if (inRecovery(cpu, sk, prior_snd_una, num_dupack, flag, state)) return;
  } else {
    if (icsk.icsk_ca_state === TCP_CA_Loss) {
      tcp_process_loss(cpu, sk, flag, num_dupack, state);
      if (sk.icsk!.icsk_ca_state !== TCP_CA_Loss) tcp_update_rto_time(cpu, tp);
      tcp_identify_packet_loss(cpu, sk, state);
      if (sk.icsk!.icsk_ca_state !== TCP_CA_Open && (state.ack_flag & FLAG_LOST_RETRANS) === 0) return;
    }
    if (inOrder(cpu, sk, num_dupack, flag, state)) return;
  }
  state.rexmit = REXMIT_LOST;
}

/** The probe of the tail was answered: was it a loss that only the probe repaired? */
export function tcp_process_tlp_ack(cpu: Cpu, sk: sock, ack: number, flag: number): void {
  const tp = sk.tcp!;
  if (before(ack, tp.tlp_high_seq)) return;
  if (!tp.tlp_retrans || (flag & FLAG_DSACK_TLP) !== 0) {
    tp.tlp_high_seq = 0;
  } else if (after(ack, tp.tlp_high_seq)) {
    tcp_init_cwnd_reduction(cpu, sk);
    tcp_set_ca_state(cpu, sk, TCP_CA_CWR);
    tcp_end_cwnd_reduction(cpu, sk);
    tcp_try_keep_open(cpu, sk);
    NET_INC_STATS(cpu, 'TCPLossProbeRecovery');
  } else if ((flag & (FLAG_SND_UNA_ADVANCED | FLAG_NOT_DUP | FLAG_DATA_SACKED)) === 0) {
    tp.tlp_high_seq = 0;
  }
}

/** Sends what the ACK has made due. */
export function tcp_xmit_recovery(cpu: Cpu, sk: sock, rexmit: number): void {
  const tp = sk.tcp!;
  if (rexmit === REXMIT_NONE || sk.sk_state === TCP_SYN_SENT) return;
  if (rexmit === REXMIT_NEW) {
    __tcp_push_pending_frames(cpu, sk, tcp_current_mss(cpu, sk), TCP_NAGLE_OFF);
    if (after(tp.snd_nxt, tp.high_seq)) return;
    tp.frto = false;
  }
  tcp_xmit_retransmit_queue(cpu, sk);
}
