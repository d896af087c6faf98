/** Listeners: listen(), accept(), and their end (net/ipv4/inet_connection_sock.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { TASK_INTERRUPTIBLE } from '../../../include/linux/sched.ts';
import { EPOLLIN, EPOLLRDNORM } from '../../../include/linux/poll.ts';
import { TCP_CLOSE, TCP_LISTEN } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import type { inet_connection_sock, request_sock } from '../../../include/net/tcp_sock.ts';
import { EADDRINUSE, EAGAIN, EINVAL } from '../../../include/uapi/asm-generic/errno.ts';
import { finish_wait, init_wait, prepare_to_wait_exclusive } from '../../../kernel/sched/wait.ts';
import { schedule_timeout } from '../../../kernel/time/sleep_timeout.ts';
import { lock_sock_nested, release_sock, sock_hold, sock_orphan, sock_put, sock_rcvtimeo } from '../../core/sock.ts';
import { waitFor } from '../../core/wait_reason.ts';
import { sk_stream_kill_queues } from '../../core/stream.ts';
import { inet_hash } from '../inet_hashtables.ts';
import { tcp_disconnect } from '../tcp/disconnect.ts';
import { inet_sk_set_state, inet_sk_state_store } from '../tcp/state.ts';
import { tcp_v4_destroy_sock } from '../tcp_ipv4/init.ts';
import { inet_csk_get_port } from './port.ts';
import { reqsk_free } from './request.ts';

/** A TCP socket becomes a listener. */
export function inet_csk_listen_start(cpu: Cpu, sk: sock): number {
  const icsk = sk.icsk!;
  if (!inet_ulp_can_listen(cpu, sk)) return -EINVAL;
  const queue = icsk.icsk_accept_queue;
  queue.rskq_accept = [];
  queue.fastopenq.rskq_rst_head = [];
  queue.fastopenq.qlen = 0;
  queue.qlen = 0;
  queue.young = 0;
  sk.sk_ack_backlog = 0;
  inet_csk_delack_init(cpu, icsk);
  inet_sk_state_store(cpu, sk, TCP_LISTEN);
  if (!inet_csk_get_port(cpu, sk, sk.inet.inet_num)) {
    sk.inet.inet_sport = sk.inet.inet_num;
    sk.sk_dst_cache = null;
    if (inet_hash(cpu, sk) === 0) return 0;
  }
  inet_sk_set_state(cpu, sk, TCP_CLOSE);
  return -EADDRINUSE;
}

/** No upper layer protocol (kTLS) stands in the way. */
function inet_ulp_can_listen(_cpu: Cpu, _sk: sock): boolean {
  return true;
}

function inet_csk_delack_init(_cpu: Cpu, icsk: inet_connection_sock): void {
  icsk.icsk_ack = { pending: 0, quick: 0, pingpong: 0, retry: 0, ato: 0, timeout: 0, lrcvtime: 0, last_seg_size: 0, rcv_mss: 0, dst_quick_ack: false };
}

/** Sleeps until a connection is there, up to `timeo` jiffies; 0 or a negative errno. One task is woken for one connection. */
export function* inet_csk_wait_for_connect(cpu: Cpu, sk: sock, timeo: number): Resumable<number> {
  const wait = init_wait(cpu, 'autoremove_wake_function');
  const queue = sk.icsk!.icsk_accept_queue;
  let left = timeo;
  let err = 0;
  for (;;) {
    prepare_to_wait_exclusive(cpu, sk.sk_wq, wait, TASK_INTERRUPTIBLE);
    yield* release_sock(cpu, sk);
    if (queue.rskq_accept.length === 0) {
      waitFor(cpu, 'a connection to accept', left);
      left = yield* schedule_timeout(cpu, left);
      cpu.current.wait = null;
    }
    yield* lock_sock_nested(cpu, sk);
    err = 0;
    if (queue.rskq_accept.length > 0) break;
    err = -EINVAL;
    if (sk.sk_state !== TCP_LISTEN) break;
    err = -EAGAIN;
    if (left === 0) break;
  }
  finish_wait(cpu, sk.sk_wq, wait);
  return err;
}

/** The first connection that waits, or a negative errno. */
export function* inet_csk_accept(cpu: Cpu, sk: sock, noblock: boolean): Resumable<sock | number> {
  const queue = sk.icsk!.icsk_accept_queue;
  let error = 0;
  yield* lock_sock_nested(cpu, sk);
  if (sk.sk_state !== TCP_LISTEN) error = -EINVAL;
  if (error === 0 && queue.rskq_accept.length === 0) {
    const timeo = sock_rcvtimeo(sk, noblock);
    error = -EAGAIN;
    if (timeo !== 0) error = yield* inet_csk_wait_for_connect(cpu, sk, timeo);
  }
  let newsk: sock | null = null;
  if (error === 0) newsk = reqsk_queue_remove(cpu, sk);
  yield* release_sock(cpu, sk);
  return newsk ?? error;
}

/** Takes the oldest connection off the accept queue. One of Fast Open may still need its request, for the end of the handshake. */
function reqsk_queue_remove(cpu: Cpu, sk: sock): sock {
  const req = sk.icsk!.icsk_accept_queue.rskq_accept.shift()!;
  const newsk = req.sk!;
  sk.sk_ack_backlog--;
  if (req.tfo_listener) req.sk = null;
  else reqsk_free(cpu, req);
  return newsk;
}

/** A connection that nobody will accept any more. */
export function inet_child_forget(cpu: Cpu, _sk: sock, req: request_sock, child: sock): void {
  tcp_disconnect(cpu, child, 0);
  sock_orphan(cpu, child);
  cpu.host.tcp_tables.orphan_count++;
  if (req.tfo_listener) child.tcp!.tfo.fastopen_rsk = null;
  inet_csk_destroy_sock(cpu, child);
}

/** The listener closes: so do all that it had not handed over. */
export function inet_csk_listen_stop(cpu: Cpu, sk: sock): void {
  const queue = sk.icsk!.icsk_accept_queue;
  while (queue.rskq_accept.length > 0) {
    const req = queue.rskq_accept.shift()!;
    const child = req.sk!;
    sk.sk_ack_backlog--;
    sock_hold(child);
    inet_child_forget(cpu, sk, req, child);
    reqsk_free(cpu, req);
    sock_put(cpu, child);
  }
  const rst = queue.fastopenq.rskq_rst_head;
  while (rst.length > 0) reqsk_free(cpu, rst.shift()!);
}

/** The connection is over and nobody holds its socket: what belongs to it goes. */
export function inet_csk_destroy_sock(cpu: Cpu, sk: sock): void {
  tcp_v4_destroy_sock(cpu, sk);
  sk_stream_kill_queues(cpu, sk);
  cpu.host.tcp_tables.orphan_count--;
  sock_put(cpu, sk);
}

/** EPOLLIN when a connection waits. */
export function inet_csk_listen_poll(_cpu: Cpu, sk: sock): number {
  return sk.icsk!.icsk_accept_queue.rskq_accept.length > 0 ? EPOLLIN | EPOLLRDNORM : 0;
}
