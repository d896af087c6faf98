/** TCP's timers (net/ipv4/tcp_timer.c), and the tables by which the wheel and the hrtimers find them. */
import type { Cpu } from '../../../machine/types.ts';
import type { hrtimer, timer_list } from '../../include/linux/timer.ts';
import { TCP_FIN_WAIT2, TCP_LISTEN } from '../../include/net/sock.ts';
import type { sock } from '../../include/net/sock.ts';
import {
  ICSK_ACK_TIMER, ICSK_TIME_LOSS_PROBE, ICSK_TIME_PROBE0, ICSK_TIME_REO_TIMEOUT, ICSK_TIME_RETRANS, TCPF_CLOSE, TCPF_DELACK_TIMER_DEFERRED, TCPF_LISTEN, TCPF_SYN_SENT,
  TCPF_WRITE_TIMER_DEFERRED, TCP_ATO_MIN, TCP_RESOURCE_PROBE_INTERVAL, TCP_TIMEWAIT_LEN,
} from '../../include/net/tcp.ts';
import { inet_csk_ack_scheduled, inet_csk_exit_pingpong_mode, inet_csk_in_pingpong_mode } from '../../include/net/inet_connection_sock.ts';
import { tcp_write_queue_empty } from '../../include/net/tcp_inlines/queues.ts';
import {
  keepalive_intvl_when, keepalive_probes, keepalive_time_elapsed, keepalive_time_when, tcp_fin_time,
} from '../../include/net/tcp_inlines/timeouts.ts';
import { NET_INC_STATS } from '../../include/net/snmp.ts';
import { HRTIMER_SOFTIRQ, __raise_softirq_irqoff } from '../../kernel/softirq.ts';
import { hrtimer_setup } from '../../kernel/time/hrtimer.ts';
import { jiffies, msecs_to_jiffies } from '../../kernel/time/timer.ts';
import { bh_lock_sock, bh_unlock_sock, sk_reset_timer, sk_stop_timer, sock_hold, sock_owned_by_user, sock_put } from '../core/sock.ts';
import { reqsk_timer_handler } from './inet_connection_sock/request.ts';
import { inet_csk_init_xmit_timers } from './inet_connection_sock/timers.ts';
import { tw_timer_handler } from './inet_timewait_sock.ts';
import { tcp_done } from './tcp/state.ts';
import { tcp_sack_compress_send_ack } from './tcp_input/selective_acks.ts';
import { tcp_time_wait } from './tcp_minisocks.ts';
import { tcp_send_ack } from './tcp_output/ack.ts';
import { tcp_mstamp_refresh } from './tcp_output/clock.ts';
import { tcp_send_active_reset } from './tcp_output/fin.ts';
import { tcp_send_loss_probe } from './tcp_output/loss_probe.ts';
import { tcp_write_wakeup } from './tcp_output/probe.ts';
import { tcp_pace_kick } from './tcp_output/tsq.ts';
import { tcp_rack_reo_timeout } from './tcp_recovery.ts';
import { tcp_probe_timer, tcp_retransmit_timer, tcp_write_err } from './tcp_timer/retransmit.ts';

export { tcp_probe_timer, tcp_retransmit_timer, tcp_write_err } from './tcp_timer/retransmit.ts';

/** Functions of timers on the wheel, by name. */
export const tcp_timer_functions: Record<string, (cpu: Cpu, timer: timer_list) => void> = {
  tcp_write_timer, tcp_delack_timer, tcp_keepalive_timer, reqsk_timer_handler, tw_timer_handler,
};

/** Soft hrtimers, by name: the interrupt leaves them to HRTIMER softirq. */
export const tcp_soft_hrtimers: Record<string, (cpu: Cpu, timer: hrtimer) => void> = { tcp_pace_kick, tcp_compressed_ack_kick };

/** What the interrupt does with them. */
export const tcp_hrtimer_functions: Record<string, (cpu: Cpu, timer: hrtimer) => number> = { tcp_pace_kick: deferSoft, tcp_compressed_ack_kick: deferSoft };

/** @helper HRTIMER_MODE_SOFT */
function deferSoft(cpu: Cpu, timer: hrtimer): number {
  cpu.soft_hrtimers.push(timer);
  __raise_softirq_irqoff(cpu, HRTIMER_SOFTIRQ);
  return -1;
}

