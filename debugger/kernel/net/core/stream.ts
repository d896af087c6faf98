/** What stream sockets have in common (net/core/stream.c, include/net/sock.h): waiting for connection, room and end. */
import type { Resumable } from '../../../machine/frames.ts';
import { roll } from '../../../machine/random.ts';
import type { Cpu } from '../../../machine/types.ts';
import { EPOLLOUT, EPOLLWRBAND, EPOLLWRNORM } from '../../include/linux/poll.ts';
import { SEND_SHUTDOWN } from '../../include/net/sock.ts';
import type { sock } from '../../include/net/sock.ts';
import {
  SOCK_NOSPACE, TCPF_CLOSE_WAIT, TCPF_CLOSING, TCPF_ESTABLISHED, TCPF_FIN_WAIT1, TCPF_LAST_ACK, TCPF_SYN_RECV, TCPF_SYN_SENT,
} from '../../include/net/tcp.ts';
import { tcp_notsent_lowat } from '../../include/net/tcp_inlines/queues.ts';
import { EAGAIN, EPIPE } from '../../include/uapi/asm-generic/errno.ts';
import { __wake_up, add_wait_queue, init_wait, remove_wait_queue, wait_woken } from '../../kernel/sched/wait.ts';
import { HZ } from '../../kernel/time/jiffies.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../kernel/time/sleep_timeout.ts';
import { lock_sock_nested, release_sock, sk_mem_reclaim, sk_memory_allocated, sock_error } from './sock.ts';
import { skb_queue_purge } from './skbuff/queue.ts';
import { waitFor } from './wait_reason.ts';

/** Not so much is unsent that more would only wait (net.ipv4.tcp_notsent_lowat). */
function tcp_stream_memory_free(_cpu: Cpu, sk: sock, wake: number): boolean {
  const tp = sk.tcp!;
  const notsent_bytes = (tp.write_seq - tp.snd_nxt) >>> 0;
  return notsent_bytes * (1 << wake) < tcp_notsent_lowat(sk);
}

function __sk_stream_memory_free(cpu: Cpu, sk: sock, wake: number): boolean {
  return sk.sk_wmem_queued < sk.sk_sndbuf && tcp_stream_memory_free(cpu, sk, wake);
}

export function sk_stream_memory_free(cpu: Cpu, sk: sock): boolean {
  return __sk_stream_memory_free(cpu, sk, 0);
}

/** A third of the buffer is free: worth waking a writer for. */
export function __sk_stream_is_writeable(cpu: Cpu, sk: sock, wake: number): boolean {
  return sk.sk_sndbuf - sk.sk_wmem_queued >= sk.sk_wmem_queued >> 1 && __sk_stream_memory_free(cpu, sk, wake);
}

export function sk_stream_write_space(cpu: Cpu, sk: sock): void {
  const sock = sk.sk_socket;
  if (sock === null || !__sk_stream_is_writeable(cpu, sk, 1)) return;
  sock.flags &= ~SOCK_NOSPACE;
  if (sk.sk_wq.head.length > 0) __wake_up(cpu, sk.sk_wq, 1, EPOLLOUT | EPOLLWRNORM | EPOLLWRBAND);
}

/** @helper The handshake is still under way, and nothing has gone wrong. */
function connecting(sk: sock): boolean {
  return sk.sk_err === 0 && ((1 << sk.sk_state) & ~(TCPF_ESTABLISHED | TCPF_CLOSE_WAIT)) !== 0;
}

/** A writer waits for the connection. Answers the jiffies left of `timeo`, or a negative errno. */
export function* sk_stream_wait_connect(cpu: Cpu, sk: sock, timeo: number): Resumable<number> {
  const wait = init_wait(cpu, 'woken_wake_function');
  let left = timeo;
  for (;;) {
    const err = sock_error(sk);
    if (err !== 0) return err;
    if (((1 << sk.sk_state) & ~(TCPF_SYN_SENT | TCPF_SYN_RECV)) !== 0) return ((1 << sk.sk_state) & (TCPF_ESTABLISHED | TCPF_CLOSE_WAIT)) !== 0 ? left : -EPIPE;
    if (left === 0) return -EAGAIN;
    add_wait_queue(cpu, sk.sk_wq, wait);
    sk.sk_write_pending++;
    yield* release_sock(cpu, sk);
    if (connecting(sk)) {
      waitFor(cpu, 'the connection to be established', left);
      left = yield* wait_woken(cpu, wait, left);
      cpu.current.wait = null;
    }
    yield* lock_sock_nested(cpu, sk);
    remove_wait_queue(cpu, sk.sk_wq, wait);
    sk.sk_write_pending--;
    if (!connecting(sk) && sk.sk_err === 0) return left;
  }
}

