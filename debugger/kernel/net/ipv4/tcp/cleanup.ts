/** After a read: an ACK that is due, or a window that has opened (net/ipv4/tcp.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { RCV_SHUTDOWN } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { ICSK_ACK_PUSHED, ICSK_ACK_PUSHED2 } from '../../../include/net/tcp.ts';
import { inet_csk_ack_scheduled, inet_csk_in_pingpong_mode } from '../../../include/net/inet_connection_sock.ts';
import { tcp_receive_window } from '../../../include/net/tcp_inlines/window.ts';
import { skb_attempt_defer_free } from '../../core/skbuff/defer.ts';
import { __kfree_skb } from '../../core/skbuff/free.ts';
import { sock_rfree } from '../../core/sock.ts';
import { tcp_send_ack } from '../tcp_output/ack.ts';
import { tcp_mstamp_refresh } from '../tcp_output/clock.ts';
import { __tcp_select_window } from '../tcp_output/window.ts';

export function tcp_cleanup_rbuf(cpu: Cpu, sk: sock, copied: number): void {
  __tcp_cleanup_rbuf(cpu, sk, copied);
}

export function __tcp_cleanup_rbuf(cpu: Cpu, sk: sock, copied: number): void {
  const tp = sk.tcp!;
  const icsk = sk.icsk!;
  let time_to_ack = false;
  if (inet_csk_ack_scheduled(icsk)) {
    const pending = icsk.icsk_ack.pending;
    const small = (pending & ICSK_ACK_PUSHED2) !== 0 || ((pending & ICSK_ACK_PUSHED) !== 0 && !inet_csk_in_pingpong_mode(sk));
    time_to_ack = (tp.rcv_nxt - tp.rcv_wup) >>> 0 > icsk.icsk_ack.rcv_mss || (copied > 0 && small && sk.sk_rmem_alloc === 0);
  }
  if (copied > 0 && !time_to_ack && (sk.sk_shutdown & RCV_SHUTDOWN) === 0) {
    const rcv_window_now = tcp_receive_window(tp);
    if (2 * rcv_window_now <= tp.window_clamp) {
      const new_window = __tcp_select_window(cpu, sk);
      time_to_ack = new_window !== 0 && new_window >= 2 * rcv_window_now;
    }
  }
  if (time_to_ack) {
    tcp_mstamp_refresh(cpu, tp);
    tcp_send_ack(cpu, sk);
  }
}

/** The first skb of the receive queue has been read. */
export function tcp_eat_recv_skb(cpu: Cpu, sk: sock, skb: sk_buff): void {
  const queue = sk.sk_receive_queue;
  if (queue[0] === skb) queue.shift();
  else queue.splice(queue.indexOf(skb), 1);
  if (skb.destructor === 'sock_rfree') {
    sock_rfree(cpu, skb);
    skb.destructor = null;
    skb.sk = null;
    skb_attempt_defer_free(cpu, skb);
    return;
  }
  __kfree_skb(cpu, skb);
}