export function tcp_init_xmit_timers(cpu: Cpu, sk: sock): void {
  inet_csk_init_xmit_timers(cpu, sk);
  sk.tcp!.pacing_timer = hrtimer_setup('tcp_pace_kick', sk);
  sk.tcp!.compressed_ack_timer = hrtimer_setup('tcp_compressed_ack_kick', sk);
}

/** The timer of retransmission, probes and reordering has fired. */
export function tcp_write_timer(cpu: Cpu, timer: timer_list): void {
  const sk = timer.data as sock;
  if (sk.icsk!.icsk_pending !== 0) {
    bh_lock_sock(cpu, sk);
    if (!sock_owned_by_user(sk)) {
      tcp_write_timer_handler(cpu, sk);
    } else if ((sk.sk_tsq_flags & TCPF_WRITE_TIMER_DEFERRED) === 0) {
      sk.sk_tsq_flags |= TCPF_WRITE_TIMER_DEFERRED;
      sock_hold(sk);
    }
    bh_unlock_sock(cpu, sk);
  }
  sock_put(cpu, sk);
}

export function tcp_write_timer_handler(cpu: Cpu, sk: sock): void {
  const icsk = sk.icsk!;
  if (((1 << sk.sk_state) & (TCPF_CLOSE | TCPF_LISTEN)) !== 0 || icsk.icsk_pending === 0) return;
  if (icsk.icsk_timeout > jiffies(cpu)) {
    sk_reset_timer(cpu, sk, icsk.icsk_retransmit_timer, icsk.icsk_timeout);
    return;
  }
  tcp_mstamp_refresh(cpu, sk.tcp!);
  switch (icsk.icsk_pending) {
    case ICSK_TIME_REO_TIMEOUT:
      tcp_rack_reo_timeout(cpu, sk);
      break;
    case ICSK_TIME_LOSS_PROBE:
      tcp_send_loss_probe(cpu, sk);
      break;
    case ICSK_TIME_RETRANS:
      icsk.icsk_pending = 0;
      tcp_retransmit_timer(cpu, sk);
      break;
    case ICSK_TIME_PROBE0:
      icsk.icsk_pending = 0;
      tcp_probe_timer(cpu, sk);
      break;
    default:
      break;
  }
}

/** The time of a delayed ACK is up. */
export function tcp_delack_timer(cpu: Cpu, timer: timer_list): void {
  const sk = timer.data as sock;
  if ((sk.icsk!.icsk_ack.pending & ICSK_ACK_TIMER) !== 0 || sk.tcp!.compressed_ack !== 0) {
    bh_lock_sock(cpu, sk);
    if (!sock_owned_by_user(sk)) {
      tcp_delack_timer_handler(cpu, sk);
    } else {
      NET_INC_STATS(cpu, 'DelayedACKLocked');
      deferDelack(sk);
    }
    bh_unlock_sock(cpu, sk);
  }
  sock_put(cpu, sk);
}

/** When the socket is released. @helper */
function deferDelack(sk: sock): void {
  if ((sk.sk_tsq_flags & TCPF_DELACK_TIMER_DEFERRED) !== 0) return;
  sk.sk_tsq_flags |= TCPF_DELACK_TIMER_DEFERRED;
  sock_hold(sk);
}

export function tcp_delack_timer_handler(cpu: Cpu, sk: sock): void {
  const icsk = sk.icsk!;
  const ack = icsk.icsk_ack;
  if (((1 << sk.sk_state) & (TCPF_CLOSE | TCPF_LISTEN)) !== 0) return;
  if (sk.tcp!.compressed_ack !== 0) {
    tcp_mstamp_refresh(cpu, sk.tcp!);
    tcp_sack_compress_send_ack(cpu, sk);
    return;
  }
  if ((ack.pending & ICSK_ACK_TIMER) === 0) return;
  if (ack.timeout > jiffies(cpu)) {
    sk_reset_timer(cpu, sk, icsk.icsk_delack_timer, ack.timeout);
    return;
  }
  ack.pending &= ~ICSK_ACK_TIMER;
  if (!inet_csk_ack_scheduled(icsk)) return;
  if (inet_csk_in_pingpong_mode(sk)) {
    inet_csk_exit_pingpong_mode(sk);
    ack.ato = TCP_ATO_MIN;
  } else {
    ack.ato = Math.min(ack.ato << 1, icsk.icsk_rto);
  }
  tcp_mstamp_refresh(cpu, sk.tcp!);
  tcp_send_ack(cpu, sk);
  NET_INC_STATS(cpu, 'DelayedACKs');
}

