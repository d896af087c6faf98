/** FIN and RST of the peer (net/ipv4/tcp_input.c). */
import type { Cpu } from '../../../../machine/types.ts';
import {
  RCV_SHUTDOWN, TCP_CLOSE, TCP_CLOSE_WAIT, TCP_CLOSING, TCP_ESTABLISHED, TCP_FIN_WAIT1, TCP_FIN_WAIT2, TCP_SYN_RECV, TCP_SYN_SENT, TCP_TIME_WAIT,
} from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { tcp_is_sack } from '../../../include/net/tcp_inlines/congestion.ts';
import { inet_csk_enter_pingpong_mode, inet_csk_schedule_ack } from '../../../include/net/inet_connection_sock.ts';
import { ECONNREFUSED, ECONNRESET, EPIPE } from '../../../include/uapi/asm-generic/errno.ts';
import { skStateChange, sk_error_report } from '../../core/sock.ts';
import { tcp_write_queue_purge } from '../tcp/queues.ts';
import { tcp_done, tcp_set_state } from '../tcp/state.ts';
import { tcp_time_wait } from '../tcp_minisocks.ts';
import { tcp_send_ack } from '../tcp_output/ack.ts';
import { skb_rbtree_purge } from './ofo.ts';
import { tcp_sack_reset } from './options.ts';

/** The connection ends with an error that the user will see. */
export function tcp_done_with_error(cpu: Cpu, sk: sock, err: number): void {
  sk.sk_err = err;
  tcp_write_queue_purge(cpu, sk);
  tcp_done(cpu, sk);
  if (!sk.sk_dead) sk_error_report(cpu, sk);
}

export function tcp_reset(cpu: Cpu, sk: sock): void {
  let err = ECONNRESET;
  switch (sk.sk_state) {
    case TCP_SYN_SENT:
      err = ECONNREFUSED;
      break;
    case TCP_CLOSE_WAIT:
      err = EPIPE;
      break;
    case TCP_CLOSE:
      return;
    default:
      break;
  }
  tcp_done_with_error(cpu, sk, err);
}

/** The peer sends no more, and all that it sent is here. */
export function tcp_fin(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  inet_csk_schedule_ack(sk.icsk!);
  sk.sk_shutdown |= RCV_SHUTDOWN;
  sk.sk_done = true;
  switch (sk.sk_state) {
    case TCP_SYN_RECV:
    case TCP_ESTABLISHED:
      tcp_set_state(cpu, sk, TCP_CLOSE_WAIT);
      inet_csk_enter_pingpong_mode(sk);
      break;
    case TCP_FIN_WAIT1:
      tcp_send_ack(cpu, sk);
      tcp_set_state(cpu, sk, TCP_CLOSING);
      break;
    case TCP_FIN_WAIT2:
      tcp_send_ack(cpu, sk);
      tcp_time_wait(cpu, sk, TCP_TIME_WAIT, 0);
      break;
    default:
      break;
  }
  skb_rbtree_purge(cpu, tp);
  if (tcp_is_sack(tp)) tcp_sack_reset(cpu, tp.rx_opt);
  if (!sk.sk_dead) skStateChange(cpu, sk);
}
