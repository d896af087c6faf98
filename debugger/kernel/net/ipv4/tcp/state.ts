/** The state of a connection (net/ipv4/tcp.c, af_inet.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { SHUTDOWN_MASK, TCP_CLOSE, TCP_CLOSE_WAIT, TCP_ESTABLISHED, TCP_SYN_RECV } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { TCPF_SYN_RECV, TCPF_SYN_SENT } from '../../../include/net/tcp.ts';
import { TCP_DEC_STATS, TCP_INC_STATS } from '../../../include/net/snmp.ts';
import { reqsk_fastopen_remove } from '../../core/request_sock.ts';
import { skStateChange } from '../../core/sock.ts';
import { SOCK_BINDPORT_LOCK } from '../af_inet.ts';
import { inet_csk_destroy_sock } from '../inet_connection_sock/listen.ts';
import { inet_put_port } from '../inet_connection_sock/port.ts';
import { inet_unhash } from '../inet_hashtables.ts';
import { tcp_clear_xmit_timers } from '../tcp_ipv4/init.ts';

export function inet_sk_set_state(_cpu: Cpu, sk: sock, state: number): void {
  sk.sk_state = state;
}

/** The same where others look without the lock. */
export function inet_sk_state_store(_cpu: Cpu, sk: sock, newstate: number): void {
  sk.sk_state = newstate;
}

/** Counters and tables follow the state. */
export function tcp_set_state(cpu: Cpu, sk: sock, state: number): void {
  const oldstate = sk.sk_state;
  const was_open = oldstate === TCP_ESTABLISHED || oldstate === TCP_CLOSE_WAIT;
  if (state === TCP_ESTABLISHED) {
    if (oldstate !== TCP_ESTABLISHED) TCP_INC_STATS(cpu, 'CurrEstab');
  } else if (state === TCP_CLOSE_WAIT) {
    if (oldstate === TCP_SYN_RECV) TCP_INC_STATS(cpu, 'CurrEstab');
  } else {
    if (state === TCP_CLOSE) {
      if (was_open) TCP_INC_STATS(cpu, 'EstabResets');
      inet_unhash(cpu, sk);
      if (sk.icsk!.icsk_bind_hash !== null && (sk.sk_userlocks & SOCK_BINDPORT_LOCK) === 0) inet_put_port(cpu, sk);
    }
    if (was_open) TCP_DEC_STATS(cpu, 'CurrEstab');
  }
  inet_sk_state_store(cpu, sk, state);
}

/** The connection is over. */
export function tcp_done(cpu: Cpu, sk: sock): void {
  const req = sk.tcp!.tfo.fastopen_rsk;
  if (((1 << sk.sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV)) !== 0) TCP_INC_STATS(cpu, 'AttemptFails');
  tcp_set_state(cpu, sk, TCP_CLOSE);
  tcp_clear_xmit_timers(cpu, sk);
  if (req !== null) reqsk_fastopen_remove(cpu, sk, req, false);
  sk.sk_shutdown = SHUTDOWN_MASK;
  if (!sk.sk_dead) skStateChange(cpu, sk);
  else inet_csk_destroy_sock(cpu, sk);
}
