/** Sending again what is in the retransmission queue (net/ipv4/tcp_output.c). */
import { rebuildHeader } from '../tcp/af_ops.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  ICSK_TIME_REO_TIMEOUT, ICSK_TIME_RETRANS, TCPCB_EVER_RETRANS, TCPCB_LOST, TCPCB_RETRANS, TCPCB_SACKED_ACKED, TCPCB_SACKED_RETRANS, TCPHDR_SYN, TCPHDR_SYN_ECN,
  TCP_CA_Loss, TCP_FRAG_IN_RTX_QUEUE, after, before,
} from '../../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import { tcp_ecn_mode_pending } from '../../../include/net/tcp_ecn.ts';
import { tcp_skb_timestamp_ts } from '../../../include/net/tcp_inlines/clock.ts';
import { tcp_in_cwnd_reduction, tcp_packets_in_flight } from '../../../include/net/tcp_inlines/congestion.ts';
import {
  rtxPosition, tcp_highest_sack_replace, tcp_rtx_queue_head, tcp_skb_can_collapse, tcp_skb_pcount,
} from '../../../include/net/tcp_inlines/queues.ts';
import { tcp_urg_mode } from '../../../include/net/tcp_inlines/receive_path.ts';
import { tcp_wnd_end } from '../../../include/net/tcp_inlines/window.ts';
import { NET_ADD_STATS, NET_INC_STATS, TCP_ADD_STATS } from '../../../include/net/snmp.ts';
import { skb_unclone_keeptruesize } from '../../core/skbuff/clone.ts';
import { skb_cloned } from '../../core/skbuff/data.ts';
import { createLineage } from '../../core/skbuff/lineage.ts';
import { tcp_reset_xmit_timer } from '../inet_connection_sock/timers.ts';
import { tcp_rtx_queue_unlink_and_free } from '../tcp/queues.ts';
import { tcp_skb_shift } from '../tcp_input/sack_shift.ts';
import { tcp_ecn_clear_syn } from './ecn.ts';
import { tcp_adjust_pcount, tcp_fragment, tcp_set_skb_tso_segs, tcp_trim_head } from './fragment.ts';
import { skb_still_in_host_queue } from './loss_probe.ts';
import { tcp_current_mss } from './mss.ts';
import { tcp_transmit_skb } from './transmit.ts';
import { tcp_has_tx_tstamp, tcp_skb_collapse_tstamp } from './tstamp.ts';
import { tcp_pacing_check, tcp_small_queue_check, tcp_tso_segs } from './write_xmit.ts';

const EAGAIN = 11;
const ENOMEM = 12;
const EBUSY = 16;
const EHOSTUNREACH = 113;

/** The skb behind `skb` becomes part of it. */
export function tcp_collapse_retrans(cpu: Cpu, sk: sock, skb: sk_buff): boolean {
  const tp = sk.tcp!;
  const next_skb = sk.tcp_rtx_queue[rtxPosition(sk, skb) + 1]!;
  const size = next_skb.len;
  if (size !== 0 && tcp_skb_shift(cpu, skb, next_skb, 1, size) === 0) return false;
  tcp_highest_sack_replace(sk, next_skb, skb);
  const tcb = TCP_SKB_CB(skb);
  const next = TCP_SKB_CB(next_skb);
  tcb.end_seq = next.end_seq;
  tcb.tcp_flags |= next.tcp_flags;
  tcb.sacked |= next.sacked & TCPCB_EVER_RETRANS;
  tcb.eor = next.eor;
  skb.lineage = createLineage(cpu, 'merged', skb.id, [skb.lineage, next_skb.lineage], skb.lineage.offset, skb.len);
  if (next_skb === tp.retransmit_skb_hint) tp.retransmit_skb_hint = skb;
  if (tcp_has_tx_tstamp(next_skb)) tcp_skb_collapse_tstamp(cpu, skb, next_skb);
  tcp_adjust_pcount(cpu, sk, next_skb, tcp_skb_pcount(next_skb));
  tcp_rtx_queue_unlink_and_free(cpu, next_skb, sk);
  return true;
}

