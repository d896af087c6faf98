/** What streams of the Internet family do: connect, listen, accept (net/ipv4/af_inet.c). */
import { AF_INET6 } from '../../include/net/sock.ts';
import { tcp_v6_connect } from '../ipv6/tcp_ipv6/connect.ts';
import { sock_rps_record_flow } from '../core/dev/rps.ts';
import type { Resumable } from '../../../machine/frames.ts';
import type { Cpu } from '../../../machine/types.ts';
import { O_NONBLOCK } from '../../include/linux/fs.ts';
import type { sockaddr_in } from '../../include/linux/socket.ts';
import {
  AF_UNSPEC, RCV_SHUTDOWN, SOCK_STREAM, SS_CONNECTED, SS_CONNECTING, SS_DISCONNECTING, SS_UNCONNECTED, TCP_CLOSE, TCP_LISTEN, TCP_SYN_SENT,
} from '../../include/net/sock.ts';
import type { sock, socket } from '../../include/net/sock.ts';
import { fastopen_queue_tune } from '../../include/net/inet_connection_sock.ts';
import { TCPF_CLOSE, TCPF_LISTEN, TCPF_SYN_RECV, TCPF_SYN_SENT } from '../../include/net/tcp.ts';
import { TFO_SERVER_ENABLE, TFO_SERVER_WO_SOCKOPT1 } from '../../include/net/tcp_fastopen.ts';
import { EALREADY, ECONNABORTED, EHOSTUNREACH, EINPROGRESS, EINVAL, EISCONN } from '../../include/uapi/asm-generic/errno.ts';
import { add_wait_queue, init_wait, remove_wait_queue, wait_woken } from '../../kernel/sched/wait.ts';
import { __sk_dst_check } from '../core/dst.ts';
import { lock_sock_nested, release_sock, sock_error, sock_graft, sock_sndtimeo } from '../core/sock.ts';
import { sk_setup_caps } from '../core/sock/caps.ts';
import { waitFor } from '../core/wait_reason.ts';
import { inet_csk_accept, inet_csk_listen_start } from './inet_connection_sock/listen.ts';
import { createFlowi4, ip_route_output_flow } from './route.ts';
import { tcp_disconnect } from './tcp/disconnect.ts';
import { tcp_fastopen_init_key_once } from './tcp_fastopen.ts';
import { tcp_v4_connect } from './tcp_ipv4/connect.ts';

/** @helper */
function handshaking(sk: sock): boolean {
  return ((1 << sk.sk_state) & (TCPF_SYN_SENT | TCPF_SYN_RECV)) !== 0;
}

/** connect() waits for the end of the handshake; answers what is left of `timeo` jiffies. */
export function* inet_wait_for_connect(cpu: Cpu, sk: sock, timeo: number, writebias: number): Resumable<number> {
  const wait = init_wait(cpu, 'woken_wake_function');
  let left = timeo;
  add_wait_queue(cpu, sk.sk_wq, wait);
  sk.sk_write_pending += writebias;
  while (handshaking(sk)) {
    yield* release_sock(cpu, sk);
    waitFor(cpu, 'the connection to be established', left);
    left = yield* wait_woken(cpu, wait, left);
    cpu.current.wait = null;
    yield* lock_sock_nested(cpu, sk);
    if (left === 0) break;
  }
  remove_wait_queue(cpu, sk.sk_wq, wait);
  sk.sk_write_pending -= writebias;
  return left;
}

export function* inet_stream_connect(cpu: Cpu, sock: socket, addr: sockaddr_in, flags: number): Resumable<number> {
  yield* lock_sock_nested(cpu, sock.sk!);
  const err = yield* __inet_stream_connect(cpu, sock, addr, flags, false);
  yield* release_sock(cpu, sock.sk!);
  return err;
}

/** Begins a connection: 0, or a negative errno. @helper */
function startConnect(cpu: Cpu, sock: socket, sk: sock, addr: sockaddr_in | null): number {
  if (sk.sk_state !== TCP_CLOSE) return -EISCONN;
  if (addr === null) return -EINVAL;
  const err = sk.sk_family === AF_INET6 ? tcp_v6_connect(cpu, sk, addr) : tcp_v4_connect(cpu, sk, addr);
  if (err < 0) return err;
  sock.state = SS_CONNECTING;
  return 0;
}

/** The handshake is over, for better or worse. @helper */
function finishConnect(cpu: Cpu, sock: socket, sk: sock): number {
  if (sk.sk_state !== TCP_CLOSE) {
    sock.state = SS_CONNECTED;
    return 0;
  }
  const err = sock_error(sk);
  sock.state = SS_UNCONNECTED;
  if (tcp_disconnect(cpu, sk, 0) !== 0) sock.state = SS_DISCONNECTING;
  return err !== 0 ? err : -ECONNABORTED;
}

