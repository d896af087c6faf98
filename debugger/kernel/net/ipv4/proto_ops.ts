/** struct proto_ops by name (socket->ops): from a system call on a socket to what its kind does (net/ipv4/af_inet.c). */
import type { Resumable } from '../../../machine/frames.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { file, poll_table } from '../../include/linux/fs.ts';
import type { sockaddr_in } from '../../include/linux/socket.ts';
import type { msghdr, socket } from '../../include/net/sock.ts';
import { EOPNOTSUPP } from '../../include/uapi/asm-generic/errno.ts';
import {
  inet_bind, inet_dgram_connect, inet_getname, inet_recvmsg, inet_release, inet_sendmsg, inet_shutdown,
} from './af_inet.ts';
import { inet_accept, inet_listen, inet_stream_connect } from './af_inet_stream.ts';
import { tcp_poll } from './tcp/poll.ts';
import { udp_poll } from './udp/poll.ts';

export interface proto_ops {
  release: (cpu: Cpu, sock: socket) => Resumable<number>;
  bind: (cpu: Cpu, sock: socket, addr: sockaddr_in) => Resumable<number>;
  connect: (cpu: Cpu, sock: socket, addr: sockaddr_in, flags: number) => Resumable<number>;
  accept: (cpu: Cpu, sock: socket, newsock: socket, flags: number) => Resumable<number>;
  getname: (cpu: Cpu, sock: socket, peer: boolean) => sockaddr_in | number;
  poll: (cpu: Cpu, file: file, sock: socket, wait: poll_table | null) => number;
  listen: (cpu: Cpu, sock: socket, backlog: number) => Resumable<number>;
  shutdown: (cpu: Cpu, sock: socket, how: number) => Resumable<number>;
  sendmsg: (cpu: Cpu, sock: socket, msg: msghdr, size: number) => Resumable<number>;
  recvmsg: (cpu: Cpu, sock: socket, msg: msghdr, size: number, flags: number) => Resumable<number>;
}

const proto_ops_table: Record<string, proto_ops> = {
  inet_stream_ops: {
    release: inet_release, bind: inet_bind, connect: inet_stream_connect, accept: inet_accept, getname: inet_getname, poll: tcp_poll,
    listen: inet_listen, shutdown: inet_shutdown, sendmsg: inet_sendmsg, recvmsg: inet_recvmsg,
  },
  inet_dgram_ops: {
    release: inet_release, bind: inet_bind, connect: inet_dgram_connect, accept: sock_no_accept, getname: inet_getname, poll: udp_poll,
    listen: sock_no_listen, shutdown: inet_shutdown, sendmsg: inet_sendmsg, recvmsg: inet_recvmsg,
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
