/** The sender's loop: what of the write queue may go out now (net/ipv4/tcp_output.c). */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { TCP_CLOSE } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import {
  ICSK_TIME_LOSS_PROBE, SK_PACING_NEEDED, SOCK_NOSPACE, TCPF_CLOSE_WAIT, TCPF_ESTABLISHED, TCPHDR_FIN, TCP_CA_Open, TCP_CA_Recovery, TCP_CHRONO_RWND_LIMITED,
  TCP_CHRONO_SNDBUF_LIMITED, TCP_NAGLE_CORK, TCP_NAGLE_PUSH, TSQF_THROTTLED, after, before,
} from '../../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import type { tcp_sock } from '../../../include/net/tcp_sock.ts';
import { tcp_jiffies32 } from '../../../include/net/tcp_inlines/clock.ts';
import {
  tcp_current_ssthresh, tcp_in_cwnd_reduction, tcp_is_cwnd_limited, tcp_min_rtt, tcp_packets_in_flight,
} from '../../../include/net/tcp_inlines/congestion.ts';
import { tcp_rtx_queue_head, tcp_write_queue_empty, tcp_write_queue_tail } from '../../../include/net/tcp_inlines/queues.ts';
import { tcp_urg_mode } from '../../../include/net/tcp_inlines/receive_path.ts';
import { tcp_wnd_end } from '../../../include/net/tcp_inlines/window.ts';
import { NET_ADD_STATS } from '../../../include/net/snmp.ts';
import { hrtimer_active, hrtimer_start } from '../../../kernel/time/hrtimer.ts';
import { sock_hold } from '../../core/sock.ts';
import { tcp_ca_min_tso_segs } from '../tcp_cong.ts';
import { tcp_init_cwnd } from '../tcp_input/rtt.ts';
import { tcp_rearm_rto } from '../tcp_input/timers.ts';
import { tcp_check_space } from '../tcp_input/space.ts';
import { tcp_check_probe_timer } from '../inet_connection_sock/timers.ts';
import { tcp_chrono_start, tcp_chrono_stop } from './chrono.ts';
import { tcp_mstamp_refresh } from './clock.ts';
import { tcp_grow_skb, tcp_set_skb_tso_segs, tso_fragment } from './fragment.ts';
import { tcp_schedule_loss_probe } from './loss_probe.ts';
import { tcp_mtu_probe } from './mtu_probe.ts';
import { tcp_transmit_skb } from './transmit.ts';

const NSEC_PER_MSEC = 1_000_000;

/** An skb of new data has left: it moves from the write queue to the retransmission queue. */
export function tcp_event_new_data_sent(cpu: Cpu, sk: sock, skb: sk_buff): void {
  const tp = sk.tcp!;
  const icsk = sk.icsk!;
  const prior_packets = tp.packets_out;
  tp.snd_nxt = TCP_SKB_CB(skb).end_seq;
  if (sk.sk_write_queue[0] === skb) sk.sk_write_queue.shift();
  else sk.sk_write_queue.splice(sk.sk_write_queue.indexOf(skb), 1);
  sk.tcp_rtx_queue.push(skb);
  if (tp.highest_sack === null) tp.highest_sack = skb;
  const pcount = TCP_SKB_CB(skb).tcp_gso_segs;
  tp.packets_out += pcount;
  if (prior_packets === 0 || icsk.icsk_pending === ICSK_TIME_LOSS_PROBE) tcp_rearm_rto(cpu, sk);
  NET_ADD_STATS(cpu, 'TCPOrigDataSent', pcount);
  tcp_check_space(cpu, sk);
}

/** The window was not used for an RTO: it shrinks towards what was (RFC 2861). */
function tcp_cwnd_application_limited(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  if (sk.icsk!.icsk_ca_state === TCP_CA_Open && sk.sk_socket !== null && (sk.sk_socket.flags & SOCK_NOSPACE) === 0) {
    const init_win = tcp_init_cwnd(cpu, tp, sk.sk_dst_cache);
    const win_used = Math.max(tp.snd_cwnd_used, init_win);
    if (win_used < tp.snd_cwnd) {
      tp.snd_ssthresh = tcp_current_ssthresh(sk);
      tp.snd_cwnd = (tp.snd_cwnd + win_used) >> 1;
    }
    tp.snd_cwnd_used = 0;
  }
  tp.snd_cwnd_stamp = tcp_jiffies32(cpu);
}

