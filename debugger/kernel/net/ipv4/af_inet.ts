/** Sockets of the Internet family (net/ipv4/af_inet.c); what only streams do is in af_inet_stream.ts. */
import type { Resumable } from '../../../machine/frames.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { sockaddr_in } from '../../include/linux/socket.ts';
import { IP_PMTUDISC_DONT, IP_PMTUDISC_WANT, MSG_DONTWAIT } from '../../include/linux/socket.ts';
import {
  AF_INET, AF_UNSPEC, IPPROTO_TCP, IPPROTO_UDP, RCV_SHUTDOWN, SOCK_DGRAM, SOCK_RAW, SOCK_STREAM, SS_CONNECTED, SS_CONNECTING,
  SS_DISCONNECTING, SS_UNCONNECTED, TCP_CLOSE, TCP_LISTEN, TCP_SYN_RECV, TCP_SYN_SENT,
} from '../../include/net/sock.ts';
import type { msghdr, sock, socket } from '../../include/net/sock.ts';
import {
  EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT, EAGAIN, EINVAL, ENOTCONN, EPROTONOSUPPORT, ESOCKTNOSUPPORT,
} from '../../include/uapi/asm-generic/errno.ts';
import { RTN_BROADCAST, RTN_LOCAL, RTN_MULTICAST } from '../../include/net/dst.ts';
import { sock_rps_record_flow } from '../core/dev/rps.ts';
import { lock_sock_nested, release_sock } from '../core/sock/lock.ts';
import { sk_alloc, sock_init_data } from '../core/sock/create.ts';
import { skStateChange } from '../core/sock_callbacks.ts';
import { sk_dst_reset } from '../core/dst.ts';
import { inet_addr_type } from './fib_frontend.ts';
import { protoOf } from './protos.ts';

interface inet_protosw { type: number; protocol: number; prot: string; ops: string }

/** Kinds of sockets that can be asked for; protocol 0 takes the first of the type. */
const inetsw_array: readonly inet_protosw[] = [
  { type: SOCK_STREAM, protocol: IPPROTO_TCP, prot: 'TCP', ops: 'inet_stream_ops' },
  { type: SOCK_DGRAM, protocol: IPPROTO_UDP, prot: 'UDP', ops: 'inet_dgram_ops' },
];

/** Gives a new socket its protocol; 0 or a negative errno. */
export function inet_create(cpu: Cpu, sock: socket, protocol: number): number {
  if (sock.type === SOCK_RAW) return -EPROTONOSUPPORT;
  const answer = inetsw_array.find((sw) => sw.type === sock.type);
  if (answer === undefined) return -ESOCKTNOSUPPORT;
  if (protocol !== 0 && protocol !== answer.protocol) return -EPROTONOSUPPORT;
  sock.ops = answer.ops;
  const sk = sk_alloc(cpu, AF_INET, answer.prot);
  sk.inet.is_icsk = answer.type === SOCK_STREAM;
  sk.inet.pmtudisc = cpu.host.knobs.sysctl_ip_no_pmtu_disc! !== 0 ? IP_PMTUDISC_DONT : IP_PMTUDISC_WANT;
  sock_init_data(cpu, sock, sk);
  sk.sk_destruct = 'inet_sock_destruct';
  sk.sk_protocol = answer.protocol;
  return protoOf(sk).init(cpu, sk);
}

/** Binds to any free port, for a socket that sends or connects without having been bound. */
export function* inet_autobind(cpu: Cpu, sk: sock): Resumable<number> {
  yield* lock_sock_nested(cpu, sk);
  const err = autobindLocked(cpu, sk);
  yield* release_sock(cpu, sk);
  return err;
}

/** @helper The part of inet_autobind under the socket's lock. */
function autobindLocked(cpu: Cpu, sk: sock): number {
  const inet = sk.inet;
  if (inet.inet_num !== 0) return 0;
  if (protoOf(sk).get_port(cpu, sk, 0)) return -EAGAIN;
  inet.inet_sport = inet.inet_num;
  return 0;
}

