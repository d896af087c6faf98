/** A connection that an administrator ends (net/ipv4/tcp.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { TCP_CLOSE, TCP_LISTEN, TCP_NEW_SYN_RECV, TCP_TIME_WAIT } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import type { inet_timewait_sock, request_sock } from '../../../include/net/tcp_sock.ts';
import { ENOENT } from '../../../include/uapi/asm-generic/errno.ts';
import { local_bh_disable, local_bh_enable } from '../../../kernel/softirq.ts';
import { bh_lock_sock, bh_unlock_sock, lock_sock_nested, release_sock } from '../../core/sock/lock.ts';
import { inet_csk_listen_stop } from '../inet_connection_sock/listen.ts';
import { inet_csk_reqsk_queue_drop } from '../inet_connection_sock/request.ts';
import type { AnySock } from '../inet_hashtables.ts';
import { inet_twsk_deschedule_put } from '../inet_timewait_sock.ts';
import { tcp_done_with_error } from '../tcp_input/fin.ts';
import { tcp_send_active_reset } from '../tcp_output/fin.ts';
import { tcp_need_reset } from './disconnect.ts';
import { tcp_set_state } from './state.ts';

/** Ends it at once, an RST to the peer where the state has one; whoever waits on the socket gets `err`. -ENOENT: it is over already. */
export function* tcp_abort(cpu: Cpu, sk: AnySock, err: number): Resumable<number> {
  if (sk.sk_state === TCP_NEW_SYN_RECV || sk.sk_state === TCP_TIME_WAIT) {
    abortMini(cpu, sk as request_sock | inet_timewait_sock);
    return 0;
  }
  const full = sk as sock;
  yield* lock_sock_nested(cpu, full);
  const ret = full.sk_state === TCP_CLOSE ? -ENOENT : 0;
  if (ret === 0) abortLocked(cpu, full, err);
  yield* release_sock(cpu, full);
  return ret;
}

/** @helper A request, or a connection in TIME-WAIT. */
function abortMini(cpu: Cpu, sk: request_sock | inet_timewait_sock): void {
  local_bh_disable(cpu);
  if ('rsk_listener' in sk) inet_csk_reqsk_queue_drop(cpu, sk.rsk_listener, sk);
  else inet_twsk_deschedule_put(cpu, sk);
  local_bh_enable(cpu);
}

/** @helper The part of tcp_abort under the socket's lock. */
function abortLocked(cpu: Cpu, sk: sock, err: number): void {
  if (sk.sk_state === TCP_LISTEN) {
    tcp_set_state(cpu, sk, TCP_CLOSE);
    inet_csk_listen_stop(cpu, sk);
  }
  local_bh_disable(cpu);
  bh_lock_sock(cpu, sk);
  if (tcp_need_reset(cpu, sk.sk_state)) tcp_send_active_reset(cpu, sk);
  tcp_done_with_error(cpu, sk, err);
  bh_unlock_sock(cpu, sk);
  local_bh_enable(cpu);
}
