/** One skb, or a part of one, is SACKed (net/ipv4/tcp_input.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  FLAG_DATA_SACKED, FLAG_ORIG_SACK_ACKED, TCPCB_LOST, TCPCB_RETRANS, TCPCB_SACKED_ACKED, TCPCB_SACKED_RETRANS, after, before,
} from '../../../include/net/tcp.ts';
import { tcp_highest_sack_seq } from '../../../include/net/tcp_inlines/queues.ts';
import { tcp_rack_advance } from '../tcp_recovery.ts';
import type { tcp_sacktag_state } from './sack_state.ts';

/** Answers the tags that the range has from now on; the counts of the connection follow. */
export function tcp_sacktag_one(
  cpu: Cpu, sk: sock, state: tcp_sacktag_state, tags: number, start_seq: number, end_seq: number, dup_sack: boolean, pcount: number, xmit_time: number,
): number {
  const tp = sk.tcp!;
  let sacked = tags;
  if (dup_sack && (sacked & TCPCB_RETRANS) !== 0) {
    if (tp.undo_marker !== 0 && tp.undo_retrans > 0 && after(end_seq, tp.undo_marker)) tp.undo_retrans = Math.max(0, tp.undo_retrans - pcount);
    if ((sacked & TCPCB_SACKED_ACKED) !== 0 && before(start_seq, state.reord)) state.reord = start_seq;
  }
  if (!after(end_seq, tp.snd_una)) return sacked;
  if ((sacked & TCPCB_SACKED_ACKED) === 0) {
    tcp_rack_advance(cpu, tp, sacked, end_seq, xmit_time);
    if ((sacked & TCPCB_SACKED_RETRANS) !== 0) {
      if ((sacked & TCPCB_LOST) !== 0) {
        sacked &= ~(TCPCB_LOST | TCPCB_SACKED_RETRANS);
        tp.lost_out -= pcount;
        tp.retrans_out -= pcount;
      }
    } else {
      if ((sacked & TCPCB_RETRANS) === 0) {
        if (before(start_seq, tcp_highest_sack_seq(tp)) && before(start_seq, state.reord)) state.reord = start_seq;
        if (!after(end_seq, tp.high_seq)) state.flag |= FLAG_ORIG_SACK_ACKED;
        if (state.first_sackt === 0) state.first_sackt = xmit_time;
        state.last_sackt = xmit_time;
      }
      if ((sacked & TCPCB_LOST) !== 0) {
        sacked &= ~TCPCB_LOST;
        tp.lost_out -= pcount;
      }
    }
    sacked |= TCPCB_SACKED_ACKED;
    state.flag |= FLAG_DATA_SACKED;
    tp.sacked_out += pcount;
    state.sack_delivered += pcount;
    state.delivered_bytes += (end_seq - start_seq) >>> 0;
  }
  if (dup_sack && (sacked & TCPCB_SACKED_RETRANS) !== 0) {
    sacked &= ~TCPCB_SACKED_RETRANS;
    tp.retrans_out -= pcount;
  }
  return sacked;
}
