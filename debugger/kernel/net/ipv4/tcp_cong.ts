/** Congestion control: the table of algorithms, and NewReno (net/ipv4/tcp_cong.c). */
import type { Cpu } from '../../../machine/types.ts';
import type { sock } from '../../include/net/sock.ts';
import { createBictcp } from '../../include/net/tcp_sock.ts';
import type { tcp_sock } from '../../include/net/tcp_sock.ts';
import { tcp_in_slow_start, tcp_is_cwnd_limited } from '../../include/net/tcp_inlines/congestion.ts';
import { ENOENT } from '../../include/uapi/asm-generic/errno.ts';
import { cubictcp } from './tcp_cubic.ts';

/** What an acknowledgement says of the path: struct ack_sample. */
export interface ack_sample { pkts_acked: number; rtt_us: number; in_flight: number }

export interface tcp_congestion_ops {
  name: string;
  init: ((cpu: Cpu, sk: sock) => void) | null;
  ssthresh: (cpu: Cpu, sk: sock) => number;
  cong_avoid: (cpu: Cpu, sk: sock, ack: number, acked: number) => void;
  set_state: ((cpu: Cpu, sk: sock, new_state: number) => void) | null;
  undo_cwnd: (cpu: Cpu, sk: sock) => number;
  cwnd_event: ((cpu: Cpu, sk: sock, event: number) => void) | null;
  cwnd_event_tx_start: ((cpu: Cpu, sk: sock) => void) | null;
  pkts_acked: ((cpu: Cpu, sk: sock, sample: ack_sample) => void) | null;
}

const reno: tcp_congestion_ops = {
  name: 'reno', init: null, ssthresh: tcp_reno_ssthresh, cong_avoid: tcp_reno_cong_avoid, set_state: null, undo_cwnd: tcp_reno_undo_cwnd,
  cwnd_event: null, cwnd_event_tx_start: null, pkts_acked: null,
};

const algorithms: Record<string, tcp_congestion_ops> = { reno, cubic: cubictcp };

/** @helper icsk->icsk_ca_ops */
export function caOps(sk: sock): tcp_congestion_ops {
  return algorithms[sk.icsk!.icsk_ca_ops]!;
}

/** The host's default for a new socket (net.ipv4.tcp_congestion_control). */
export function tcp_assign_congestion_control(cpu: Cpu, sk: sock): void {
  const icsk = sk.icsk!;
  icsk.icsk_ca_ops = cpu.host.sysctl['net.ipv4.tcp_congestion_control']![0] as string;
  icsk.icsk_ca_priv = createBictcp();
}

/** Called when the handshake is done. */
export function tcp_init_congestion_control(cpu: Cpu, sk: sock): void {
  sk.tcp!.prior_ssthresh = 0;
  caOps(sk).init?.(cpu, sk);
  sk.icsk!.icsk_ca_initialized = true;
}

/** TCP_CONGESTION. */
export function tcp_set_congestion_control(cpu: Cpu, sk: sock, name: string): number {
  if (algorithms[name] === undefined) return -ENOENT;
  const icsk = sk.icsk!;
  icsk.icsk_ca_ops = name;
  icsk.icsk_ca_setsockopt = true;
  icsk.icsk_ca_priv = createBictcp();
  if (icsk.icsk_ca_initialized) tcp_init_congestion_control(cpu, sk);
  return 0;
}

export function tcp_cleanup_congestion_control(_cpu: Cpu, sk: sock): void {
  sk.icsk!.icsk_ca_initialized = false;
}

export function tcp_set_ca_state(cpu: Cpu, sk: sock, ca_state: number): void {
  caOps(sk).set_state?.(cpu, sk, ca_state);
  sk.icsk!.icsk_ca_state = ca_state;
}

export function tcp_ca_event(cpu: Cpu, sk: sock, event: number): void {
  caOps(sk).cwnd_event?.(cpu, sk, event);
}

/** The first data after nothing was in flight. */
export function tcp_ca_event_tx_start(cpu: Cpu, sk: sock): void {
  caOps(sk).cwnd_event_tx_start?.(cpu, sk);
}

/** The least that goes in one large skb. */
export function tcp_ca_min_tso_segs(cpu: Cpu, _sk: sock): number {
  return cpu.host.knobs.sysctl_tcp_min_tso_segs!;
}

/** Slow start: one segment more for each acknowledged; answers what of `acked` is left when ssthresh is reached. */
export function tcp_slow_start(_cpu: Cpu, tp: tcp_sock, acked: number): number {
  const cwnd = Math.min(tp.snd_cwnd + acked, tp.snd_ssthresh);
  const left = acked - (cwnd - tp.snd_cwnd);
  tp.snd_cwnd = Math.min(cwnd, tp.snd_cwnd_clamp);
  return left;
}

/** One segment more for each `w` acknowledged. */
export function tcp_cong_avoid_ai(_cpu: Cpu, tp: tcp_sock, w: number, acked: number): void {
  if (tp.snd_cwnd_cnt >= w) {
    tp.snd_cwnd_cnt = 0;
    tp.snd_cwnd++;
  }
  tp.snd_cwnd_cnt += acked;
  if (tp.snd_cwnd_cnt >= w) {
    const delta = Math.floor(tp.snd_cwnd_cnt / w);
    tp.snd_cwnd_cnt -= delta * w;
    tp.snd_cwnd += delta;
  }
  tp.snd_cwnd = Math.min(tp.snd_cwnd, tp.snd_cwnd_clamp);
}

/** RFC 5681: slow start below ssthresh, then one segment a round trip. */
export function tcp_reno_cong_avoid(cpu: Cpu, sk: sock, _ack: number, acked: number): void {
  const tp = sk.tcp!;
  if (!tcp_is_cwnd_limited(tp)) return;
  let left = acked;
  if (tcp_in_slow_start(tp)) {
    left = tcp_slow_start(cpu, tp, acked);
    if (left === 0) return;
  }
  tcp_cong_avoid_ai(cpu, tp, tp.snd_cwnd, left);
}

export function tcp_reno_ssthresh(_cpu: Cpu, sk: sock): number {
  return Math.max(sk.tcp!.snd_cwnd >> 1, 2);
}

export function tcp_reno_undo_cwnd(_cpu: Cpu, sk: sock): number {
  return Math.max(sk.tcp!.snd_cwnd, sk.tcp!.prior_cwnd);
}
