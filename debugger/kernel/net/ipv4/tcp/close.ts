/** close(2) and shutdown(2) of a connection (net/ipv4/tcp.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import {
  SEND_SHUTDOWN, SHUTDOWN_MASK, TCP_CLOSE, TCP_CLOSE_WAIT, TCP_CLOSING, TCP_ESTABLISHED, TCP_FIN_WAIT1, TCP_FIN_WAIT2, TCP_LAST_ACK, TCP_LISTEN, TCP_SYN_RECV,
} from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { TCPF_CLOSE_WAIT, TCPF_ESTABLISHED, TCPF_SYN_SENT, TCPHDR_FIN, TCP_TIMEWAIT_LEN, after } from '../../../include/net/tcp.ts';
import { TCP_SKB_CB } from '../../../include/net/tcp_sock.ts';
import { tcp_fin_time } from '../../../include/net/tcp_inlines/timeouts.ts';
import { NET_INC_STATS } from '../../../include/net/snmp.ts';
import { local_bh_disable, local_bh_enable } from '../../../kernel/softirq.ts';
import { reqsk_fastopen_remove } from '../../core/request_sock.ts';
import { __release_sock, bh_lock_sock, bh_unlock_sock, lock_sock_nested, release_sock, sock_hold, sock_orphan, sock_put } from '../../core/sock.ts';
import { sk_stream_wait_close } from '../../core/stream.ts';
import { inet_csk_destroy_sock, inet_csk_listen_stop } from '../inet_connection_sock/listen.ts';
import { tcp_time_wait } from '../tcp_minisocks.ts';
import { tcp_send_active_reset, tcp_send_fin } from '../tcp_output/fin.ts';
import { tcp_reset_keepalive_timer } from '../tcp_timer.ts';
import { tcp_check_oom } from './memory.ts';
import { tcp_eat_recv_skb } from './cleanup.ts';
import { tcp_disconnect } from './disconnect.ts';
import { tcp_set_state } from './state.ts';

/** The state after the user's close; whether a FIN is due. @helper */
function newState(state: number): { next: number; fin: boolean } {
  switch (state) {
    case TCP_ESTABLISHED:
    case TCP_SYN_RECV:
      return { next: TCP_FIN_WAIT1, fin: true };
    case TCP_CLOSE_WAIT:
      return { next: TCP_LAST_ACK, fin: true };
    case TCP_FIN_WAIT1:
    case TCP_FIN_WAIT2:
    case TCP_LAST_ACK:
    case TCP_CLOSING:
      return { next: state, fin: false };
    default:
      return { next: TCP_CLOSE, fin: false };
  }
}

export function tcp_close_state(cpu: Cpu, sk: sock): boolean {
  const { next, fin } = newState(sk.sk_state);
  tcp_set_state(cpu, sk, next);
  return fin;
}

/** This side sends no more. */
export function tcp_shutdown(cpu: Cpu, sk: sock, how: number): void {
  if ((how & SEND_SHUTDOWN) === 0) return;
  if (((1 << sk.sk_state) & (TCPF_ESTABLISHED | TCPF_SYN_SENT | TCPF_CLOSE_WAIT)) === 0) return;
  if (tcp_close_state(cpu, sk)) tcp_send_fin(cpu, sk);
}

/** What was not read goes; true when there was any. @helper */
function flushUnread(cpu: Cpu, sk: sock): boolean {
  const tp = sk.tcp!;
  const queue = sk.sk_receive_queue;
  let data_was_unread = false;
  while (queue.length > 0) {
    const skb = queue[0]!;
    const tcb = TCP_SKB_CB(skb);
    const end_seq = (tcb.end_seq - ((tcb.tcp_flags & TCPHDR_FIN) !== 0 ? 1 : 0)) >>> 0;
    if (after(end_seq, tp.copied_seq)) data_was_unread = true;
    tcp_eat_recv_skb(cpu, sk, skb);
  }
  return data_was_unread;
}

/** Says farewell: FIN, or RST when bytes were lost by closing. @helper */
function sayFarewell(cpu: Cpu, sk: sock, data_was_unread: boolean): void {
  if (data_was_unread) {
    NET_INC_STATS(cpu, 'TCPAbortOnClose');
    tcp_set_state(cpu, sk, TCP_CLOSE);
    tcp_send_active_reset(cpu, sk);
  } else if (sk.sk_linger && sk.sk_lingertime === 0) {
    tcp_disconnect(cpu, sk, 0);
    NET_INC_STATS(cpu, 'TCPAbortOnData');
  } else if (tcp_close_state(cpu, sk)) {
    tcp_send_fin(cpu, sk);
  }
}

/** Nobody holds the socket any more; the connection ends by itself, or at once. @helper */
function orphan(cpu: Cpu, sk: sock, state: number): void {
  const tp = sk.tcp!;
  cpu.host.tcp_tables.orphan_count++;
  if (state !== TCP_CLOSE && sk.sk_state === TCP_CLOSE) return;
  if (sk.sk_state === TCP_FIN_WAIT2) {
    if (tp.linger2 < 0) {
      tcp_set_state(cpu, sk, TCP_CLOSE);
      tcp_send_active_reset(cpu, sk);
      NET_INC_STATS(cpu, 'TCPAbortOnLinger');
    } else {
      const tmo = tcp_fin_time(sk);
      if (tmo <= TCP_TIMEWAIT_LEN) {
        tcp_time_wait(cpu, sk, TCP_FIN_WAIT2, tmo);
        return;
      }
      tcp_reset_keepalive_timer(cpu, sk, tmo - TCP_TIMEWAIT_LEN);
    }
  }
  if (sk.sk_state !== TCP_CLOSE && tcp_check_oom(cpu, sk, 0)) {
    tcp_set_state(cpu, sk, TCP_CLOSE);
    tcp_send_active_reset(cpu, sk);
    NET_INC_STATS(cpu, 'TCPAbortOnMemory');
  }
  if (sk.sk_state !== TCP_CLOSE) return;
  if (tp.tfo.fastopen_rsk !== null) reqsk_fastopen_remove(cpu, sk, tp.tfo.fastopen_rsk, false);
  inet_csk_destroy_sock(cpu, sk);
}

export function* __tcp_close(cpu: Cpu, sk: sock, timeout: number): Resumable<void> {
  sk.sk_shutdown = SHUTDOWN_MASK;
  if (sk.sk_state === TCP_LISTEN) {
    tcp_set_state(cpu, sk, TCP_CLOSE);
    inet_csk_listen_stop(cpu, sk);
  } else {
    const data_was_unread = flushUnread(cpu, sk);
    if (sk.sk_state !== TCP_CLOSE) {
      sayFarewell(cpu, sk, data_was_unread);
      yield;
      yield* sk_stream_wait_close(cpu, sk, timeout);
    }
  }
  const state = sk.sk_state;
  sock_hold(sk);
  sock_orphan(cpu, sk);
  local_bh_disable(cpu);
  bh_lock_sock(cpu, sk);
  yield* __release_sock(cpu, sk);
  orphan(cpu, sk, state);
  bh_unlock_sock(cpu, sk);
  local_bh_enable(cpu);
}

export function* tcp_close(cpu: Cpu, sk: sock, timeout: number): Resumable<void> {
  spend(cpu, cpu.costs.tcp_close);
  yield* lock_sock_nested(cpu, sk);
  yield* __tcp_close(cpu, sk, timeout);
  yield* release_sock(cpu, sk);
  sock_put(cpu, sk);
}
