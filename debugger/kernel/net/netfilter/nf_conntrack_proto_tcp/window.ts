/**
 * Whether a segment lies within the windows that both ends have shown (net/netfilter/nf_conntrack_proto_tcp.c; the method is Guido van
 * Rooij's, "Real Stateful TCP Packet Filtering in IP Filter", 2000):
 *
 *     I.   seq <= sender.td_maxend                          not behind what the receiver has offered
 *     II.  seq + len >= sender.td_end - receiver.td_maxwin  not before what it may still be missing
 *     III. sack <= receiver.td_end                          no acknowledgment of what was never sent
 *     IV.  sack >= receiver.td_end - MAXACKWINDOW           nor one of what was acknowledged long ago
 */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { IP_CT_DIR_REPLY } from '../../../include/net/netfilter/nf_conntrack.ts';
import type { nf_conn } from '../../../include/net/netfilter/nf_conntrack.ts';
import {
  IP_CT_TCP_FLAG_BE_LIBERAL, IP_CT_TCP_FLAG_DATA_UNACKNOWLEDGED, IP_CT_TCP_FLAG_MAXACK_SET, IP_CT_TCP_FLAG_SACK_PERM, IP_CT_TCP_FLAG_WINDOW_SCALE,
  TCP_CONNTRACK_SYN_RECV, TCP_CONNTRACK_SYN_SENT,
} from '../../../include/net/netfilter/nf_conntrack_tcp.ts';
import type { ip_ct_tcp, ip_ct_tcp_state } from '../../../include/net/netfilter/nf_conntrack_tcp.ts';
import type { tcphdr } from '../../../include/net/netfilter/tcphdr.ts';
import { TCPHDR_ACK, TCPHDR_FIN, TCPHDR_RST, TCPHDR_SYN, after, before } from '../../../include/net/tcp.ts';
import { logInvalid } from '../nf_conntrack_core/invalid.ts';
import { tcp_options, tcp_sack } from './options.ts';
import { TCP_ACK_SET } from './states.ts';

/** enum nf_ct_tcp_action: let through without effect, invalid, in the window. */
export const NFCT_TCP_IGNORE = 0;
export const NFCT_TCP_INVALID = 1;
export const NFCT_TCP_ACCEPT = 2;

const MAXACKWINCONST = 66000;

/** @helper */
function MAXACKWINDOW(sender: ip_ct_tcp_state): number {
  return Math.max(sender.td_maxwin, MAXACKWINCONST);
}

/** The sequence number behind the segment; SYN and FIN count. `len` and `dataoff`: of the packet, and where its TCP header begins. */
export function segment_seq_plus_len(seq: number, len: number, dataoff: number, th: tcphdr): number {
  const syn = (th.flags & TCPHDR_SYN) !== 0 ? 1 : 0;
  const fin = (th.flags & TCPHDR_FIN) !== 0 ? 1 : 0;
  return (seq + len - dataoff - th.doff * 4 + syn + fin) >>> 0;
}

/** A SYN or SYN-ACK: the first that is known of its sender. Windows are scaled only if both ends say so (RFC 7323 2.2). */
export function tcp_init_sender(sender: ip_ct_tcp_state, receiver: ip_ct_tcp_state, th: tcphdr, end: number, win: number, dir: number): void {
  sender.td_end = end;
  sender.td_maxend = end;
  sender.td_maxwin = win === 0 ? 1 : win;
  tcp_options(th.options, sender);
  if (dir !== IP_CT_DIR_REPLY || (sender.flags & receiver.flags & IP_CT_TCP_FLAG_WINDOW_SCALE) !== 0) return;
  sender.td_scale = 0;
  receiver.td_scale = 0;
}

/** What is wrong, unless the windows are not to be believed in (nf_conntrack_tcp_be_liberal, or a connection picked up in its middle): then all is well. */
export function nf_tcp_log_invalid(cpu: Cpu, skb: sk_buff, sender: ip_ct_tcp_state, ret: number, condition: string, values: Record<string, number>): number {
  if ((sender.flags & IP_CT_TCP_FLAG_BE_LIBERAL) !== 0 || cpu.host.knobs.nf_conntrack_tcp_be_liberal! !== 0) return NFCT_TCP_ACCEPT;
  logInvalid(cpu, skb, condition, values);
  return ret;
}

