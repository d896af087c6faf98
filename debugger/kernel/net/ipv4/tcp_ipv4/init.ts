/** Birth and end of a TCP socket (net/ipv4/tcp_ipv4.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { SKB_GSO_TCPV4 } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import { hrtimer_cancel } from '../../../kernel/time/hrtimer.ts';
import { __sock_put, inet_sock_destruct } from '../../core/sock.ts';
import { inet_csk_clear_xmit_timers } from '../inet_connection_sock/timers.ts';
import { inet_put_port } from '../inet_connection_sock/port.ts';
import { tcp_cleanup_congestion_control } from '../tcp_cong.ts';
import { tcp_init_sock } from '../tcp/init.ts';
import { tcp_write_queue_purge } from '../tcp/queues.ts';
import { tcp_fastopen_active_disable_ofo_check, tcp_free_fastopen_req } from '../tcp_fastopen.ts';
import { skb_rbtree_purge } from '../tcp_input/ofo.ts';

export function tcp4_destruct_sock(cpu: Cpu, sk: sock): void {
  inet_sock_destruct(cpu, sk);
}

export function tcp_v4_init_sock(cpu: Cpu, sk: sock): number {
  tcp_init_sock(cpu, sk);
  sk.sk_destruct = 'tcp4_destruct_sock';
  sk.sk_gso_type = SKB_GSO_TCPV4;
  return 0;
}

export function tcp_clear_xmit_timers(cpu: Cpu, sk: sock): void {
  const tp = sk.tcp!;
  if (hrtimer_cancel(cpu, tp.pacing_timer)) __sock_put(sk);
  if (hrtimer_cancel(cpu, tp.compressed_ack_timer)) __sock_put(sk);
  inet_csk_clear_xmit_timers(cpu, sk);
}

/** Timers, queues and port go; the struct stays as long as somebody refers to it. */
export function tcp_v4_destroy_sock(cpu: Cpu, sk: sock): void {
  tcp_clear_xmit_timers(cpu, sk);
  tcp_cleanup_congestion_control(cpu, sk);
  tcp_write_queue_purge(cpu, sk);
  tcp_fastopen_active_disable_ofo_check(cpu, sk);
  skb_rbtree_purge(cpu, sk.tcp!);
  if (sk.icsk!.icsk_bind_hash !== null) inet_put_port(cpu, sk);
  tcp_free_fastopen_req(cpu, sk);
  cpu.host.tcp_sockets_allocated--;
}
