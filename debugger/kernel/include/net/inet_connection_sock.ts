/** ACK scheduling, pingpong mode and the accept queue of a connection (include/net/inet_connection_sock.h). */
import type { Cpu } from '../../../machine/types.ts';
import type { sock } from './sock.ts';
import { ICSK_ACK_SCHED } from './tcp.ts';
import type { inet_connection_sock } from './tcp_sock.ts';

/** Exponential back-off, bounded. @helper */
export function inet_csk_rto_backoff(icsk: inet_connection_sock, max_when: number): number {
  return Math.min(icsk.icsk_rto * (1 << Math.min(icsk.icsk_backoff, 30)), max_when);
}

/** @helper */
export function inet_csk_schedule_ack(icsk: inet_connection_sock): void {
  icsk.icsk_ack.pending |= ICSK_ACK_SCHED;
}

/** @helper */
export function inet_csk_ack_scheduled(icsk: inet_connection_sock): boolean {
  return (icsk.icsk_ack.pending & ICSK_ACK_SCHED) !== 0;
}

/** @helper */
export function inet_csk_enter_pingpong_mode(sk: sock): void {
  sk.icsk!.icsk_ack.pingpong = sk.host.knobs.sysctl_tcp_pingpong_thresh!;
}

/** @helper */
export function inet_csk_exit_pingpong_mode(sk: sock): void {
  sk.icsk!.icsk_ack.pingpong = 0;
}

/** @helper */
export function inet_csk_in_pingpong_mode(sk: sock): boolean {
  return sk.icsk!.icsk_ack.pingpong >= sk.host.knobs.sysctl_tcp_pingpong_thresh!;
}

/** @helper */
export function inet_csk_inc_pingpong_cnt(sk: sock): void {
  if (sk.icsk!.icsk_ack.pingpong < 255) sk.icsk!.icsk_ack.pingpong++;
}

/** @helper */
export function inet_csk_reqsk_queue_len(sk: sock): number {
  return sk.icsk!.icsk_accept_queue.qlen;
}

/** @helper */
export function inet_csk_reqsk_queue_is_full(sk: sock): boolean {
  return inet_csk_reqsk_queue_len(sk) > sk.sk_max_ack_backlog;
}

/** Most Fast Open handshakes that a listener has under way at once: no more than net.core.somaxconn. @helper */
export function fastopen_queue_tune(cpu: Cpu, sk: sock, backlog: number): void {
  sk.icsk!.icsk_accept_queue.fastopenq.max_qlen = Math.min(backlog, cpu.host.knobs.sysctl_somaxconn!);
}

/** @helper */
export function sk_acceptq_is_full(sk: sock): boolean {
  return sk.sk_ack_backlog > sk.sk_max_ack_backlog;
}
