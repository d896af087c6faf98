/** Taking a reduction back that turned out needless (RFC 4015, RFC 3522; net/ipv4/tcp_input.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { TCP_SYN_SENT } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { TCPCB_LOST, TCP_CA_Loss, TCP_CA_Open, TCP_RACK_RECOVERY_THRESH, before } from '../../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import type { tcp_sock } from '../../../include/net/tcp_sock.ts';
import { tcp_jiffies32 } from '../../../include/net/tcp_inlines/clock.ts';
import { tcp_is_reno, tcp_is_sack } from '../../../include/net/tcp_inlines/congestion.ts';
import { tcp_clear_all_retrans_hints } from '../../../include/net/tcp_inlines/queues.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { caOps, tcp_set_ca_state } from '../tcp_cong.ts';
import { tcp_try_keep_open } from './cwnd.ts';
import { tcp_ecn_withdraw_cwr } from './ecn.ts';
import { tcp_any_retrans_done } from './loss.ts';
import { tcp_check_sack_reordering } from './sack.ts';

/** The echoed timestamp is older than `when`. */
export function tcp_tsopt_ecr_before(_cpu: Cpu, tp: tcp_sock, when: number): boolean {
  return tp.rx_opt.saw_tstamp && tp.rx_opt.rcv_tsecr !== 0 && before(tp.rx_opt.rcv_tsecr, when);
}

/** The original arrived, late: the ACK answers it and not the retransmission. */
export function tcp_packet_delayed(cpu: Cpu, sk: sock): boolean {
  const tp = sk.tcp!;
  if (tp.retrans_stamp !== 0) return tcp_tsopt_ecr_before(cpu, tp, tp.retrans_stamp);
  if (tcp_is_reno(tp) && !before(tp.snd_una, tp.high_seq)) return false;
  return sk.sk_state !== TCP_SYN_SENT;
}

export function tcp_may_undo(cpu: Cpu, sk: sock): boolean {
  const tp = sk.tcp!;
  return tp.undo_marker !== 0 && (tp.undo_retrans === 0 || tcp_packet_delayed(cpu, sk));
}

/** Window and ssthresh as they were. */
export function tcp_undo_cwnd_reduction(cpu: Cpu, sk: sock, unmark_loss: boolean): void {
  const tp = sk.tcp!;
  if (unmark_loss) {
    for (const skb of sk.tcp_rtx_queue) TCP_SKB_CB(skb).sacked &= ~TCPCB_LOST;
    tp.lost_out = 0;
    tcp_clear_all_retrans_hints(tp);
  }
  if (tp.prior_ssthresh !== 0) {
    tp.snd_cwnd = caOps(sk).undo_cwnd(cpu, sk);
    if (tp.prior_ssthresh > tp.snd_ssthresh) {
      tp.snd_ssthresh = tp.prior_ssthresh;
      tcp_ecn_withdraw_cwr(cpu, tp);
    }
  }
  tp.snd_cwnd_stamp = tcp_jiffies32(cpu);
  tp.undo_marker = 0;
  tp.rack.advanced = true;
}

/** Without SACK, duplicate ACKs of the very last retransmissions could start recovery anew: the state is held until one byte more is acknowledged. */
function tcp_is_non_sack_preventing_reopen(cpu: Cpu, sk: sock): boolean {
  const tp = sk.tcp!;
  if (tp.snd_una !== tp.high_seq || !tcp_is_reno(tp)) return false;
  if (!tcp_any_retrans_done(cpu, sk)) tp.retrans_stamp = 0;
  return true;
}

/** Everything sent before the recovery is acknowledged; true when the state must be held. */
export function tcp_try_undo_recovery(cpu: Cpu, sk: sock): boolean {
  const tp = sk.tcp!;
  if (tcp_may_undo(cpu, sk)) {
    const loss = sk.icsk!.icsk_ca_state === TCP_CA_Loss;
    tcp_undo_cwnd_reduction(cpu, sk, false);
    NET_INC_STATS(cpu, loss ? 'TCPLossUndo' : 'TCPFullUndo');
  } else if (tp.rack.reo_wnd_persist !== 0) {
    tp.rack.reo_wnd_persist--;
  }
  if (tcp_is_non_sack_preventing_reopen(cpu, sk)) return true;
  tcp_set_ca_state(cpu, sk, TCP_CA_Open);
  tp.is_sack_reneg = false;
  return false;
}

/** DSACKs say that each retransmission was needless. */
export function tcp_try_undo_dsack(cpu: Cpu, sk: sock): boolean {
  const tp = sk.tcp!;
  if (tp.undo_marker === 0 || tp.undo_retrans !== 0) return false;
  tp.rack.reo_wnd_persist = Math.min(TCP_RACK_RECOVERY_THRESH, tp.rack.reo_wnd_persist + 1);
  tcp_undo_cwnd_reduction(cpu, sk, false);
  NET_INC_STATS(cpu, 'TCPDSACKUndo');
  return true;
}

/** The timeout was spurious. */
export function tcp_try_undo_loss(cpu: Cpu, sk: sock, frto_undo: boolean): boolean {
  const tp = sk.tcp!;
  if (!frto_undo && !tcp_may_undo(cpu, sk)) return false;
  tcp_undo_cwnd_reduction(cpu, sk, true);
  NET_INC_STATS(cpu, 'TCPLossUndo');
  if (frto_undo) NET_INC_STATS(cpu, 'TCPSpuriousRTOs');
  sk.icsk!.icsk_retransmits = 0;
  if (tcp_is_non_sack_preventing_reopen(cpu, sk)) return true;
  if (frto_undo || tcp_is_sack(tp)) {
    tcp_set_ca_state(cpu, sk, TCP_CA_Open);
    tp.is_sack_reneg = false;
  }
  return true;
}

/** A part is acknowledged and came late, not lost; true when nothing more may be done while retransmissions are under way. */
export function tcp_try_undo_partial(cpu: Cpu, sk: sock, prior_snd_una: number): boolean {
  const tp = sk.tcp!;
  if (tp.undo_marker === 0 || !tcp_packet_delayed(cpu, sk)) return false;
  tcp_check_sack_reordering(cpu, sk, prior_snd_una, true);
  if (tp.retrans_out !== 0) return true;
  if (!tcp_any_retrans_done(cpu, sk)) tp.retrans_stamp = 0;
  tcp_undo_cwnd_reduction(cpu, sk, true);
  NET_INC_STATS(cpu, 'TCPPartialUndo');
  tcp_try_keep_open(cpu, sk);
  return false;
}
