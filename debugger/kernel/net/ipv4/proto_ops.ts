/** struct proto_ops by name (socket->ops): from a system call on a socket to what its kind does (net/ipv4/af_inet.c). */
import { inet6_bind, inet6_getname, inet6_recvmsg, inet6_release, inet6_sendmsg } from '../ipv6/af_inet6.ts';
import type { Resumable } from '../../../machine/frames.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { file, poll_table } from '../../include/linux/fs.ts';
import type { pipe_inode_info } from '../../include/linux/pipe_fs_i.ts';
import type { tpacket2_hdr } from '../../include/linux/if_packet.ts';
import type { sockaddr_in, sockopt_value } from '../../include/linux/socket.ts';
import type { msghdr, socket } from '../../include/net/sock.ts';
import { ENODEV, EOPNOTSUPP } from '../../include/uapi/asm-generic/errno.ts';
import {
  inet_bind, inet_dgram_connect, inet_getname, inet_recvmsg, inet_release, inet_sendmsg, inet_shutdown, inet_splice_eof,
} from './af_inet.ts';
import { inet_accept, inet_listen, inet_stream_connect } from './af_inet_stream.ts';
import { packet_bind, packet_getname, packet_release } from '../packet/af_packet/create.ts';
import { packet_getsockopt, packet_ioctl, packet_recvmsg, packet_setsockopt } from '../packet/af_packet/recvmsg.ts';
import { packet_mmap, packet_poll } from '../packet/af_packet/ring.ts';
import { packet_sendmsg } from '../packet/af_packet/snd.ts';
import { protoOf } from './protos.ts';
import { tcp_poll } from './tcp/poll.ts';
import { tcp_splice_read } from './tcp/splice_read.ts';
import { udp_poll } from './udp/poll.ts';

export interface proto_ops {
  release: (cpu: Cpu, sock: socket) => Resumable<number>;
  bind: (cpu: Cpu, sock: socket, addr: sockaddr_in) => Resumable<number>;
  connect: (cpu: Cpu, sock: socket, addr: sockaddr_in, flags: number) => Resumable<number>;
  accept: (cpu: Cpu, sock: socket, newsock: socket, flags: number) => Resumable<number>;
  /** `peer` 0: the own address, 1: the other's, 2: the other's even when the connection is over. */
  getname: (cpu: Cpu, sock: socket, peer: number) => sockaddr_in | number;
  poll: (cpu: Cpu, file: file, sock: socket, wait: poll_table | null) => number;
  listen: (cpu: Cpu, sock: socket, backlog: number) => Resumable<number>;
  shutdown: (cpu: Cpu, sock: socket, how: number) => Resumable<number>;
  sendmsg: (cpu: Cpu, sock: socket, msg: msghdr, size: number) => Resumable<number>;
  recvmsg: (cpu: Cpu, sock: socket, msg: msghdr, size: number, flags: number) => Resumable<number>;
  setsockopt: (cpu: Cpu, sock: socket, level: number, optname: number, optval: sockopt_value) => Resumable<number>;
  getsockopt: (cpu: Cpu, sock: socket, level: number, optname: number, optval: sockopt_value) => number;
  ioctl: (cpu: Cpu, sock: socket, cmd: number) => Resumable<number>;
  mmap: (cpu: Cpu, sock: socket, area: tpacket2_hdr[]) => number;
  /** null: what comes can only be copied. */
  splice_read: ((cpu: Cpu, sock: socket, pipe: pipe_inode_info, len: number, flags: number) => Resumable<number>) | null;
  splice_eof: (cpu: Cpu, sock: socket) => Resumable<void>;
}