/** Keeps note of how much of the congestion window was used. */
export function tcp_cwnd_validate(cpu: Cpu, sk: sock, is_cwnd_limited: boolean): void {
  const tp = sk.tcp!;
  if (!before(tp.snd_una, tp.cwnd_usage_seq) || is_cwnd_limited || (!tp.is_cwnd_limited && tp.packets_out > tp.max_packets_out)) {
    tp.is_cwnd_limited = is_cwnd_limited;
    tp.max_packets_out = tp.packets_out;
    tp.cwnd_usage_seq = tp.snd_nxt;
  }
  if (tcp_is_cwnd_limited(tp)) {
    tp.snd_cwnd_used = 0;
    tp.snd_cwnd_stamp = tcp_jiffies32(cpu);
    return;
  }
  if (tp.packets_out > tp.snd_cwnd_used) tp.snd_cwnd_used = tp.packets_out;
  if (cpu.host.knobs.sysctl_tcp_slow_start_after_idle! !== 0 && tcp_jiffies32(cpu) - tp.snd_cwnd_stamp >= sk.icsk!.icsk_rto) {
    tcp_cwnd_application_limited(cpu, sk);
  }
  const socket = sk.sk_socket;
  if (tcp_write_queue_empty(sk) && socket !== null && (socket.flags & SOCK_NOSPACE) !== 0
    && ((1 << sk.sk_state) & (TCPF_ESTABLISHED | TCPF_CLOSE_WAIT)) !== 0) tcp_chrono_start(cpu, sk, TCP_CHRONO_SNDBUF_LIMITED);
}

/** Minshall: a small segment is unacknowledged. */
function tcp_minshall_check(_cpu: Cpu, tp: tcp_sock): boolean {
  return after(tp.snd_sml, tp.snd_una) && !after(tp.snd_sml, tp.snd_nxt);
}

function tcp_minshall_update(_cpu: Cpu, tp: tcp_sock, mss_now: number, skb: sk_buff): void {
  if (skb.len < TCP_SKB_CB(skb).tcp_gso_segs * mss_now) tp.snd_sml = TCP_SKB_CB(skb).end_seq;
}

/** Nagle (RFC 896) as Minshall has it: a partial segment waits while one is outstanding, or while corked. */
export function tcp_nagle_check(cpu: Cpu, partial: boolean, tp: tcp_sock, nonagle: number): boolean {
  return partial && ((nonagle & TCP_NAGLE_CORK) !== 0 || (nonagle === 0 && tp.packets_out !== 0 && tcp_minshall_check(cpu, tp)));
}

export function tcp_nagle_test(cpu: Cpu, tp: tcp_sock, skb: sk_buff, cur_mss: number, nonagle: number): boolean {
  if ((nonagle & TCP_NAGLE_PUSH) !== 0) return true;
  if (tcp_urg_mode(tp) || (TCP_SKB_CB(skb).tcp_flags & TCPHDR_FIN) !== 0) return true;
  return !tcp_nagle_check(cpu, skb.len < cur_mss, tp, nonagle);
}

/** Bytes that go in one skb: what the pacing rate sends in a millisecond, and more to near peers. */
function tcp_tso_autosize(cpu: Cpu, sk: sock, mss_now: number, min_tso_segs: number): number {
  let bytes = Math.floor(sk.sk_pacing_rate / (1 << sk.sk_pacing_shift));
  const r = tcp_min_rtt(sk.tcp!) >>> cpu.host.knobs.sysctl_tcp_tso_rtt_log!;
  if (r < 32) bytes += sk.sk_gso_max_size >>> r;
  bytes = Math.min(bytes, sk.sk_gso_max_size);
  return Math.max(Math.floor(bytes / mss_now), min_tso_segs);
}

export function tcp_tso_segs(cpu: Cpu, sk: sock, mss_now: number): number {
  return Math.min(tcp_tso_autosize(cpu, sk, mss_now, tcp_ca_min_tso_segs(cpu, sk)), sk.sk_gso_max_segs);
}

/** How much of an skb may go: up to the window and `max_segs`, without a last partial segment that Nagle holds back. */
export function tcp_mss_split_point(cpu: Cpu, sk: sock, skb: sk_buff, mss_now: number, max_segs: number, nonagle: number): number {
  const tp = sk.tcp!;
  const window = (tcp_wnd_end(tp) - TCP_SKB_CB(skb).seq) >>> 0;
  const max_len = mss_now * max_segs;
  if (max_len <= window && skb !== tcp_write_queue_tail(sk)) return max_len;
  const needed = Math.min(skb.len, window);
  if (max_len <= needed) return max_len;
  const partial = needed % mss_now;
  return tcp_nagle_check(cpu, partial !== 0, tp, nonagle) ? needed - partial : needed;
}

