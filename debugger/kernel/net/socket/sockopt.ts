/** Reading and setting the options of sockets (net/socket.c). Errors are negative errnos. */
import type { Resumable } from '../../../machine/frames.ts';
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { SOL_SOCKET } from '../../include/linux/socket.ts';
import type { sockopt_value } from '../../include/linux/socket.ts';
import type { socket } from '../../include/net/sock.ts';
import { sk_getsockopt, sk_setsockopt } from '../core/sock/options.ts';
import { opsOf } from '../ipv4/proto_ops.ts';
import { sockfd_lookup_light } from '../socket.ts';

export function* __x64_sys_setsockopt(cpu: Cpu, fd: number, level: number, optname: number, optval: sockopt_value): Resumable<number> {
  return yield* __sys_setsockopt(cpu, fd, level, optname, optval);
}

export function* __sys_setsockopt(cpu: Cpu, fd: number, level: number, optname: number, optval: sockopt_value): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const sock = sockfd_lookup_light(cpu, fd);
  if (typeof sock === 'number') return sock;
  return yield* do_sock_setsockopt(cpu, sock, level, optname, optval);
}

export function* do_sock_setsockopt(cpu: Cpu, sock: socket, level: number, optname: number, optval: sockopt_value): Resumable<number> {
  const sk = sock.sk!;
  if (level === SOL_SOCKET && sk.udp === null) return yield* sk_setsockopt(cpu, sk, optname, optval);
  return yield* opsOf(sock).setsockopt(cpu, sock, level, optname, optval);
}

export function* __x64_sys_getsockopt(cpu: Cpu, fd: number, level: number, optname: number, optval: sockopt_value): Resumable<number> {
  const err = __sys_getsockopt(cpu, fd, level, optname, optval);
  yield;
  return err;
}

export function __sys_getsockopt(cpu: Cpu, fd: number, level: number, optname: number, optval: sockopt_value): number {
  spend(cpu, cpu.costs.socket_call);
  const sock = sockfd_lookup_light(cpu, fd);
  if (typeof sock === 'number') return sock;
  return do_sock_getsockopt(cpu, sock, level, optname, optval);
}

export function do_sock_getsockopt(cpu: Cpu, sock: socket, level: number, optname: number, optval: sockopt_value): number {
  const sk = sock.sk!;
  if (level === SOL_SOCKET) return sk_getsockopt(cpu, sk, optname, optval);
  return opsOf(sock).getsockopt(cpu, sock, level, optname, optval);
}
