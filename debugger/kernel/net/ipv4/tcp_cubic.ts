/** CUBIC (RFC 9438) with HyStart (net/ipv4/tcp_cubic.c). */
import type { Cpu } from '../../../machine/types.ts';
import type { sock } from '../../include/net/sock.ts';
import { SK_PACING_NONE, TCP_CA_Loss, after } from '../../include/net/tcp.ts';
import { createBictcp } from '../../include/net/tcp_sock.ts';
import type { bictcp } from '../../include/net/tcp_sock.ts';
import { tcp_jiffies32 } from '../../include/net/tcp_inlines/clock.ts';
import { tcp_in_slow_start, tcp_is_cwnd_limited } from '../../include/net/tcp_inlines/congestion.ts';
import { NET_ADD_STATS, NET_INC_STATS } from '../../include/net/snmp.ts';
import { usecs_to_jiffies } from '../../kernel/time/timer.ts';
import { tcp_cong_avoid_ai, tcp_reno_undo_cwnd, tcp_slow_start } from './tcp_cong.ts';
import type { ack_sample, tcp_congestion_ops } from './tcp_cong.ts';

const BICTCP_BETA_SCALE = 1024;
const BICTCP_HZ = 10;
const HZ = 250;
const BETA = 717;
const BIC_SCALE = 41;
const CUBE_RTT_SCALE = BIC_SCALE * 10;
/** 8 * (1024 + 717) / 3 / (1024 - 717): one TCP-friendly segment for so many eighths. */
const BETA_SCALE = Math.floor(Math.floor((8 * (BICTCP_BETA_SCALE + BETA)) / 3) / (BICTCP_BETA_SCALE - BETA));
/** 2^40 / (c / rtt): what K comes from. */
const CUBE_FACTOR = Math.floor((1024 * 1024 * 1024 * 1024) / CUBE_RTT_SCALE);

const HYSTART_LOW_WINDOW = 16;
const HYSTART_MIN_SAMPLES = 8;
const HYSTART_DELAY_MIN = 4000;
const HYSTART_DELAY_MAX = 16000;
const HYSTART_ACK_DELTA_US = 2000;

/** @helper tcp_congestion_ops */
export const cubictcp: tcp_congestion_ops = {
  name: 'cubic', init: cubictcp_init, ssthresh: cubictcp_recalc_ssthresh, cong_avoid: cubictcp_cong_avoid, set_state: cubictcp_state,
  undo_cwnd: tcp_reno_undo_cwnd, cwnd_event: null, cwnd_event_tx_start: cubictcp_cwnd_event_tx_start, pkts_acked: cubictcp_acked,
};

/** @helper */
function resetBictcp(sk: sock): void {
  sk.icsk!.icsk_ca_priv = createBictcp();
}

function bictcp_hystart_reset(_cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  const ca = sk.icsk!.icsk_ca_priv;
  ca.round_start = tp.tcp_mstamp;
  ca.last_ack = tp.tcp_mstamp;
  ca.end_seq = tp.snd_nxt;
  ca.curr_rtt = -1;
  ca.sample_cnt = 0;
}

export function cubictcp_init(cpu: Cpu, sk: sock): void {
  resetBictcp(sk);
  bictcp_hystart_reset(cpu, sk);
}

/** After a pause the epoch moves on, so that the window does not jump. */
export function cubictcp_cwnd_event_tx_start(cpu: Cpu, sk: sock): void {
  const ca = sk.icsk!.icsk_ca_priv;
  const now = tcp_jiffies32(cpu);
  const delta = now - sk.tcp!.lsndtime;
  if (ca.epoch_start !== 0 && delta > 0) {
    ca.epoch_start += delta;
    if (ca.epoch_start > now) ca.epoch_start = now;
  }
}