/** Segments that the congestion window allows: half of it at most at once. */
export function tcp_cwnd_test(_cpu: Cpu, tp: tcp_sock): number {
  const in_flight = tcp_packets_in_flight(tp);
  const cwnd = tp.snd_cwnd;
  if (in_flight >= cwnd) return 0;
  return Math.min(Math.max(cwnd >> 1, 1), cwnd - in_flight);
}

/** The first segment of an skb fits the peer's window. */
export function tcp_snd_wnd_test(_cpu: Cpu, tp: tcp_sock, skb: sk_buff, cur_mss: number): boolean {
  const tcb = TCP_SKB_CB(skb);
  const end_seq = skb.len > cur_mss ? (tcb.seq + cur_mss) >>> 0 : tcb.end_seq;
  return !after(end_seq, tcp_wnd_end(tp));
}

/** A large skb waits for more when an ACK is near that will allow a larger one: 1 cwnd-limited, 2 window-limited, 3 neither; 0 send now. */
function tcp_tso_should_defer(cpu: Cpu, sk: sock, skb: sk_buff, max_segs: number): number {
  const tp = sk.tcp!;
  if (sk.icsk!.icsk_ca_state >= TCP_CA_Recovery) return 0;
  if (tp.tcp_clock_cache - tp.tcp_wstamp_ns - NSEC_PER_MSEC > 0) return 0;
  const tcb = TCP_SKB_CB(skb);
  const send_win = (tcp_wnd_end(tp) - tcb.seq) >>> 0;
  const cong_win = (tp.snd_cwnd - tcp_packets_in_flight(tp)) * tp.mss_cache;
  const limit = Math.min(send_win, cong_win);
  if (limit >= max_segs * tp.mss_cache) return 0;
  if (skb !== tcp_write_queue_tail(sk) && limit >= skb.len) return 0;
  const win_divisor = cpu.host.knobs.sysctl_tcp_tso_win_divisor!;
  if (win_divisor !== 0) {
    if (limit >= Math.floor(Math.min(tp.snd_wnd, tp.snd_cwnd * tp.mss_cache) / win_divisor)) return 0;
  } else if (limit > 3 * tp.mss_cache) {
    return 0;
  }
  const head = tcp_rtx_queue_head(sk);
  if (head === null) return 0;
  const srtt_in_ns = Math.floor(tp.srtt_us / 8) * 1000;
  const how_far_is_the_ack = head.skb_mstamp_ns + srtt_in_ns - tp.tcp_clock_cache;
  if (how_far_is_the_ack - Math.min(Math.floor(srtt_in_ns / 2), NSEC_PER_MSEC) > 0) return 0;
  if (cong_win < send_win) {
    if (cong_win <= skb.len) return 1;
  } else if (send_win <= skb.len) {
    return 2;
  }
  return (tcb.tcp_flags & TCPHDR_FIN) !== 0 || tcb.eor ? 0 : 3;
}

/** TCP's own pacing, where no fq qdisc does it: true while the next departure is in the future. */
export function tcp_pacing_check(cpu: Cpu, sk: sock): boolean {
  const tp = sk.tcp!;
  if (sk.sk_pacing_status !== SK_PACING_NEEDED || tp.tcp_wstamp_ns <= tp.tcp_clock_cache) return false;
  if (!hrtimer_active(tp.pacing_timer)) {
    hrtimer_start(cpu, tp.pacing_timer, tp.tcp_wstamp_ns);
    sock_hold(sk);
  }
  return true;
}

/** TCP small queues: this socket has enough in qdisc and device; a completion will call it back. */
export function tcp_small_queue_check(cpu: Cpu, sk: sock, skb: sk_buff, factor: number): boolean {
  let limit = Math.max(2 * skb.truesize, Math.floor(sk.sk_pacing_rate / (1 << sk.sk_pacing_shift)));
  limit = Math.min(limit, cpu.host.knobs.sysctl_tcp_limit_output_bytes!) * (1 << factor);
  if (sk.sk_wmem_alloc <= limit) return false;
  if (sk.tcp_rtx_queue.length <= 1) return false;
  sk.sk_tsq_flags |= TSQF_THROTTLED;
  return true;
}

