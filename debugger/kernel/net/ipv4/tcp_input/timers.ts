/** Which timer an ACK leaves behind (net/ipv4/tcp_input.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sock } from '../../../include/net/sock.ts';
import { ICSK_TIME_LOSS_PROBE, ICSK_TIME_PROBE0, ICSK_TIME_REO_TIMEOUT, ICSK_TIME_RETRANS, after } from '../../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import { tcp_send_head } from '../../../include/net/tcp_inlines/queues.ts';
import { tcp_probe0_when, tcp_rto_delta_us, tcp_rto_max } from '../../../include/net/tcp_inlines/timeouts.ts';
import { tcp_wnd_end } from '../../../include/net/tcp_inlines/window.ts';
import { usecs_to_jiffies } from '../../../kernel/time/timer.ts';
import { inet_csk_clear_xmit_timer, tcp_reset_xmit_timer } from '../inet_connection_sock/timers.ts';
import { tcp_schedule_loss_probe } from '../tcp_output/loss_probe.ts';
import { tcp_clamp_probe0_to_user_timeout } from '../tcp_output/probe.ts';

/** The retransmission timer starts anew, or stops when all is acknowledged. While it is for Fast Open's SYN-ACK it stays. */
export function tcp_rearm_rto(cpu: Cpu, sk: sock): void {
  const icsk = sk.icsk!;
  if (sk.tcp!.tfo.fastopen_rsk !== null) return;
  if (sk.tcp!.packets_out === 0) {
    inet_csk_clear_xmit_timer(cpu, sk, ICSK_TIME_RETRANS);
    return;
  }
  let rto = icsk.icsk_rto;
  if (icsk.icsk_pending === ICSK_TIME_REO_TIMEOUT || icsk.icsk_pending === ICSK_TIME_LOSS_PROBE) rto = usecs_to_jiffies(Math.max(tcp_rto_delta_us(sk), 1));
  tcp_reset_xmit_timer(cpu, sk, ICSK_TIME_RETRANS, rto, true);
}

/** A loss probe first if one is possible, else the RTO. */
export function tcp_set_xmit_timer(cpu: Cpu, sk: sock): void {
  if (sk.tcp!.packets_out === 0 || !tcp_schedule_loss_probe(cpu, sk, true)) tcp_rearm_rto(cpu, sk);
}

/** An ACK while nothing is outstanding: the window may have opened. */
export function tcp_ack_probe(cpu: Cpu, sk: sock): void {
  const icsk = sk.icsk!;
  const head = tcp_send_head(sk);
  if (head === null) return;
  if (!after(TCP_SKB_CB(head).end_seq, tcp_wnd_end(sk.tcp!))) {
    icsk.icsk_backoff = 0;
    icsk.icsk_probes_tstamp = 0;
    inet_csk_clear_xmit_timer(cpu, sk, ICSK_TIME_PROBE0);
    return;
  }
  const when = tcp_clamp_probe0_to_user_timeout(cpu, sk, tcp_probe0_when(sk, tcp_rto_max(sk)));
  tcp_reset_xmit_timer(cpu, sk, ICSK_TIME_PROBE0, when, true);
}