/** @helper Our FIN is not acknowledged yet. */
function sk_stream_closing(sk: sock): boolean {
  return ((1 << sk.sk_state) & (TCPF_FIN_WAIT1 | TCPF_CLOSING | TCPF_LAST_ACK)) !== 0;
}

/** SO_LINGER: close() waits until what was written is acknowledged, up to `timeout` jiffies. */
export function* sk_stream_wait_close(cpu: Cpu, sk: sock, timeout: number): Resumable<void> {
  if (timeout === 0) return;
  const wait = init_wait(cpu, 'woken_wake_function');
  let left = timeout;
  add_wait_queue(cpu, sk.sk_wq, wait);
  while (left > 0) {
    yield* release_sock(cpu, sk);
    if (sk_stream_closing(sk)) {
      waitFor(cpu, 'the peer to acknowledge the FIN (SO_LINGER)', left);
      left = yield* wait_woken(cpu, wait, left);
      cpu.current.wait = null;
    }
    yield* lock_sock_nested(cpu, sk);
    if (!sk_stream_closing(sk)) break;
  }
  remove_wait_queue(cpu, sk.sk_wq, wait);
}

/**
 * A writer waits for room in the send buffer. If there is room, memory is what all sockets together lack: nobody tells when it is back, so
 * the writer looks again a little later (vm_wait). Answers the jiffies left of `timeo`, or a negative errno.
 */
export function* sk_stream_wait_memory(cpu: Cpu, sk: sock, timeo: number): Resumable<number> {
  const wait = init_wait(cpu, 'woken_wake_function');
  let left = timeo;
  let err = 0;
  let vm_wait = sk_stream_memory_free(cpu, sk) ? roll(cpu.host, HZ / 5) + 2 : 0;
  let current_timeo = vm_wait === 0 ? timeo : vm_wait;
  add_wait_queue(cpu, sk.sk_wq, wait);
  for (;;) {
    if (sk.sk_err !== 0 || (sk.sk_shutdown & SEND_SHUTDOWN) !== 0) {
      err = -EPIPE;
      break;
    }
    if (left === 0) {
      sk.sk_socket!.flags |= SOCK_NOSPACE;
      err = -EAGAIN;
      break;
    }
    if (vm_wait === 0 && sk_stream_memory_free(cpu, sk)) break;
    sk.sk_socket!.flags |= SOCK_NOSPACE;
    sk.sk_write_pending++;
    yield* release_sock(cpu, sk);
    if (sk.sk_err === 0 && (sk.sk_shutdown & SEND_SHUTDOWN) === 0 && (vm_wait !== 0 || !sk_stream_memory_free(cpu, sk))) {
      waitFor(cpu, lacking(sk, vm_wait), current_timeo);
      current_timeo = yield* wait_woken(cpu, wait, current_timeo);
      cpu.current.wait = null;
    }
    yield* lock_sock_nested(cpu, sk);
    sk.sk_write_pending--;
    if (vm_wait !== 0) {
      vm_wait -= current_timeo;
      current_timeo = left === MAX_SCHEDULE_TIMEOUT ? left : Math.max(0, left - vm_wait);
      vm_wait = 0;
    }
    left = current_timeo;
  }
  remove_wait_queue(cpu, sk.sk_wq, wait);
  return err !== 0 ? err : left;
}

/** @helper What a writer waits for. */
function lacking(sk: sock, vm_wait: number): string {
  if (vm_wait !== 0) return `memory of all TCP sockets (${sk_memory_allocated(sk)} pages of tcp_mem's ${sk.host.knobs.sysctl_tcp_mem_2!}); looks again in ${vm_wait} jiffies`;
  return `room in the send buffer (sk_wmem_queued ${sk.sk_wmem_queued}, sk_sndbuf ${sk.sk_sndbuf})`;
}

/** EPIPE, or the error that the connection died of. */
export function sk_stream_error(_cpu: Cpu, sk: sock, _flags: number, err: number): number {
  if (err !== -EPIPE) return err;
  const error = sock_error(sk);
  return error !== 0 ? error : -EPIPE;
}

/** Nobody will read or send any more. */
export function sk_stream_kill_queues(cpu: Cpu, sk: sock): void {
  skb_queue_purge(cpu, sk.sk_receive_queue);
  skb_queue_purge(cpu, sk.sk_error_queue);
  sk_mem_reclaim(cpu, sk);
}