/** Nothing is known of the sender yet. @helper */
function learnSender(sender: ip_ct_tcp_state, receiver: ip_ct_tcp_state, end: number, win: number, sack: number): void {
  const swin = win << sender.td_scale;
  sender.td_end = end;
  sender.td_maxwin = swin === 0 ? 1 : swin;
  sender.td_maxend = (end + sender.td_maxwin) >>> 0;
  if (receiver.td_maxwin === 0) {
    receiver.td_end = sack;
    receiver.td_maxend = sack;
  } else if (sack === (receiver.td_end + 1) >>> 0) receiver.td_end = sack;
}

/** Holds the segment against conditions I to IV, and learns from it. Its name there is tcp_in_window, which tcp_minisocks.c has, too. */
export function nf_ct_tcp_in_window(cpu: Cpu, ct: nf_conn, dir: number, index: number, skb: sk_buff, dataoff: number, th: tcphdr): number {
  const state = ct.tcp!;
  const sender = state.seen[dir]!;
  const receiver = state.seen[1 - dir]!;
  const syn = (th.flags & TCPHDR_SYN) !== 0;
  const ackSet = (th.flags & TCPHDR_ACK) !== 0;
  const win = th.window;
  let seq = th.seq;
  let ack = th.ack_seq;
  let end = segment_seq_plus_len(seq, skb.len, dataoff, th);
  let sack = (receiver.flags & IP_CT_TCP_FLAG_SACK_PERM) !== 0 ? tcp_sack(th.options, ack) : ack;
  if (sender.td_maxwin === 0) {
    if (syn) {
      tcp_init_sender(sender, receiver, th, end, win, dir);
      if (!ackSet) return NFCT_TCP_ACCEPT;
    } else learnSender(sender, receiver, end, win, sack);
  } else if (syn && after(end, sender.td_end) && (state.state === TCP_CONNTRACK_SYN_SENT || state.state === TCP_CONNTRACK_SYN_RECV)) {
    tcp_init_sender(sender, receiver, th, end, win, dir);
    if (dir === IP_CT_DIR_REPLY && !ackSet) return NFCT_TCP_ACCEPT;
  }
  const rst = (th.flags & TCPHDR_RST) !== 0;
  if (!ackSet || (rst && ack === 0)) {
    ack = receiver.td_end;
    sack = ack;
  }
  if (rst && seq === 0 && state.state === TCP_CONNTRACK_SYN_SENT) {
    seq = sender.td_end;
    end = seq;
  }
  const wrong = outside(cpu, skb, sender, receiver, seq, end, sack);
  if (wrong !== NFCT_TCP_ACCEPT) return wrong;
  learn(sender, receiver, end, ack, sack, syn ? win : win << sender.td_scale, ackSet);
  if (index === TCP_ACK_SET) countRetransmission(state, dir, seq, ack, end, win);
  return NFCT_TCP_ACCEPT;
}

/** The four conditions. @helper */
function outside(cpu: Cpu, skb: sk_buff, sender: ip_ct_tcp_state, receiver: ip_ct_tcp_state, seq: number, end: number, sack: number): number {
  const lowestEnd = (sender.td_end - receiver.td_maxwin - 1) >>> 0;
  const lowestAck = (receiver.td_end - MAXACKWINDOW(sender) - 1) >>> 0;
  if (!before(seq, sender.td_maxend + 1)) return overshot(cpu, skb, sender, receiver, seq, end, sack);
  if (!before(sack, receiver.td_end + 1)) {
    return nf_tcp_log_invalid(cpu, skb, sender, NFCT_TCP_INVALID, 'III. !before(sack, receiver->td_end + 1): ACK is over upper bound (ACKed data not seen yet)', { sack, 'receiver->td_end': receiver.td_end });
  }
  if (receiver.td_maxwin !== 0 && !after(end, lowestEnd)) {
    return nf_tcp_log_invalid(cpu, skb, sender, NFCT_TCP_IGNORE, 'II. !after(end, sender->td_end - receiver->td_maxwin - 1): SEQ is under lower bound (already ACKed data retransmitted)', { end, 'sender->td_end': sender.td_end, 'receiver->td_maxwin': receiver.td_maxwin });
  }
  if (!after(sack, lowestAck)) {
    return nf_tcp_log_invalid(cpu, skb, sender, NFCT_TCP_IGNORE, 'IV. !after(sack, receiver->td_end - MAXACKWINDOW(sender) - 1): ignored ACK under lower bound (possible overly delayed)', { sack, 'receiver->td_end': receiver.td_end, MAXACKWINDOW: MAXACKWINDOW(sender) });
  }
  return NFCT_TCP_ACCEPT;
}

