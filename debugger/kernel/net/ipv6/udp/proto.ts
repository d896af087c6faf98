/** udpv6_prot: connection, options and reading of UDP sockets of AF_INET6 (net/ipv6/udp.c, datagram.c). */
import type { Resumable } from '../../../../machine/frames.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import {
  IPV6_ADDR_LINKLOCAL, LOOPBACK4_IPV6, __ipv6_addr_type, in6addr_any, in6addr_loopback, ipv6_addr_any, ipv6_addr_v4mapped, mappedIn6Addr, mappedIpv4,
} from '../../../include/linux/in6.ts';
import type { In6Addr } from '../../../include/linux/in6.ts';
import { MSG_ERRQUEUE, MSG_PEEK, MSG_TRUNC, SOL_SOCKET, SOL_UDP } from '../../../include/linux/socket.ts';
import type { sockaddr_in, sockopt_value } from '../../../include/linux/socket.ts';
import { AF_INET, AF_INET6, TCP_ESTABLISHED } from '../../../include/net/sock.ts';
import type { msghdr, sock } from '../../../include/net/sock.ts';
import { EAFNOSUPPORT, EAGAIN, EINVAL, ENETUNREACH } from '../../../include/uapi/asm-generic/errno.ts';
import type { peek_offset } from '../../core/datagram.ts';
import { sk_dst_reset, sk_dst_set } from '../../core/dst.ts';
import { lock_sock_nested, release_sock } from '../../core/sock/lock.ts';
import { reuseport_has_conns_set } from '../../core/sock_reuseport.ts';
import type { proto } from '../../ipv4/protos.ts';
import { udp_ioctl } from '../../ipv4/udp/ioctl.ts';
import { udp_lib_unhash, udp_v4_get_port } from '../../ipv4/udp/port.ts';
import {
  __ip4_datagram_connect, __udp_disconnect, no_keepalive, sk_set_txhash, udp_destroy_sock, udp_destruct_sock, udp_getsockopt, udp_init_sock, udp_lib_close, udp_lib_hash, udp_no_shutdown,
  udp_set_rcvlowat, udp_setsockopt,
} from '../../ipv4/udp/proto.ts';
import { udp_splice_eof } from '../../ipv4/udp/sendmsg.ts';
import { __skb_recv_udp, udpCopy } from '../../ipv4/udp/recvmsg.ts';
import { SOCK_BINDADDR_LOCK } from '../../ipv4/af_inet.ts';
import { ip6_dst_lookup_flow } from '../ip6_output/dst_lookup.ts';
import { ipv6_getsockopt, ipv6_setsockopt } from '../ipv6_sockglue.ts';
import { createFlowi6 } from '../route/lookup.ts';
import { udpv6_sendmsg } from './sendmsg.ts';

export const udpv6_prot: proto = {
  name: 'UDPv6', no_autobind: false, init: udpv6_init_sock, close: udp_lib_close, destroy: udp_destroy_sock, pre_connect: udpv6_pre_connect, connect: udpv6_connect,
  disconnect: udpv6Disconnect, shutdown: udp_no_shutdown, sendmsg: udpv6_sendmsg, recvmsg: udpv6_recvmsg, splice_eof: udp_splice_eof, ioctl: udp_ioctl, setsockopt: udpv6_setsockopt,
  getsockopt: udpv6_getsockopt, hash: udp_lib_hash, unhash: udp_lib_unhash, get_port: udp_v4_get_port, keepalive: no_keepalive, set_rcvlowat: udp_set_rcvlowat,
};

function udpv6_init_sock(cpu: Cpu, sk: sock): number {
  udp_init_sock(cpu, sk);
  sk.sk_destruct = 'udpv6_destruct_sock';
  return 0;
}

export function udpv6_destruct_sock(cpu: Cpu, sk: sock): void {
  sk.inet.cork.fl6 = null;
  udp_destruct_sock(cpu, sk);
}

function udpv6_pre_connect(_cpu: Cpu, _sk: sock, addr: sockaddr_in): number {
  return addr.family === AF_INET6 || addr.family === AF_INET ? 0 : -EINVAL;
}

function* udpv6_connect(cpu: Cpu, sk: sock, addr: sockaddr_in): Resumable<number> {
  yield* lock_sock_nested(cpu, sk);
  const res = __ip6_datagram_connect(cpu, sk, addr);
  yield* release_sock(cpu, sk);
  return res;
}

