/** Sockets of AF_INET6 (net/ipv6/af_inet6.c). What they have in common with those of AF_INET is in net/ipv4/af_inet.ts. */
import type { Resumable } from '../../../machine/frames.ts';
import type { Cpu } from '../../../machine/types.ts';
import {
  IPV6_ADDR_ANY, IPV6_ADDR_LINKLOCAL, IPV6_ADDR_MAPPED, IPV6_ADDR_MULTICAST, LOOPBACK4_IPV6, __ipv6_addr_type, in6addr_any, ipv6_addr_any, mappedIpv4,
} from '../../include/linux/in6.ts';
import type { In6Addr } from '../../include/linux/in6.ts';
import { createIpv6Pinfo } from '../../include/linux/ipv6.ts';
import type { sockaddr_in } from '../../include/linux/socket.ts';
import { RTN_LOCAL } from '../../include/net/dst.ts';
import {
  AF_INET6, IPPROTO_TCP, IPPROTO_UDP, SOCK_DGRAM, SOCK_RAW, SOCK_STREAM, TCP_CLOSE, TCP_SYN_SENT,
} from '../../include/net/sock.ts';
import type { msghdr, sock, socket } from '../../include/net/sock.ts';
import {
  EADDRINUSE, EADDRNOTAVAIL, EAFNOSUPPORT, EAGAIN, EINVAL, ENODEV, ENOTCONN, EPROTONOSUPPORT, ESOCKTNOSUPPORT,
} from '../../include/uapi/asm-generic/errno.ts';
import { sock_rps_record_flow } from '../core/dev/rps.ts';
import { __sk_dst_check } from '../core/dst.ts';
import { sk_alloc, sock_init_data, inet_sock_destruct } from '../core/sock/create.ts';
import { lock_sock_nested, release_sock } from '../core/sock/lock.ts';
import { SOCK_BINDADDR_LOCK, SOCK_BINDPORT_LOCK, inet_release, inet_send_prepare } from '../ipv4/af_inet.ts';
import { dev_get_by_index_rcu } from '../ipv4/devinet.ts';
import { inet_addr_type } from '../ipv4/fib_frontend.ts';
import { protoOf } from '../ipv4/protos.ts';
import { ipv6_chk_addr } from './addrconf.ts';
import { connectionFlow, ip6_dst_store } from './inet6_connection_sock.ts';
import { ip6_dst_lookup_flow } from './ip6_output/dst_lookup.ts';

interface inet6_protosw { type: number; protocol: number; prot: string; ops: string }

/** Kinds of sockets that can be asked for; protocol 0 takes the first of the type. */
const inetsw6: readonly inet6_protosw[] = [
  { type: SOCK_STREAM, protocol: IPPROTO_TCP, prot: 'TCPv6', ops: 'inet6_stream_ops' },
  { type: SOCK_DGRAM, protocol: IPPROTO_UDP, prot: 'UDPv6', ops: 'inet6_dgram_ops' },
];

/** Gives a new socket its protocol; 0 or a negative errno. */
export function inet6_create(cpu: Cpu, sock: socket, protocol: number): number {
  if (sock.type === SOCK_RAW) return -EPROTONOSUPPORT;
  const answer = inetsw6.find((sw) => sw.type === sock.type);
  if (answer === undefined) return -ESOCKTNOSUPPORT;
  if (protocol !== 0 && protocol !== answer.protocol) return -EPROTONOSUPPORT;
  sock.ops = answer.ops;
  const sk = sk_alloc(cpu, AF_INET6, answer.prot);
  sk.inet.is_icsk = answer.type === SOCK_STREAM;
  sock_init_data(cpu, sock, sk);
  sk.sk_destruct = 'inet6_sock_destruct';
  sk.sk_protocol = answer.protocol;
  sk.inet.pinet6 = createIpv6Pinfo();
  sk.sk_v6_daddr = in6addr_any;
  sk.sk_v6_rcv_saddr = in6addr_any;
  sk.sk_ipv6only = cpu.host.knobs.ipv6_bindv6only! !== 0;
  return protoOf(sk).init(cpu, sk);
}

export function* inet6_bind(cpu: Cpu, sock: socket, addr: sockaddr_in): Resumable<number> {
  return yield* inet6_bind_sk(cpu, sock.sk!, addr);
}

function* inet6_bind_sk(cpu: Cpu, sk: sock, addr: sockaddr_in): Resumable<number> {
  if (addr.family !== AF_INET6) return addr.family === 0 ? -EAFNOSUPPORT : -EINVAL;
  return yield* __inet6_bind(cpu, sk, addr);
}

function* __inet6_bind(cpu: Cpu, sk: sock, addr: sockaddr_in): Resumable<number> {
  yield* lock_sock_nested(cpu, sk);
  const err = bindLocked(cpu, sk, addr);
  yield* release_sock(cpu, sk);
  return err;
}

