/** udp_prot: birth, connection, options and death of UDP sockets (net/ipv4/udp.c, datagram.c). */
import { udp_v6_push_pending_frames } from '../../ipv6/udp/sendmsg.ts';
import type { Resumable } from '../../../../machine/frames.ts';
import { roll } from '../../../../machine/random.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { Host } from '../../../include/linux/host.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sockaddr_in, sockopt_value } from '../../../include/linux/socket.ts';
import { SOL_SOCKET, SOL_UDP, SO_RCVBUF, SO_RCVBUFFORCE, UDP_CORK, UDP_GRO, UDP_SEGMENT } from '../../../include/linux/socket.ts';
import { RTCF_BROADCAST } from '../../../include/net/dst.ts';
import { AF_INET, TCP_CLOSE, TCP_ESTABLISHED } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { EACCES, EAFNOSUPPORT, EINVAL, ENETUNREACH, ENOPROTOOPT } from '../../../include/uapi/asm-generic/errno.ts';
import { sk_dst_reset, sk_dst_set } from '../../core/dst.ts';
import { kfree_skb_reason } from '../../core/skbuff/free.ts';
import { skb_queue_splice_tail_init } from '../../core/skbuff/queue.ts';
import { inet_sock_destruct, sk_common_release, sock_hold, sock_put } from '../../core/sock/create.ts';
import { lock_sock_nested, release_sock } from '../../core/sock/lock.ts';
import { reuseport_has_conns_set } from '../../core/sock_reuseport.ts';
import { sk_setsockopt } from '../../core/sock/options.ts';
import { SOCK_BINDADDR_LOCK, SOCK_BINDPORT_LOCK } from '../af_inet.ts';
import { ip_getsockopt, ip_setsockopt } from '../ip_sockglue.ts';
import type { proto } from '../protos.ts';
import { createFlowi4 } from '../route/output.ts';
import { ip_route_connect } from '../route.ts';
import { UDP_HTABLE_SIZE } from './hash.ts';
import { udp4_hash4, udp_unhash4_on_disconnect } from './hash4.ts';
import { udp_ioctl } from './ioctl.ts';
import { udp_rmem_release } from './memory.ts';
import { udp_lib_unhash, udp_v4_get_port, udp_v4_rehash } from './port.ts';
import { udp_recvmsg } from './recvmsg.ts';
import { udp_flush_pending_frames, udp_push_pending_frames } from './send_skb.ts';
import { udp_sendmsg, udp_splice_eof } from './sendmsg.ts';

export const udp_prot: proto = {
  name: 'UDP', no_autobind: false, init: udp_init_sock, close: udp_lib_close, destroy: udp_destroy_sock, pre_connect: udp_pre_connect, connect: udp_connect,
  disconnect: udp_disconnect, shutdown: udp_no_shutdown, sendmsg: udp_sendmsg, recvmsg: udp_recvmsg, splice_eof: udp_splice_eof, ioctl: udp_ioctl, setsockopt: udp_setsockopt,
  getsockopt: udp_getsockopt, hash: udp_lib_hash, unhash: udp_lib_unhash, get_port: udp_v4_get_port, keepalive: no_keepalive,
  set_rcvlowat: udp_set_rcvlowat,
};

/** The table of bound sockets, empty. */
export function udp_table_init(host: Host): void {
  host.udp_table = [];
  for (let i = 0; i < UDP_HTABLE_SIZE; i++) host.udp_table.push([]);
}

export function udp_init_sock(_cpu: Cpu, sk: sock): number {
  sk.udp = {
    pending: false, corkflag: false, encap_type: 0, encap_enabled: false, gso_size: 0, gro_enabled: false, accept_udp_l4: false, forward_deficit: 0,
    forward_threshold: sk.sk_rcvbuf >> 2, udp_lrpa_hash: -1, peeking_with_offset: false, reader_queue: [],
  };
  sk.sk_destruct = 'udp_destruct_sock';
  return 0;
}

/** UDP sockets are in the table once they have a port. */
export function udp_lib_hash(_cpu: Cpu, _sk: sock): number {
  return 0;
}

export function udp_no_shutdown(_cpu: Cpu, _sk: sock, _how: number): void {}

export function no_keepalive(_cpu: Cpu, _sk: sock, _on: boolean): void {}