function tcp_can_collapse(_cpu: Cpu, skb: sk_buff): boolean {
  if (tcp_skb_pcount(skb) > 1 || skb_cloned(skb)) return false;
  return (TCP_SKB_CB(skb).sacked & TCPCB_SACKED_ACKED) === 0;
}

/** A small segment that is sent again takes its followers along as far as they fit. */
function tcp_retrans_try_collapse(cpu: Cpu, sk: sock, to: sk_buff, room: number): void {
  const tp = sk.tcp!;
  const queue = sk.tcp_rtx_queue;
  if (cpu.host.knobs.sysctl_tcp_retrans_collapse! === 0 || (TCP_SKB_CB(to).tcp_flags & TCPHDR_SYN) !== 0) return;
  if (!tcp_can_collapse(cpu, to)) return;
  const at = rtxPosition(sk, to) + 1;
  let space = room - to.len;
  while (at < queue.length) {
    const skb = queue[at]!;
    if (!tcp_can_collapse(cpu, skb) || !tcp_skb_can_collapse(to, skb)) break;
    space -= skb.len;
    if (space < 0 || after(TCP_SKB_CB(skb).end_seq, tcp_wnd_end(tp))) break;
    if (!tcp_collapse_retrans(cpu, sk, to)) break;
  }
}

/** Sends an skb of the retransmission queue once more: up to `segs` segments of it. 0, or a negative errno. */
export function __tcp_retransmit_skb(cpu: Cpu, sk: sock, skb: sk_buff, segs_: number): number {
  const tp = sk.tcp!;
  const icsk = sk.icsk!;
  const tcb = TCP_SKB_CB(skb);
  let segs = segs_;
  if (icsk.icsk_mtup.probe_size !== 0) icsk.icsk_mtup.probe_size = 0;
  if (skb_still_in_host_queue(cpu, sk, skb)) return -EBUSY;
  if (before(tcb.seq, tp.snd_una)) {
    if ((tcb.tcp_flags & TCPHDR_SYN) !== 0) {
      tcb.tcp_flags &= ~TCPHDR_SYN;
      tcb.seq = (tcb.seq + 1) >>> 0;
    }
    if (before(tcb.seq, tp.snd_una)) tcp_trim_head(cpu, sk, skb, (tp.snd_una - tcb.seq) >>> 0);
  }
  if (rebuildHeader(cpu, sk) !== 0) return -EHOSTUNREACH;
  const cur_mss = tcp_current_mss(cpu, sk);
  let avail_wnd = (tcp_wnd_end(tp) - tcb.seq) | 0;
  if (avail_wnd <= 0) {
    if (tcb.seq !== tp.snd_una) return -EAGAIN;
    avail_wnd = cur_mss;
  }
  if (tcp_urg_mode(tp)) segs = 1;
  let len = cur_mss * segs;
  if (len > avail_wnd) {
    len = Math.floor(avail_wnd / cur_mss) * cur_mss;
    if (len === 0) len = avail_wnd;
  }
  if (skb.len > len) {
    if (tcp_fragment(cpu, sk, TCP_FRAG_IN_RTX_QUEUE, skb, len, cur_mss) !== 0) return -ENOMEM;
  } else {
    skb_unclone_keeptruesize(cpu, skb);
    const diff = tcb.tcp_gso_segs - tcp_set_skb_tso_segs(cpu, skb, cur_mss);
    if (diff !== 0) tcp_adjust_pcount(cpu, sk, skb, diff);
    avail_wnd = Math.min(avail_wnd, cur_mss);
    if (skb.len < avail_wnd) tcp_retrans_try_collapse(cpu, sk, skb, avail_wnd);
  }
  if ((tcb.tcp_flags & TCPHDR_SYN_ECN) === TCPHDR_SYN_ECN && (!tcp_ecn_mode_pending(tp) || icsk.icsk_retransmits > 1)) tcp_ecn_clear_syn(cpu, skb);
  segs = tcb.tcp_gso_segs;
  TCP_ADD_STATS(cpu, 'RetransSegs', segs);
  if ((tcb.tcp_flags & TCPHDR_SYN) !== 0) NET_INC_STATS(cpu, 'TCPSynRetrans');
  tp.total_retrans += segs;
  tp.bytes_retrans += skb.len;
  const err = tcp_transmit_skb(cpu, sk, skb, true);
  if (err !== 0 && err !== -EBUSY) NET_ADD_STATS(cpu, 'TCPRetransFail', segs);
  tcb.sacked |= TCPCB_EVER_RETRANS;
  return err;
}