/** inet_send_prepare: sending needs a port. */
export function* inet_send_prepare(cpu: Cpu, sk: sock): Resumable<number> {
  if (cpu.host.rps_sock_flow_table.length > 0) sock_rps_record_flow(cpu, sk);
  if (sk.inet.inet_num !== 0 || protoOf(sk).no_autobind) return 0;
  return yield* inet_autobind(cpu, sk);
}

export function* inet_bind(cpu: Cpu, sock: socket, addr: sockaddr_in): Resumable<number> {
  return yield* inet_bind_sk(cpu, sock.sk!, addr);
}

export function* inet_bind_sk(cpu: Cpu, sk: sock, addr: sockaddr_in): Resumable<number> {
  if (addr.family !== AF_INET && !(addr.family === AF_UNSPEC && addr.addr === 0)) return -EAFNOSUPPORT;
  return yield* __inet_bind(cpu, sk, addr);
}

export function* __inet_bind(cpu: Cpu, sk: sock, addr: sockaddr_in): Resumable<number> {
  const inet = sk.inet;
  const type = inet_addr_type(cpu, addr.addr);
  if (!inet_addr_valid_or_nonlocal(cpu, inet.freebind, addr.addr, type)) return -EADDRNOTAVAIL;
  yield* lock_sock_nested(cpu, sk);
  const err = bindLocked(cpu, sk, addr, type);
  yield* release_sock(cpu, sk);
  return err;
}

/** @helper */
function inet_addr_valid_or_nonlocal(cpu: Cpu, freebind: boolean, addr: number, type: number): boolean {
  return cpu.host.knobs.sysctl_ip_nonlocal_bind! !== 0 || freebind || addr === 0 || type === RTN_LOCAL || type === RTN_MULTICAST
    || type === RTN_BROADCAST;
}

/** @helper The part of __inet_bind under the socket's lock. */
function bindLocked(cpu: Cpu, sk: sock, addr: sockaddr_in, type: number): number {
  const inet = sk.inet;
  if (sk.sk_state !== TCP_CLOSE || inet.inet_num !== 0) return -EINVAL;
  inet.inet_rcv_saddr = addr.addr;
  inet.inet_saddr = type === RTN_MULTICAST || type === RTN_BROADCAST ? 0 : addr.addr;
  if ((addr.port !== 0 || !inet.bind_address_no_port) && protoOf(sk).get_port(cpu, sk, addr.port)) {
    inet.inet_saddr = 0;
    inet.inet_rcv_saddr = 0;
    return -EADDRINUSE;
  }
  if (inet.inet_rcv_saddr !== 0) sk.sk_userlocks |= SOCK_BINDADDR_LOCK;
  if (addr.port !== 0) sk.sk_userlocks |= SOCK_BINDPORT_LOCK;
  inet.inet_sport = inet.inet_num;
  inet.inet_daddr = 0;
  inet.inet_dport = 0;
  sk_dst_reset(sk);
  return 0;
}

export const SOCK_BINDADDR_LOCK = 4;
export const SOCK_BINDPORT_LOCK = 8;

/** connect(2) of a datagram socket: from now on this peer only. AF_UNSPEC takes it back. */
export function* inet_dgram_connect(cpu: Cpu, sock: socket, addr: sockaddr_in, flags: number): Resumable<number> {
  const sk = sock.sk!;
  const prot = protoOf(sk);
  if (addr.family === AF_UNSPEC) return yield* prot.disconnect(cpu, sk, flags);
  const err = prot.pre_connect(cpu, sk, addr);
  if (err !== 0) return err;
  if (sk.inet.inet_num === 0) {
    const failed = yield* inet_autobind(cpu, sk);
    if (failed !== 0) return -EAGAIN;
  }
  return yield* prot.connect(cpu, sk, addr);
}