export function udp_set_rcvlowat(_cpu: Cpu, sk: sock, val: number): number {
  sk.sk_rcvlowat = val;
  return 0;
}

export function udp_pre_connect(_cpu: Cpu, _sk: sock, addr: sockaddr_in): number {
  return addr.family === AF_INET ? 0 : -EAFNOSUPPORT;
}

export function* udp_connect(cpu: Cpu, sk: sock, addr: sockaddr_in): Resumable<number> {
  yield* lock_sock_nested(cpu, sk);
  const res = __ip4_datagram_connect(cpu, sk, addr);
  if (res === 0) udp4_hash4(cpu, sk);
  yield* release_sock(cpu, sk);
  return res;
}

/** The peer is fixed, and with it route and source address. */
export function __ip4_datagram_connect(cpu: Cpu, sk: sock, usin: sockaddr_in): number {
  const inet = sk.inet;
  if (usin.family !== AF_INET) return -EAFNOSUPPORT;
  sk_dst_reset(sk);
  const fl4 = createFlowi4(sk.sk_protocol, sk.sk_bound_dev_if, inet.tos, inet.inet_saddr, usin.addr, inet.inet_sport, usin.port);
  const rt = ip_route_connect(cpu, fl4, sk);
  if (typeof rt === 'number') {
    if (rt === -ENETUNREACH) cpu.host.mib.Ip.OutNoRoutes++;
    return rt;
  }
  if ((rt.rt_flags & RTCF_BROADCAST) !== 0 && !sk.sk_broadcast) return -EACCES;
  inet.inet_daddr = fl4.daddr;
  inet.inet_dport = usin.port;
  if (inet.inet_saddr === 0) inet.inet_saddr = fl4.saddr;
  if (inet.inet_rcv_saddr === 0) {
    inet.inet_rcv_saddr = fl4.saddr;
    udp_v4_rehash(cpu, sk);
  }
  reuseport_has_conns_set(cpu, sk);
  sk.sk_state = TCP_ESTABLISHED;
  sk_set_txhash(cpu, sk);
  inet.inet_id = roll(cpu.host, 65536);
  sk_dst_set(sk, rt);
  return 0;
}

/** A number that keeps the flow's packets on one path and one queue. */
export function sk_set_txhash(cpu: Cpu, sk: sock): void {
  sk.sk_txhash = roll(cpu.host, 0xfffffffe) + 1;
}

/** connect() with AF_UNSPEC. */
export function* udp_disconnect(cpu: Cpu, sk: sock, flags: number): Resumable<number> {
  yield* lock_sock_nested(cpu, sk);
  __udp_disconnect(cpu, sk, flags);
  yield* release_sock(cpu, sk);
  return 0;
}

/** Any peer again; the port stays where bind() has given it. */
export function __udp_disconnect(cpu: Cpu, sk: sock, _flags: number): number {
  const inet = sk.inet;
  sk.sk_state = TCP_CLOSE;
  inet.inet_daddr = 0;
  inet.inet_dport = 0;
  udp_unhash4_on_disconnect(cpu, sk);
  sk.sk_rxhash = 0;
  sk.sk_bound_dev_if = 0;
  if ((sk.sk_userlocks & SOCK_BINDADDR_LOCK) === 0) {
    inet.inet_rcv_saddr = 0;
    inet.inet_saddr = 0;
    if ((sk.sk_userlocks & SOCK_BINDPORT_LOCK) !== 0) udp_v4_rehash(cpu, sk);
  }
  if ((sk.sk_userlocks & SOCK_BINDPORT_LOCK) === 0) {
    udp_lib_unhash(cpu, sk);
    inet.inet_sport = 0;
  }
  sk_dst_reset(sk);
  return 0;
}

export function* udp_lib_close(cpu: Cpu, sk: sock, _timeout: number): Resumable<void> {
  sock_hold(sk);
  sk_common_release(cpu, sk);
  yield* releaseUnread(cpu, sk);
  sock_put(cpu, sk);
}

/** Datagrams that nobody read go one by one, others getting their turn in between (Linux frees them later, from an RCU callback). @helper */
function* releaseUnread(cpu: Cpu, sk: sock): Resumable<void> {
  const queue = sk.udp!.reader_queue;
  skb_queue_splice_tail_init(sk.sk_receive_queue, queue);
  while (queue.length > 0) {
    dropUnread(cpu, sk, queue);
    yield;
  }
}