/**
 * Sends what the windows, Nagle, pacing and small queues allow. push_one: 1 one skb, 2 one skb in spite of cwnd (loss probe).
 * True when nothing is in flight, nothing could be sent and something waits: only a window probe can help.
 */
export function tcp_write_xmit(cpu: Cpu, sk: sock, mss_now: number, nonagle: number, push_one: number): boolean {
  spend(cpu, cpu.costs.tcp_write_xmit);
  const tp = sk.tcp!;
  let sent_pkts = 0;
  let is_cwnd_limited = false;
  let is_rwnd_limited = false;
  tcp_mstamp_refresh(cpu, tp);
  if (push_one === 0) {
    const result = tcp_mtu_probe(cpu, sk);
    if (result === 0) return false;
    if (result > 0) sent_pkts = 1;
  }
  const max_segs = tcp_tso_segs(cpu, sk, mss_now);
  const queue = sk.sk_write_queue;
  while (queue.length > 0) {
    const skb = queue[0]!;
    if (tcp_pacing_check(cpu, sk)) break;
    let cwnd_quota = tcp_cwnd_test(cpu, tp);
    if (cwnd_quota === 0) {
      if (push_one !== 2) break;
      cwnd_quota = 1;
    }
    cwnd_quota = Math.min(cwnd_quota, max_segs);
    const missing_bytes = cwnd_quota * mss_now - skb.len;
    if (missing_bytes > 0) tcp_grow_skb(cpu, sk, skb, missing_bytes);
    const tso_segs = tcp_set_skb_tso_segs(cpu, skb, mss_now);
    if (!tcp_snd_wnd_test(cpu, tp, skb, mss_now)) {
      is_rwnd_limited = true;
      break;
    }
    if (tso_segs === 1) {
      if (!tcp_nagle_test(cpu, tp, skb, mss_now, queue.length === 1 ? nonagle : TCP_NAGLE_PUSH)) break;
    } else if (push_one === 0) {
      const defer = tcp_tso_should_defer(cpu, sk, skb, max_segs);
      if (defer === 1) is_cwnd_limited = true;
      if (defer === 2) is_rwnd_limited = true;
      if (defer !== 0) break;
    }
    let limit = mss_now;
    if (tso_segs > 1 && !tcp_urg_mode(tp)) limit = tcp_mss_split_point(cpu, sk, skb, mss_now, cwnd_quota, nonagle);
    if (skb.len > limit && tso_fragment(cpu, sk, skb, limit, mss_now) !== 0) break;
    if (tcp_small_queue_check(cpu, sk, skb, 0)) break;
    const tcb = TCP_SKB_CB(skb);
    if (tcb.end_seq === tcb.seq) break;
    if (tcp_transmit_skb(cpu, sk, skb, true) !== 0) break;
    tcp_event_new_data_sent(cpu, sk, skb);
    tcp_minshall_update(cpu, tp, mss_now, skb);
    sent_pkts += tcb.tcp_gso_segs;
    if (push_one !== 0) break;
  }
  if (is_rwnd_limited) tcp_chrono_start(cpu, sk, TCP_CHRONO_RWND_LIMITED);
  else tcp_chrono_stop(cpu, sk, TCP_CHRONO_RWND_LIMITED);
  if (tcp_packets_in_flight(tp) >= tp.snd_cwnd) is_cwnd_limited = true;
  if (sent_pkts > 0 || is_cwnd_limited) tcp_cwnd_validate(cpu, sk, is_cwnd_limited);
  if (sent_pkts > 0) {
    if (tcp_in_cwnd_reduction(sk.icsk!)) tp.prr_out += sent_pkts;
    if (push_one !== 2) tcp_schedule_loss_probe(cpu, sk, false);
    return false;
  }
  return tp.packets_out === 0 && !tcp_write_queue_empty(sk);
}

/** Sends what waits; arms the window probe when nothing can be sent. */
export function __tcp_push_pending_frames(cpu: Cpu, sk: sock, cur_mss: number, nonagle: number): void {
  if (sk.sk_state === TCP_CLOSE) return;
  if (tcp_write_xmit(cpu, sk, cur_mss, nonagle, 0)) tcp_check_probe_timer(cpu, sk);
}

/** Sends the one skb at the head of the queue. */
export function tcp_push_one(cpu: Cpu, sk: sock, mss_now: number): void {
  tcp_write_xmit(cpu, sk, mss_now, TCP_NAGLE_PUSH, 1);
}