/** The integer cube root, by bisection of bits; exact where the kernel's Newton step is. */
export function cubic_root(_cpu: Cpu, a: number): number {
  let low = 0;
  let high = 1 << 20;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (middle * middle * middle <= a) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Sets `cnt`: so many acknowledged segments for one more of window. */
export function bictcp_update(cpu: Cpu, ca: bictcp, cwnd: number, acked: number): void {
  const now = tcp_jiffies32(cpu);
  ca.ack_cnt += acked;
  if (ca.last_cwnd === cwnd && now - ca.last_time <= HZ / 32) return;
  if (!(ca.epoch_start !== 0 && now === ca.last_time)) cubicTarget(cpu, ca, cwnd, acked, now);
  tcpFriendly(ca, cwnd);
  ca.cnt = Math.max(ca.cnt, 2);
}

/** The cubic function: where the window should be a round trip from now. @helper */
function cubicTarget(cpu: Cpu, ca: bictcp, cwnd: number, acked: number, now: number): void {
  ca.last_cwnd = cwnd;
  ca.last_time = now;
  if (ca.epoch_start === 0) {
    ca.epoch_start = now;
    ca.ack_cnt = acked;
    ca.tcp_cwnd = cwnd;
    if (ca.last_max_cwnd <= cwnd) {
      ca.bic_K = 0;
      ca.bic_origin_point = cwnd;
    } else {
      ca.bic_K = cubic_root(cpu, CUBE_FACTOR * (ca.last_max_cwnd - cwnd));
      ca.bic_origin_point = ca.last_max_cwnd;
    }
  }
  const t = Math.floor(((now - ca.epoch_start + usecs_to_jiffies(ca.delay_min)) * (1 << BICTCP_HZ)) / HZ);
  const offs = t < ca.bic_K ? ca.bic_K - t : t - ca.bic_K;
  const delta = cubicDelta(offs);
  const target = t < ca.bic_K ? ca.bic_origin_point - delta : ca.bic_origin_point + delta;
  ca.cnt = target > cwnd ? Math.floor(cwnd / (target - cwnd)) : 100 * cwnd;
  if (ca.last_max_cwnd === 0 && ca.cnt > 20) ca.cnt = 20;
}

/** c * offs^3 in segments; beyond 16 s the last four bits of offs no longer count, so that products stay exact. @helper */
function cubicDelta(offs: number): number {
  if (offs < 1 << 14) return Math.floor((CUBE_RTT_SCALE * offs * offs * offs) / (1024 * 1024 * 1024 * 1024));
  const o = Math.min(offs >> 4, 20000);
  return Math.floor((CUBE_RTT_SCALE * o * o * o) / (1024 * 1024 * 256));
}

/** No slower than Reno would grow. @helper */
function tcpFriendly(ca: bictcp, cwnd: number): void {
  const delta = (cwnd * BETA_SCALE) >> 3;
  while (ca.ack_cnt > delta) {
    ca.ack_cnt -= delta;
    ca.tcp_cwnd++;
  }
  if (ca.tcp_cwnd > cwnd) {
    const max_cnt = Math.floor(cwnd / (ca.tcp_cwnd - cwnd));
    if (ca.cnt > max_cnt) ca.cnt = max_cnt;
  }
}

export function cubictcp_cong_avoid(cpu: Cpu, sk: sock, _ack: number, acked: number): void {
  const tp = sk.tcp!;
  const ca = sk.icsk!.icsk_ca_priv;
  if (!tcp_is_cwnd_limited(tp)) return;
  let left = acked;
  if (tcp_in_slow_start(tp)) {
    left = tcp_slow_start(cpu, tp, acked);
    if (left === 0) return;
  }
  bictcp_update(cpu, ca, tp.snd_cwnd, left);
  tcp_cong_avoid_ai(cpu, tp, ca.cnt, left);
}

/** After a loss: seven tenths of the window. */
export function cubictcp_recalc_ssthresh(_cpu: Cpu, sk: sock): number {
  const tp = sk.tcp!;
  const ca = sk.icsk!.icsk_ca_priv;
  ca.epoch_start = 0;
  if (tp.snd_cwnd < ca.last_max_cwnd) ca.last_max_cwnd = Math.floor((tp.snd_cwnd * (BICTCP_BETA_SCALE + BETA)) / (2 * BICTCP_BETA_SCALE));
  else ca.last_max_cwnd = tp.snd_cwnd;
  return Math.max(Math.floor((tp.snd_cwnd * BETA) / BICTCP_BETA_SCALE), 2);
}

export function cubictcp_state(cpu: Cpu, sk: sock, new_state: number): void {
  if (new_state !== TCP_CA_Loss) return;
  resetBictcp(sk);
  bictcp_hystart_reset(cpu, sk);
}

/** How long an ACK may be delayed by its sender's GSO: no sign of a queue. */
function hystart_ack_delay(_cpu: Cpu, sk: sock): number {
  const rate = sk.sk_pacing_rate;
  if (rate === 0) return 0;
  return Math.min(1000, Math.floor((sk.sk_gso_max_size * 4 * 1_000_000) / rate));
}

function hystart_delay_thresh(t: number): number {
  return Math.min(Math.max(t, HYSTART_DELAY_MIN), HYSTART_DELAY_MAX);
}

/** Ends slow start when the ACKs of a round come too long in a row, or later than those of the rounds before. */
export function hystart_update(cpu: Cpu, sk: sock, delay: number): void {
  const tp = sk.tcp!;
  const ca = sk.icsk!.icsk_ca_priv;
  if (after(tp.snd_una, ca.end_seq)) bictcp_hystart_reset(cpu, sk);
  const now = tp.tcp_mstamp;
  if (now - ca.last_ack <= HYSTART_ACK_DELTA_US) {
    ca.last_ack = now;
    let threshold = ca.delay_min + hystart_ack_delay(cpu, sk);
    if (sk.sk_pacing_status === SK_PACING_NONE) threshold >>= 1;
    if (now - ca.round_start > threshold) hystartFound(cpu, sk, 'Train');
  }
  if (ca.curr_rtt < 0 || ca.curr_rtt > delay) ca.curr_rtt = delay;
  if (ca.sample_cnt < HYSTART_MIN_SAMPLES) ca.sample_cnt++;
  else if (ca.curr_rtt > ca.delay_min + hystart_delay_thresh(ca.delay_min >> 3)) hystartFound(cpu, sk, 'Delay');
}

/** @helper */
function hystartFound(cpu: Cpu, sk: sock, why: 'Train' | 'Delay'): void {
  const tp = sk.tcp!;
  sk.icsk!.icsk_ca_priv.found = true;
  NET_INC_STATS(cpu, why === 'Train' ? 'TCPHystartTrainDetect' : 'TCPHystartDelayDetect');
  NET_ADD_STATS(cpu, why === 'Train' ? 'TCPHystartTrainCwnd' : 'TCPHystartDelayCwnd', tp.snd_cwnd);
  tp.snd_ssthresh = tp.snd_cwnd;
}

export function cubictcp_acked(cpu: Cpu, sk: sock, sample: ack_sample): void {
  const tp = sk.tcp!;
  const ca = sk.icsk!.icsk_ca_priv;
  if (sample.rtt_us < 0) return;
  if (ca.epoch_start !== 0 && tcp_jiffies32(cpu) - ca.epoch_start < HZ) return;
  const delay = Math.max(sample.rtt_us, 1);
  if (ca.delay_min === 0 || ca.delay_min > delay) ca.delay_min = delay;
  if (!ca.found && tcp_in_slow_start(tp) && tp.snd_cwnd >= HYSTART_LOW_WINDOW) hystart_update(cpu, sk, delay);
}