/** @helper */
function dropUnread(cpu: Cpu, sk: sock, queue: sk_buff[]): void {
  const skb = queue.shift()!;
  const truesize = skb.truesize;
  kfree_skb_reason(cpu, skb, 'NOT_SPECIFIED', { condition: 'closed with datagrams that nobody read', values: { len: skb.len, unread: queue.length + 1 } });
  udp_rmem_release(cpu, sk, truesize, false);
}

export function udp_destroy_sock(cpu: Cpu, sk: sock): void {
  sk.sk_dead = true;
  udp_flush_pending_frames(cpu, sk);
  if (sk.udp!.encap_enabled) udp_encap_disable(cpu);
}

export function udp_encap_disable(cpu: Cpu): void {
  cpu.host.udp_encap_needed--;
}

/** What nobody read goes back to memory. */
export function udp_destruct_sock(cpu: Cpu, sk: sock): void {
  udp_destruct_common(cpu, sk);
  inet_sock_destruct(cpu, sk);
}

/** Nothing is left by now, unless the socket went another way than through close. */
function udp_destruct_common(cpu: Cpu, sk: sock): void {
  const queue = sk.udp!.reader_queue;
  skb_queue_splice_tail_init(sk.sk_receive_queue, queue);
  while (queue.length > 0) dropUnread(cpu, sk, queue);
}

export function* udp_setsockopt(cpu: Cpu, sk: sock, level: number, optname: number, optval: sockopt_value): Resumable<number> {
  if (level === SOL_SOCKET) {
    const err = yield* sk_setsockopt(cpu, sk, optname, optval);
    if (optname === SO_RCVBUF || optname === SO_RCVBUFFORCE) sk.udp!.forward_threshold = sk.sk_rcvbuf >> 2;
    return err;
  }
  if (level === SOL_UDP) return yield* udp_lib_setsockopt(cpu, sk, optname, optval);
  return yield* ip_setsockopt(cpu, sk, level, optname, optval);
}

export function* udp_lib_setsockopt(cpu: Cpu, sk: sock, optname: number, optval: sockopt_value): Resumable<number> {
  const up = sk.udp!;
  const val = optval.words[0] ?? 0;
  if (optname === UDP_CORK) {
    up.corkflag = val !== 0;
    if (val !== 0 || !up.pending) return 0;
    yield* lock_sock_nested(cpu, sk);
    if (sk.inet.cork.fl6 !== null) udp_v6_push_pending_frames(cpu, sk);
    else udp_push_pending_frames(cpu, sk);
    yield* release_sock(cpu, sk);
    return 0;
  }
  if (optname === UDP_SEGMENT) {
    if (val < 0 || val > 0xffff) return -EINVAL;
    up.gso_size = val;
    return 0;
  }
  if (optname === UDP_GRO) {
    yield* lock_sock_nested(cpu, sk);
    if (val !== 0) udp_tunnel_encap_enable(cpu, sk);
    up.gro_enabled = val !== 0;
    up.accept_udp_l4 = val !== 0;
    yield* release_sock(cpu, sk);
    return 0;
  }
  return -ENOPROTOOPT;
}

/** From now on GRO looks for the socket of each datagram, until this one is gone (include/net/udp_tunnel.h). */
export function udp_tunnel_encap_enable(cpu: Cpu, sk: sock): void {
  if (sk.udp!.encap_enabled) return;
  sk.udp!.encap_enabled = true;
  udp_encap_enable(cpu);
}

export function udp_encap_enable(cpu: Cpu): void {
  cpu.host.udp_encap_needed++;
}

export function udp_getsockopt(cpu: Cpu, sk: sock, level: number, optname: number, optval: sockopt_value): number {
  if (level !== SOL_UDP) return ip_getsockopt(cpu, sk, level, optname, optval);
  const up = sk.udp!;
  if (optname === UDP_CORK) optval.words = [Number(up.corkflag)];
  else if (optname === UDP_SEGMENT) optval.words = [up.gso_size];
  else if (optname === UDP_GRO) optval.words = [Number(up.gro_enabled)];
  else return -ENOPROTOOPT;
  return 0;
}