/** To ::ffff:a.b.c.d the socket speaks IPv4. @helper */
function connectMapped(cpu: Cpu, sk: sock, daddr: In6Addr, port: number): number {
  if (sk.sk_ipv6only) return -ENETUNREACH;
  const err = __ip4_datagram_connect(cpu, sk, { family: AF_INET, addr: mappedIpv4(daddr), port, ll: null, sin6_addr: null });
  if (err !== 0) return err;
  sk.sk_v6_daddr = daddr;
  const own = mappedIn6Addr(sk.inet.inet_saddr);
  if (ipv6_addr_any(sk.inet.pinet6!.saddr)) sk.inet.pinet6!.saddr = own;
  if (ipv6_addr_any(sk.sk_v6_rcv_saddr!)) sk.sk_v6_rcv_saddr = mappedIn6Addr(sk.inet.inet_rcv_saddr);
  return 0;
}

/** The peer is fixed, and with it route and source address. */
function __ip6_datagram_connect(cpu: Cpu, sk: sock, usin: sockaddr_in): number {
  const { inet } = sk;
  const np = inet.pinet6!;
  if (usin.family === AF_INET) return sk.sk_ipv6only ? -EAFNOSUPPORT : connectMapped(cpu, sk, mappedIn6Addr(usin.addr), usin.port);
  if (usin.family !== AF_INET6) return -EAFNOSUPPORT;
  const daddr = ipv6_addr_any(usin.sin6_addr!) ? in6addr_loopback : usin.sin6_addr!;
  if (ipv6_addr_v4mapped(daddr)) return connectMapped(cpu, sk, daddr, usin.port);
  if ((__ipv6_addr_type(daddr) & IPV6_ADDR_LINKLOCAL) !== 0 && sk.sk_bound_dev_if === 0) return -EINVAL;
  sk_dst_reset(sk);
  const fl6 = createFlowi6(sk.sk_protocol, sk.sk_bound_dev_if, np.tclass, np.saddr, daddr, inet.inet_sport, usin.port);
  const dst = ip6_dst_lookup_flow(cpu, sk, fl6);
  if (typeof dst === 'number') return dst;
  sk.sk_v6_daddr = daddr;
  inet.inet_dport = usin.port;
  if (ipv6_addr_any(np.saddr)) np.saddr = fl6.saddr;
  if (ipv6_addr_any(sk.sk_v6_rcv_saddr!)) {
    sk.sk_v6_rcv_saddr = fl6.saddr;
    inet.inet_rcv_saddr = LOOPBACK4_IPV6;
  }
  inet.inet_daddr = LOOPBACK4_IPV6;
  reuseport_has_conns_set(cpu, sk);
  sk.sk_state = TCP_ESTABLISHED;
  sk_set_txhash(cpu, sk);
  sk_dst_set(sk, dst);
  return 0;
}

/** connect() with AF_UNSPEC: the addresses of IPv6 go, too. @helper */
function* udpv6Disconnect(cpu: Cpu, sk: sock, flags: number): Resumable<number> {
  yield* lock_sock_nested(cpu, sk);
  __udp_disconnect(cpu, sk, flags);
  sk.sk_v6_daddr = in6addr_any;
  if ((sk.sk_userlocks & SOCK_BINDADDR_LOCK) === 0) {
    sk.sk_v6_rcv_saddr = in6addr_any;
    sk.inet.pinet6!.saddr = in6addr_any;
  }
  yield* release_sock(cpu, sk);
  return 0;
}

/** Bytes go to msg.iter, what is left of a longer datagram is lost (MSG_TRUNC tells). Answers the bytes copied. */
export function* udpv6_recvmsg(cpu: Cpu, sk: sock, msg: msghdr, len: number, flags: number): Resumable<number> {
  if ((flags & MSG_ERRQUEUE) !== 0) return -EAGAIN;
  spend(cpu, cpu.costs.udp_recvmsg);
  for (;;) {
    const peek: peek_offset | null = (flags & MSG_PEEK) !== 0 ? { off: sk.sk_peek_off } : null;
    const skb = yield* __skb_recv_udp(cpu, sk, flags, peek);
    if (typeof skb === 'number') return skb;
    const copied = udpCopy(cpu, sk, skb, msg, len, flags, peek === null ? 0 : Math.max(peek.off, 0));
    if (copied !== -EAGAIN) return copied;
    msg.msg_flags &= ~MSG_TRUNC;
    yield;
  }
}

function* udpv6_setsockopt(cpu: Cpu, sk: sock, level: number, optname: number, optval: sockopt_value): Resumable<number> {
  if (level === SOL_SOCKET || level === SOL_UDP) return yield* udp_setsockopt(cpu, sk, level, optname, optval);
  return yield* ipv6_setsockopt(cpu, sk, level, optname, optval);
}

function udpv6_getsockopt(cpu: Cpu, sk: sock, level: number, optname: number, optval: sockopt_value): number {
  return level === SOL_UDP ? udp_getsockopt(cpu, sk, level, optname, optval) : ipv6_getsockopt(cpu, sk, level, optname, optval);
}