/** A write behind the SYN has more to send as soon as the connection stands: the ACK may wait for it. @helper */
function writesMore(sk: sock): boolean {
  const req = sk.tcp!.tfo.fastopen_req;
  return req !== null && req.data !== null;
}

/** `addr` null: a write after a connect() that was put off. `is_sendmsg`: the write sends the SYN. */
export function* __inet_stream_connect(cpu: Cpu, sock: socket, addr: sockaddr_in | null, flags: number, is_sendmsg: boolean): Resumable<number> {
  const sk = sock.sk!;
  if (addr !== null && addr.family === AF_UNSPEC) {
    const gone = tcp_disconnect(cpu, sk, flags);
    sock.state = gone !== 0 ? SS_DISCONNECTING : SS_UNCONNECTED;
    return gone;
  }
  let err = 0;
  if (sock.state === SS_CONNECTED) return -EISCONN;
  if (sock.state === SS_CONNECTING) {
    err = -EALREADY;
    if (sk.inet.defer_connect) err = is_sendmsg ? -EINPROGRESS : -EISCONN;
  } else if (sock.state === SS_UNCONNECTED) {
    err = startConnect(cpu, sock, sk, addr);
    if (err < 0 || sk.inet.defer_connect) return err;
    err = -EINPROGRESS;
    yield;
  } else {
    return -EINVAL;
  }
  const timeo = sock_sndtimeo(sk, (flags & O_NONBLOCK) !== 0);
  if (handshaking(sk)) {
    if (timeo === 0) return err;
    const left = yield* inet_wait_for_connect(cpu, sk, timeo, writesMore(sk) ? 1 : 0);
    if (left === 0) return err;
  }
  return finishConnect(cpu, sock, sk);
}

/** listen(2). A second call only changes the backlog. */
export function* inet_listen(cpu: Cpu, sock: socket, backlog: number): Resumable<number> {
  const sk = sock.sk!;
  yield* lock_sock_nested(cpu, sk);
  let err = -EINVAL;
  if (sock.state === SS_UNCONNECTED && sock.type === SOCK_STREAM) err = __inet_listen_sk(cpu, sk, backlog);
  yield* release_sock(cpu, sk);
  return err;
}

export function __inet_listen_sk(cpu: Cpu, sk: sock, backlog: number): number {
  if (((1 << sk.sk_state) & (TCPF_CLOSE | TCPF_LISTEN)) === 0) return -EINVAL;
  sk.sk_max_ack_backlog = backlog;
  if (sk.sk_state === TCP_LISTEN) return 0;
  const all = TFO_SERVER_WO_SOCKOPT1 | TFO_SERVER_ENABLE;
  if ((cpu.host.knobs.sysctl_tcp_fastopen! & all) === all && sk.icsk!.icsk_accept_queue.fastopenq.max_qlen === 0) {
    fastopen_queue_tune(cpu, sk, backlog);
    tcp_fastopen_init_key_once(cpu);
  }
  return inet_csk_listen_start(cpu, sk);
}

/** accept(2): the first connection that waits. */
export function* inet_accept(cpu: Cpu, sock: socket, newsock: socket, flags: number): Resumable<number> {
  const sk2 = yield* inet_csk_accept(cpu, sock.sk!, (flags & O_NONBLOCK) !== 0);
  if (typeof sk2 === 'number') return sk2;
  yield* lock_sock_nested(cpu, sk2);
  __inet_accept(cpu, newsock, sk2);
  yield* release_sock(cpu, sk2);
  return 0;
}

export function __inet_accept(cpu: Cpu, newsock: socket, newsk: sock): void {
  if (cpu.host.rps_sock_flow_table.length > 0) sock_rps_record_flow(cpu, newsk);
  sock_graft(cpu, newsk, newsock);
  newsock.state = SS_CONNECTED;
}

/** The route of a connection, looked up anew when it has gone stale; 0 or a negative errno. */
export function inet_sk_rebuild_header(cpu: Cpu, sk: sock): number {
  if (__sk_dst_check(cpu, sk) !== null) return 0;
  const inet = sk.inet;
  const fl4 = createFlowi4(sk.sk_protocol, sk.sk_bound_dev_if, inet.tos, inet.inet_saddr, inet.inet_daddr, inet.inet_sport, inet.inet_dport);
  const rt = ip_route_output_flow(cpu, fl4, sk);
  if (typeof rt !== 'number') {
    sk_setup_caps(cpu, sk, rt);
    return 0;
  }
  sk.sk_route_caps = 0;
  if (sk.sk_state !== TCP_SYN_SENT || (sk.sk_shutdown & RCV_SHUTDOWN) !== 0) sk.sk_err_soft = -rt;
  return rt === 0 ? -EHOSTUNREACH : rt;
}