export function tcp_retransmit_skb(cpu: Cpu, sk: sock, skb: sk_buff, segs: number): number {
  const tp = sk.tcp!;
  const err = __tcp_retransmit_skb(cpu, sk, skb, segs);
  if (err === 0) {
    TCP_SKB_CB(skb).sacked |= TCPCB_RETRANS & ~0x10;
    tp.retrans_out += tcp_skb_pcount(skb);
  }
  if (tp.retrans_stamp === 0) tp.retrans_stamp = tcp_skb_timestamp_ts(skb);
  if (tp.undo_retrans < 0) tp.undo_retrans = 0;
  tp.undo_retrans += tcp_skb_pcount(skb);
  return err;
}

/** Sends again what is marked lost, in the order of the stream, as far as the congestion window allows. */
export function tcp_xmit_retransmit_queue(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  const icsk = sk.icsk!;
  if (tp.packets_out === 0) return;
  const queue = sk.tcp_rtx_queue;
  const rtx_head = tcp_rtx_queue_head(sk);
  const first = tp.retransmit_skb_hint ?? rtx_head;
  if (first === null) return;
  const max_segs = tcp_tso_segs(cpu, sk, tcp_current_mss(cpu, sk));
  let hole: sk_buff | null = null;
  let rearm_timer = false;
  for (let i = rtxPosition(sk, first); i < queue.length; i++) {
    const skb = queue[i]!;
    if (tcp_pacing_check(cpu, sk)) break;
    if (hole === null) tp.retransmit_skb_hint = skb;
    let segs = tp.snd_cwnd - tcp_packets_in_flight(tp);
    if (segs <= 0) break;
    const sacked = TCP_SKB_CB(skb).sacked;
    segs = Math.min(segs, max_segs);
    if (tp.retrans_out >= tp.lost_out) break;
    if ((sacked & TCPCB_LOST) === 0) {
      if (hole === null && (sacked & (TCPCB_SACKED_RETRANS | TCPCB_SACKED_ACKED)) === 0) hole = skb;
      continue;
    }
    if ((sacked & (TCPCB_SACKED_ACKED | TCPCB_SACKED_RETRANS)) !== 0) continue;
    if (tcp_small_queue_check(cpu, sk, skb, 1)) break;
    if (tcp_retransmit_skb(cpu, sk, skb, segs) !== 0) break;
    NET_ADD_STATS(cpu, icsk.icsk_ca_state !== TCP_CA_Loss ? 'TCPFastRetrans' : 'TCPSlowStartRetrans', tcp_skb_pcount(skb));
    if (tcp_in_cwnd_reduction(icsk)) tp.prr_out += tcp_skb_pcount(skb);
    if (skb === rtx_head && icsk.icsk_pending !== ICSK_TIME_REO_TIMEOUT) rearm_timer = true;
  }
  if (rearm_timer) tcp_reset_xmit_timer(cpu, sk, ICSK_TIME_RETRANS, icsk.icsk_rto, true);
}