/** Condition I fails. A sender that went a little too far, and is right otherwise, is let through: its data may be acknowledged. @helper */
function overshot(cpu: Cpu, skb: sk_buff, sender: ip_ct_tcp_state, receiver: ip_ct_tcp_state, seq: number, end: number, sack: number): number {
  const bytes = (end - sender.td_maxend + 1) >>> 0;
  const ack_ok = after(sack, receiver.td_end - MAXACKWINDOW(sender) - 1);
  const in_recv_win = receiver.td_maxwin !== 0 && after(end, sender.td_end - receiver.td_maxwin - 1);
  const values = { seq, end, 'sender->td_maxend': sender.td_maxend, 'receiver->td_maxwin': receiver.td_maxwin };
  if (in_recv_win && ack_ok && bytes <= receiver.td_maxwin && before(sack, receiver.td_end + 1)) {
    sender.td_end = end;
    sender.flags |= IP_CT_TCP_FLAG_DATA_UNACKNOWLEDGED;
    return nf_tcp_log_invalid(cpu, skb, sender, NFCT_TCP_IGNORE, 'I. !before(seq, sender->td_maxend + 1): more bytes than expected', values);
  }
  return nf_tcp_log_invalid(cpu, skb, sender, NFCT_TCP_INVALID, 'I. !before(seq, sender->td_maxend + 1): SEQ is over upper bound (over the window of the receiver)', values);
}

/** What a good segment tells: up to where its sender has sent, what it has acknowledged, and how far the other may send. @helper */
function learn(sender: ip_ct_tcp_state, receiver: ip_ct_tcp_state, end: number, ack: number, sack: number, win: number, ackSet: boolean): void {
  const swin = win + ((sack - ack) >>> 0);
  if (sender.td_maxwin < swin) sender.td_maxwin = swin;
  if (after(end, sender.td_end)) {
    sender.td_end = end;
    sender.flags |= IP_CT_TCP_FLAG_DATA_UNACKNOWLEDGED;
  }
  if (ackSet && ((sender.flags & IP_CT_TCP_FLAG_MAXACK_SET) === 0 || after(ack, sender.td_maxack))) {
    sender.td_maxack = ack;
    sender.flags |= IP_CT_TCP_FLAG_MAXACK_SET;
  }
  if (receiver.td_maxwin !== 0 && after(end, sender.td_maxend)) receiver.td_maxwin += (end - sender.td_maxend) >>> 0;
  if (after(sack + win, receiver.td_maxend - 1)) receiver.td_maxend = (sack + win + (win === 0 ? 1 : 0)) >>> 0;
  if (ack === receiver.td_end) receiver.flags &= ~IP_CT_TCP_FLAG_DATA_UNACKNOWLEDGED;
}

/** The same ACK again and again: nobody is there. @helper */
function countRetransmission(state: ip_ct_tcp, dir: number, seq: number, ack: number, end: number, win: number): void {
  if (state.last_dir === dir && state.last_seq === seq && state.last_ack === ack && state.last_end === end && state.last_win === win) {
    state.retrans++;
    return;
  }
  Object.assign(state, { last_dir: dir, last_seq: seq, last_ack: ack, last_end: end, last_win: win, retrans: 0 });
}
