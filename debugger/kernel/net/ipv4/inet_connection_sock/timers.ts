/** The timers of a connection (net/ipv4/inet_connection_sock.c, include/net/inet_connection_sock.h, tcp.h). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sock } from '../../../include/net/sock.ts';
import { ICSK_ACK_TIMER, ICSK_TIME_DACK, ICSK_TIME_PROBE0, ICSK_TIME_RETRANS } from '../../../include/net/tcp.ts';
import { tcp_probe0_base, tcp_rto_max } from '../../../include/net/tcp_inlines/timeouts.ts';
import { jiffies, timer_setup } from '../../../kernel/time/timer.ts';
import { sk_reset_timer, sk_stop_timer } from '../../core/sock.ts';

export function inet_csk_init_xmit_timers(_cpu: Cpu, sk: sock): void {
  const icsk = sk.icsk!;
  icsk.icsk_retransmit_timer = timer_setup('tcp_write_timer', sk);
  icsk.icsk_delack_timer = timer_setup('tcp_delack_timer', sk);
  icsk.icsk_keepalive_timer = timer_setup('tcp_keepalive_timer', sk);
  icsk.icsk_pending = 0;
  icsk.icsk_ack.pending = 0;
}

/** The purpose is gone; the timer itself may fire once for nothing, which costs less than to disarm it each time. */
export function inet_csk_clear_xmit_timer(_cpu: Cpu, sk: sock, what: number): void {
  const icsk = sk.icsk!;
  if (what === ICSK_TIME_RETRANS || what === ICSK_TIME_PROBE0) {
    icsk.icsk_pending = 0;
  } else if (what === ICSK_TIME_DACK) {
    icsk.icsk_ack.pending = 0;
    icsk.icsk_ack.retry = 0;
  }
}

export function inet_csk_clear_xmit_timers(cpu: Cpu, sk: sock): void {
  const icsk = sk.icsk!;
  icsk.icsk_pending = 0;
  icsk.icsk_ack.pending = 0;
  sk_stop_timer(cpu, sk, icsk.icsk_retransmit_timer);
  sk_stop_timer(cpu, sk, icsk.icsk_delack_timer);
  sk_stop_timer(cpu, sk, icsk.icsk_keepalive_timer);
}

/** One timer serves retransmission, loss probe, window probe and reordering: the last that is armed takes it. */
export function inet_csk_reset_xmit_timer(cpu: Cpu, sk: sock, what: number, when: number, max_when: number): void {
  const icsk = sk.icsk!;
  const expires = jiffies(cpu) + Math.min(when, max_when);
  if (what === ICSK_TIME_DACK) {
    icsk.icsk_ack.pending |= ICSK_ACK_TIMER;
    icsk.icsk_ack.timeout = expires;
    sk_reset_timer(cpu, sk, icsk.icsk_delack_timer, expires);
    return;
  }
  icsk.icsk_pending = what;
  icsk.icsk_timeout = expires;
  sk_reset_timer(cpu, sk, icsk.icsk_retransmit_timer, expires);
}

/** Jiffies until pacing lets the next segment go. */
function tcp_pacing_delay(_cpu: Cpu, sk: sock): number {
  const delay = sk.tcp!.tcp_wstamp_ns - sk.tcp!.tcp_clock_cache;
  return delay > 0 ? Math.floor(delay / 4_000_000) : 0;
}

export function tcp_reset_xmit_timer(cpu: Cpu, sk: sock, what: number, when: number, pace_delay: boolean): void {
  inet_csk_reset_xmit_timer(cpu, sk, what, pace_delay ? when + tcp_pacing_delay(cpu, sk) : when, tcp_rto_max(sk));
}

/** Nothing is in flight and no timer runs: data that the window holds back need the window probe. */
export function tcp_check_probe_timer(cpu: Cpu, sk: sock): void {
  if (sk.tcp!.packets_out === 0 && sk.icsk!.icsk_pending === 0) tcp_reset_xmit_timer(cpu, sk, ICSK_TIME_PROBE0, tcp_probe0_base(sk), true);
}