/** @helper The part of __inet6_bind under the socket's lock. */
function bindLocked(cpu: Cpu, sk: sock, { sin6_addr, port }: sockaddr_in): number {
  const inet = sk.inet;
  const addr = sin6_addr!;
  const type = __ipv6_addr_type(addr);
  if ((type & IPV6_ADDR_MULTICAST) !== 0 && sk.sk_type === SOCK_STREAM) return -EINVAL;
  if (sk.sk_state !== TCP_CLOSE || inet.inet_num !== 0) return -EINVAL;
  const refused = type === IPV6_ADDR_MAPPED ? checkMapped(cpu, sk, addr) : checkAddress(cpu, sk, addr, type);
  if (refused !== 0) return refused;
  const mapped = type === IPV6_ADDR_MAPPED;
  const v4 = mapped ? mappedIpv4(addr) : type === IPV6_ADDR_ANY ? 0 : LOOPBACK4_IPV6;
  inet.inet_rcv_saddr = v4;
  inet.inet_saddr = v4;
  sk.sk_v6_rcv_saddr = addr;
  if ((type & IPV6_ADDR_MULTICAST) === 0) inet.pinet6!.saddr = addr;
  const saved = sk.sk_ipv6only;
  if (type !== IPV6_ADDR_ANY && !mapped) sk.sk_ipv6only = true;
  if ((port !== 0 || !inet.bind_address_no_port) && protoOf(sk).get_port(cpu, sk, port)) {
    sk.sk_ipv6only = saved;
    inet_reset_saddr(sk);
    return -EADDRINUSE;
  }
  if (type !== IPV6_ADDR_ANY) sk.sk_userlocks |= SOCK_BINDADDR_LOCK;
  if (port !== 0) sk.sk_userlocks |= SOCK_BINDPORT_LOCK;
  inet.inet_sport = inet.inet_num;
  inet.inet_dport = 0;
  inet.inet_daddr = 0;
  return 0;
}

/** An IPv4 address, for a socket that then speaks IPv4. @helper */
function checkMapped(cpu: Cpu, sk: sock, addr: In6Addr): number {
  if (sk.sk_ipv6only) return -EINVAL;
  const v4addr = mappedIpv4(addr);
  const nonlocal = cpu.host.knobs.sysctl_ip_nonlocal_bind! !== 0 || sk.inet.freebind;
  return v4addr === 0 || nonlocal || inet_addr_type(cpu, v4addr) === RTN_LOCAL ? 0 : -EADDRNOTAVAIL;
}

/** An address of one link needs its device; any other has to be this host's. @helper */
function checkAddress(cpu: Cpu, sk: sock, addr: In6Addr, type: number): number {
  if (type === IPV6_ADDR_ANY) return 0;
  const dev = sk.sk_bound_dev_if === 0 ? null : dev_get_by_index_rcu(cpu, sk.sk_bound_dev_if);
  if ((type & IPV6_ADDR_LINKLOCAL) !== 0 && sk.sk_bound_dev_if === 0) return -EINVAL;
  if (sk.sk_bound_dev_if !== 0 && dev === null) return -ENODEV;
  if ((type & IPV6_ADDR_MULTICAST) !== 0 || sk.inet.freebind) return 0;
  return ipv6_chk_addr(cpu, addr, dev, false) ? 0 : -EADDRNOTAVAIL;
}

/** Not bound any more (include/net/ip.h). */
export function inet_reset_saddr(sk: sock): void {
  sk.inet.inet_rcv_saddr = 0;
  sk.inet.inet_saddr = 0;
  if (sk.inet.pinet6 === null) return;
  sk.sk_v6_rcv_saddr = in6addr_any;
  sk.inet.pinet6.saddr = in6addr_any;
}

export function* inet6_release(cpu: Cpu, sock: socket): Resumable<number> {
  return yield* inet_release(cpu, sock);
}

/** What it leaves behind, as sockets of IPv4 do. */
export function inet6_sock_destruct(cpu: Cpu, sk: sock): void {
  inet6_cleanup_sock(sk);
  inet_sock_destruct(cpu, sk);
}

function inet6_cleanup_sock(sk: sock): void {
  sk.inet.cork.fl6 = null;
}

/** Address of this end (`peer` 0), or of the other (1; 2: even when the connection is over). */
export function inet6_getname(_cpu: Cpu, sock: socket, peer: number): sockaddr_in | number {
  const sk = sock.sk!;
  const inet = sk.inet;
  if (peer === 0) {
    const addr = ipv6_addr_any(sk.sk_v6_rcv_saddr!) ? inet.pinet6!.saddr : sk.sk_v6_rcv_saddr;
    return { family: AF_INET6, addr: 0, port: inet.inet_sport, ll: null, sin6_addr: addr };
  }
  if (inet.inet_dport === 0 || (peer === 1 && (sk.sk_state === TCP_CLOSE || sk.sk_state === TCP_SYN_SENT))) return -ENOTCONN;
  return { family: AF_INET6, addr: 0, port: inet.inet_dport, ll: null, sin6_addr: sk.sk_v6_daddr };
}

export function* inet6_sendmsg(cpu: Cpu, sock: socket, msg: msghdr, size: number): Resumable<number> {
  const sk = sock.sk!;
  const err = yield* inet_send_prepare(cpu, sk);
  if (err !== 0) return -EAGAIN;
  return yield* protoOf(sk).sendmsg(cpu, sk, msg, size);
}

export function* inet6_recvmsg(cpu: Cpu, sock: socket, msg: msghdr, size: number, flags: number): Resumable<number> {
  const sk = sock.sk!;
  if (cpu.host.rps_sock_flow_table.length > 0) sock_rps_record_flow(cpu, sk);
  return yield* protoOf(sk).recvmsg(cpu, sk, msg, size, flags);
}

/** The route of a connection, looked up anew when it has gone stale; 0 or a negative errno. */
export function inet6_sk_rebuild_header(cpu: Cpu, sk: sock): number {
  if (__sk_dst_check(cpu, sk) !== null) return 0;
  const fl6 = connectionFlow(sk);
  const dst = ip6_dst_lookup_flow(cpu, sk, fl6);
  if (typeof dst !== 'number') {
    ip6_dst_store(cpu, sk, dst, fl6);
    return 0;
  }
  sk.sk_route_caps = 0;
  sk.sk_err_soft = -dst;
  return dst;
}