/** Address of this end (`peer` 0), or of the other (1; 2: even when the connection is over). */
export function inet_getname(_cpu: Cpu, sock: socket, peer: number): sockaddr_in | number {
  const sk = sock.sk!;
  const inet = sk.inet;
  if (peer === 0) return { family: AF_INET, addr: inet.inet_rcv_saddr !== 0 ? inet.inet_rcv_saddr : inet.inet_saddr, port: inet.inet_sport, ll: null, sin6_addr: null };
  if (inet.inet_dport === 0 || (peer === 1 && (sk.sk_state === TCP_CLOSE || sk.sk_state === TCP_SYN_SENT))) return -ENOTCONN;
  return { family: AF_INET, addr: inet.inet_daddr, port: inet.inet_dport, ll: null, sin6_addr: null };
}

export function* inet_sendmsg(cpu: Cpu, sock: socket, msg: msghdr, size: number): Resumable<number> {
  const sk = sock.sk!;
  const err = yield* inet_send_prepare(cpu, sk);
  if (err !== 0) return -EAGAIN;
  return yield* protoOf(sk).sendmsg(cpu, sk, msg, size);
}

export function* inet_recvmsg(cpu: Cpu, sock: socket, msg: msghdr, size: number, flags: number): Resumable<number> {
  const sk = sock.sk!;
  if (cpu.host.rps_sock_flow_table.length > 0) sock_rps_record_flow(cpu, sk);
  return yield* protoOf(sk).recvmsg(cpu, sk, msg, size, flags);
}

export function* inet_splice_eof(cpu: Cpu, sock: socket): Resumable<void> {
  const sk = sock.sk!;
  const err = yield* inet_send_prepare(cpu, sk);
  if (err === 0) yield* protoOf(sk).splice_eof(cpu, sk);
}

/** close(2): the protocol lets go of the socket, at once or (TCP) when the other side agrees; SO_LINGER may make it wait, but not at the end of a process. */
export function* inet_release(cpu: Cpu, sock: socket): Resumable<number> {
  const sk = sock.sk;
  if (sk === null) return 0;
  const timeout = sk.sk_linger && !cpu.current.exiting ? sk.sk_lingertime : 0;
  yield* protoOf(sk).close(cpu, sk, timeout);
  sock.sk = null;
  return 0;
}

export function* inet_shutdown(cpu: Cpu, sock: socket, how: number): Resumable<number> {
  const sk = sock.sk!;
  const mask = how + 1;
  if ((mask & ~3) !== 0 || mask === 0) return -EINVAL;
  yield* lock_sock_nested(cpu, sk);
  const err = yield* shutdownLocked(cpu, sock, sk, mask);
  skStateChange(cpu, sk);
  yield* release_sock(cpu, sk);
  return err;
}

/** @helper The part of inet_shutdown under the socket's lock. */
function* shutdownLocked(cpu: Cpu, sock: socket, sk: sock, how: number): Resumable<number> {
  if (sock.state === SS_CONNECTING) sock.state = sk.sk_state === TCP_SYN_SENT || sk.sk_state === TCP_SYN_RECV || sk.sk_state === TCP_CLOSE ? SS_DISCONNECTING : SS_CONNECTED;
  const prot = protoOf(sk);
  switch (sk.sk_state) {
    case TCP_CLOSE:
      sk.sk_shutdown |= how;
      prot.shutdown(cpu, sk, how);
      return -ENOTCONN;
    case TCP_LISTEN:
      if ((how & RCV_SHUTDOWN) === 0) return 0;
      break;
    case TCP_SYN_SENT:
      break;
    default:
      sk.sk_shutdown |= how;
      prot.shutdown(cpu, sk, how);
      return 0;
  }
  const err = yield* prot.disconnect(cpu, sk, MSG_DONTWAIT);
  sock.state = err !== 0 ? SS_DISCONNECTING : SS_UNCONNECTED;
  return err;
}