const proto_ops_table: Record<string, proto_ops> = {
  inet_stream_ops: {
    release: inet_release, bind: inet_bind, connect: inet_stream_connect, accept: inet_accept, getname: inet_getname, poll: tcp_poll,
    listen: inet_listen, shutdown: inet_shutdown, sendmsg: inet_sendmsg, recvmsg: inet_recvmsg, setsockopt: sock_common_setsockopt,
    getsockopt: sock_common_getsockopt, ioctl: inet_ioctl, mmap: sock_no_mmap, splice_read: tcp_splice_read, splice_eof: inet_splice_eof,
  },
  inet_dgram_ops: {
    release: inet_release, bind: inet_bind, connect: inet_dgram_connect, accept: sock_no_accept, getname: inet_getname, poll: udp_poll,
    listen: sock_no_listen, shutdown: inet_shutdown, sendmsg: inet_sendmsg, recvmsg: inet_recvmsg, setsockopt: sock_common_setsockopt,
    getsockopt: sock_common_getsockopt, ioctl: inet_ioctl, mmap: sock_no_mmap, splice_read: null, splice_eof: inet_splice_eof,
  },
  inet6_stream_ops: {
    release: inet6_release, bind: inet6_bind, connect: inet_stream_connect, accept: inet_accept, getname: inet6_getname, poll: tcp_poll,
    listen: inet_listen, shutdown: inet_shutdown, sendmsg: inet6_sendmsg, recvmsg: inet6_recvmsg, setsockopt: sock_common_setsockopt,
    getsockopt: sock_common_getsockopt, ioctl: inet_ioctl, mmap: sock_no_mmap, splice_read: tcp_splice_read, splice_eof: inet_splice_eof,
  },
  inet6_dgram_ops: {
    release: inet6_release, bind: inet6_bind, connect: inet_dgram_connect, accept: sock_no_accept, getname: inet6_getname, poll: udp_poll,
    listen: sock_no_listen, shutdown: inet_shutdown, sendmsg: inet6_sendmsg, recvmsg: inet6_recvmsg, setsockopt: sock_common_setsockopt,
    getsockopt: sock_common_getsockopt, ioctl: inet_ioctl, mmap: sock_no_mmap, splice_read: null, splice_eof: inet_splice_eof,
  },
  packet_ops: {
    release: packet_release, bind: packet_bind, connect: sock_no_connect, accept: sock_no_accept, getname: packet_getname, poll: packet_poll,
    listen: sock_no_listen, shutdown: sock_no_shutdown, sendmsg: packet_sendmsg, recvmsg: packet_recvmsg, setsockopt: packet_setsockopt,
    getsockopt: packet_getsockopt, ioctl: packet_ioctl, mmap: packet_mmap, splice_read: null, splice_eof: noSpliceEof,
  },
};

/** @helper sock->ops */
export function opsOf(sock: socket): proto_ops {
  return proto_ops_table[sock.ops]!;
}

export function* sock_no_accept(_cpu: Cpu, _sock: socket, _newsock: socket, _flags: number): Resumable<number> {
  yield;
  return -EOPNOTSUPP;
}

export function* sock_no_listen(_cpu: Cpu, _sock: socket, _backlog: number): Resumable<number> {
  yield;
  return -EOPNOTSUPP;
}

export function* sock_no_connect(_cpu: Cpu, _sock: socket, _addr: sockaddr_in, _flags: number): Resumable<number> {
  yield;
  return -EOPNOTSUPP;
}

export function* sock_no_shutdown(_cpu: Cpu, _sock: socket, _how: number): Resumable<number> {
  yield;
  return -EOPNOTSUPP;
}

export function sock_no_mmap(_cpu: Cpu, _sock: socket, _area: tpacket2_hdr[]): number {
  return -ENODEV;
}

/** @helper The kind has none. */
function* noSpliceEof(_cpu: Cpu, _sock: socket): Resumable<void> {
  yield;
}

export function* sock_common_setsockopt(cpu: Cpu, sock: socket, level: number, optname: number, optval: sockopt_value): Resumable<number> {
  return yield* protoOf(sock.sk!).setsockopt(cpu, sock.sk!, level, optname, optval);
}

export function sock_common_getsockopt(cpu: Cpu, sock: socket, level: number, optname: number, optval: sockopt_value): number {
  return protoOf(sock.sk!).getsockopt(cpu, sock.sk!, level, optname, optval);
}

export function* inet_ioctl(cpu: Cpu, sock: socket, cmd: number): Resumable<number> {
  return yield* protoOf(sock.sk!).ioctl(cpu, sock.sk!, cmd);
}