/** The wait for more segments out of order is over: one ACK for all. */
export function tcp_compressed_ack_kick(cpu: Cpu, timer: hrtimer): void {
  const sk = timer.data as sock;
  const tp = sk.tcp!;
  bh_lock_sock(cpu, sk);
  if (sock_owned_by_user(sk)) {
    deferDelack(sk);
  } else if (tp.compressed_ack !== 0) {
    tp.compressed_ack--;
    tcp_mstamp_refresh(cpu, tp);
    tcp_send_ack(cpu, sk);
  }
  bh_unlock_sock(cpu, sk);
  sock_put(cpu, sk);
}

/** In `len` jiffies tcp_keepalive_timer() looks after the connection. */
export function tcp_reset_keepalive_timer(cpu: Cpu, sk: sock, len: number): void {
  sk_reset_timer(cpu, sk, sk.icsk!.icsk_keepalive_timer, jiffies(cpu) + len);
}

/** SO_KEEPALIVE. */
export function tcp_set_keepalive(cpu: Cpu, sk: sock, on: boolean): void {
  if (((1 << sk.sk_state) & (TCPF_CLOSE | TCPF_LISTEN)) !== 0) return;
  if (on && !sk.sk_keepopen) tcp_reset_keepalive_timer(cpu, sk, keepalive_time_when(sk.tcp!, sk));
  else if (!on) sk_stop_timer(cpu, sk, sk.icsk!.icsk_keepalive_timer);
}

/** Keepalive, and the end of an orphan in FIN-WAIT-2. */
export function tcp_keepalive_timer(cpu: Cpu, timer: timer_list): void {
  const sk = timer.data as sock;
  bh_lock_sock(cpu, sk);
  if (sock_owned_by_user(sk)) tcp_reset_keepalive_timer(cpu, sk, 12);
  else if (sk.sk_state !== TCP_LISTEN) keepalive(cpu, sk);
  bh_unlock_sock(cpu, sk);
  sock_put(cpu, sk);
}

/** @helper */
function keepalive(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  tcp_mstamp_refresh(cpu, tp);
  if (sk.sk_state === TCP_FIN_WAIT2 && sk.sk_dead) {
    const tmo = tcp_fin_time(sk) - TCP_TIMEWAIT_LEN;
    if (tp.linger2 >= 0 && tmo > 0) {
      tcp_time_wait(cpu, sk, TCP_FIN_WAIT2, tmo);
      return;
    }
    tcp_send_active_reset(cpu, sk);
    tcp_done(cpu, sk);
    return;
  }
  if (!sk.sk_keepopen || ((1 << sk.sk_state) & (TCPF_CLOSE | TCPF_SYN_SENT)) !== 0) return;
  if (tp.packets_out !== 0 || !tcp_write_queue_empty(sk)) tcp_reset_keepalive_timer(cpu, sk, keepalive_time_when(tp, sk));
  else probeKeepalive(cpu, sk);
}

/** Nothing is outstanding: is the peer alive? @helper */
function probeKeepalive(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  const icsk = sk.icsk!;
  let elapsed = keepalive_time_elapsed(cpu, sk);
  if (elapsed < keepalive_time_when(tp, sk)) {
    tcp_reset_keepalive_timer(cpu, sk, keepalive_time_when(tp, sk) - elapsed);
    return;
  }
  const user_timeout = icsk.icsk_user_timeout;
  const dead = user_timeout !== 0 ? elapsed >= msecs_to_jiffies(user_timeout) && icsk.icsk_probes_out > 0 : icsk.icsk_probes_out >= keepalive_probes(tp, sk);
  if (dead) {
    tcp_send_active_reset(cpu, sk);
    tcp_write_err(cpu, sk);
    return;
  }
  if (tcp_write_wakeup(cpu, sk, 'TCPKeepAlive') <= 0) {
    icsk.icsk_probes_out++;
    elapsed = keepalive_intvl_when(tp, sk);
  } else {
    elapsed = TCP_RESOURCE_PROBE_INTERVAL;
  }
  tcp_reset_keepalive_timer(cpu, sk, elapsed);
}
