/** Round trip times, the RTO and the pacing rate that follow from them (net/ipv4/tcp_input.c, lib/minmax.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { RTAX_INITCWND } from '../../../include/linux/rtnetlink.ts';
import { dst_metric } from '../../../include/net/dst.ts';
import type { dst_entry } from '../../../include/net/dst.ts';
import type { sock } from '../../../include/net/sock.ts';
import { FLAG_ACKED, FLAG_ACK_MAYBE_DELAYED, FLAG_SYN_ACKED, TCP_INIT_CWND, after } from '../../../include/net/tcp.ts';
import type { request_sock, tcp_sock } from '../../../include/net/tcp_sock.ts';
import { tcp_jiffies32, tcp_stamp_us_delta, tcp_time_stamp_ts } from '../../../include/net/tcp_inlines/clock.ts';
import { tcp_min_rtt } from '../../../include/net/tcp_inlines/congestion.ts';
import { __tcp_set_rto, tcp_bound_rto, tcp_rto_min_us } from '../../../include/net/tcp_inlines/timeouts.ts';
import { createRateSample } from '../tcp_rate.ts';
import type { rate_sample } from '../tcp_rate.ts';

/** Segments that a connection begins with: what the route says, else ten (RFC 6928). */
export function tcp_init_cwnd(_cpu: Cpu, tp: tcp_sock, dst: dst_entry | null): number {
  const cwnd = dst === null ? 0 : dst_metric(dst, RTAX_INITCWND);
  return Math.min(cwnd || TCP_INIT_CWND, tp.snd_cwnd_clamp);
}

/** RFC 6298, after Van Jacobson: srtt_us in eighths of a us, deviations in quarters. */
export function tcp_rtt_estimator(_cpu: Cpu, sk: sock, mrtt_us: number): void {
  const tp = sk.tcp!;
  let m = mrtt_us;
  let srtt = tp.srtt_us;
  if (srtt !== 0) {
    m -= srtt >> 3;
    srtt += m;
    if (m < 0) {
      m = -m - (tp.mdev_us >> 2);
      if (m > 0) m >>= 3;
    } else {
      m -= tp.mdev_us >> 2;
    }
    tp.mdev_us += m;
    if (tp.mdev_us > tp.mdev_max_us) {
      tp.mdev_max_us = tp.mdev_us;
      if (tp.mdev_max_us > tp.rttvar_us) tp.rttvar_us = tp.mdev_max_us;
    }
    if (after(tp.snd_una, tp.rtt_seq)) {
      if (tp.mdev_max_us < tp.rttvar_us) tp.rttvar_us -= (tp.rttvar_us - tp.mdev_max_us) >> 2;
      tp.rtt_seq = tp.snd_nxt;
      tp.mdev_max_us = tcp_rto_min_us(sk);
    }
  } else {
    srtt = m << 3;
    tp.mdev_us = m << 1;
    tp.rttvar_us = Math.max(tp.mdev_us, tcp_rto_min_us(sk));
    tp.mdev_max_us = tp.rttvar_us;
    tp.rtt_seq = tp.snd_nxt;
  }
  tp.srtt_us = Math.max(1, srtt);
}

/** A window per round trip, with some room to grow: twice as fast in slow start. */
export function tcp_update_pacing_rate(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  const knobs = cpu.host.knobs;
  let rate = tp.mss_cache * 80_000;
  rate *= tp.snd_cwnd < tp.snd_ssthresh >> 1 ? knobs.sysctl_tcp_pacing_ss_ratio! : knobs.sysctl_tcp_pacing_ca_ratio!;
  rate *= Math.max(tp.snd_cwnd, tp.packets_out);
  if (tp.srtt_us !== 0) rate = Math.floor(rate / tp.srtt_us);
  sk.sk_pacing_rate = Math.min(rate, sk.sk_max_pacing_rate);
}

export function tcp_set_rto(_cpu: Cpu, sk: sock): void {
  sk.icsk!.icsk_rto = __tcp_set_rto(sk.tcp!);
  tcp_bound_rto(sk);
}

/** The least value of the last `win` jiffies: the best of the whole window, and of its later parts to fall back on. */
export function minmax_running_min(_cpu: Cpu, m: { t: number; v: number }[], win: number, t: number, meas: number): void {
  const m0 = m[0]!;
  const m1 = m[1]!;
  const m2 = m[2]!;
  if (meas <= m0.v || t - m2.t > win) {
    for (const s of m) {
      s.t = t;
      s.v = meas;
    }
    return;
  }
  if (meas <= m1.v) {
    m1.t = m2.t = t;
    m1.v = m2.v = meas;
  } else if (meas <= m2.v) {
    m2.t = t;
    m2.v = meas;
  }
  minmaxSubwin(m, win, t, meas);
}

/** As time passes the second and third best move up. @helper */
function minmaxSubwin(m: { t: number; v: number }[], win: number, t: number, meas: number): void {
  const m0 = m[0]!;
  const m1 = m[1]!;
  const m2 = m[2]!;
  const dt = t - m0.t;
  if (dt > win) {
    m0.t = m1.t;
    m0.v = m1.v;
    m1.t = m2.t;
    m1.v = m2.v;
    m2.t = t;
    m2.v = meas;
    if (t - m0.t > win) {
      m0.t = m1.t;
      m0.v = m1.v;
      m1.t = m2.t;
      m1.v = m2.v;
    }
  } else if (m1.t === m0.t && dt > win >> 2) {
    m1.t = m2.t = t;
    m1.v = m2.v = meas;
  } else if (m2.t === m1.t && dt > win >> 1) {
    m2.t = t;
    m2.v = meas;
  }
}

function tcp_update_rtt_min(cpu: Cpu, sk: sock, rtt_us: number, flag: number): void {
  const tp = sk.tcp!;
  const wlen = cpu.host.knobs.sysctl_tcp_min_rtt_wlen! * 250;
  if ((flag & FLAG_ACK_MAYBE_DELAYED) !== 0 && rtt_us > tcp_min_rtt(tp)) return;
  minmax_running_min(cpu, tp.rtt_min, wlen, tcp_jiffies32(cpu), rtt_us || 4000);
}

/** us since the segment whose timestamp is echoed, -1 when that cannot be. */
export function tcp_rtt_tsopt_us(_cpu: Cpu, tp: tcp_sock, min_delta: number): number {
  const delta = (tcp_time_stamp_ts(tp) - tp.rx_opt.rcv_tsecr) >>> 0;
  if (delta >= 2147483) return -1;
  return (delta === 0 ? min_delta : delta) * 1000;
}

/** From the sent segments' own stamps where they were sent once, else from the echoed timestamp. True when there was a sample. */
export function tcp_ack_update_rtt(cpu: Cpu, sk: sock, flag: number, seq_rtt: number, sack_rtt_us: number, ca_rtt: number, rs: rate_sample): boolean {
  const tp = sk.tcp!;
  let seq_rtt_us = seq_rtt < 0 ? sack_rtt_us : seq_rtt;
  let ca_rtt_us = ca_rtt;
  if (seq_rtt_us < 0 && tp.rx_opt.saw_tstamp && tp.rx_opt.rcv_tsecr !== 0 && (flag & FLAG_ACKED) !== 0) {
    seq_rtt_us = tcp_rtt_tsopt_us(cpu, tp, 1);
    ca_rtt_us = seq_rtt_us;
  }
  rs.rtt_us = ca_rtt_us;
  if (seq_rtt_us < 0) return false;
  tcp_update_rtt_min(cpu, sk, ca_rtt_us, flag);
  tcp_rtt_estimator(cpu, sk, seq_rtt_us);
  tcp_set_rto(cpu, sk);
  sk.icsk!.icsk_backoff = 0;
  return true;
}

/** The handshake's round trip, unless the SYN-ACK was sent twice. */
export function tcp_synack_rtt_meas(cpu: Cpu, sk: sock, req: request_sock | null): void {
  let rtt_us = -1;
  if (req !== null && req.num_retrans === 0 && req.snt_synack !== 0) rtt_us = tcp_stamp_us_delta(Math.floor(cpu.now / 1000), req.snt_synack);
  tcp_ack_update_rtt(cpu, sk, FLAG_SYN_ACKED, rtt_us, -1, rtt_us, createRateSample());
}
