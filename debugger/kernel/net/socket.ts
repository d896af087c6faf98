/** System calls on sockets (net/socket.c). Errors are negative errnos. */
import { inet6_create } from './ipv6/af_inet6.ts';
import type { Resumable } from '../../machine/frames.ts';
import { spend } from '../../machine/spend.ts';
import type { Cpu } from '../../machine/types.ts';
import type { file, poll_table } from '../include/linux/fs.ts';
import { O_NONBLOCK, O_RDWR } from '../include/linux/fs.ts';
import { POLL_BUSY_LOOP } from '../include/linux/poll.ts';
import type { tpacket2_hdr } from '../include/linux/if_packet.ts';
import type { sockaddr_in } from '../include/linux/socket.ts';
import { MSG_BATCH, MSG_DONTWAIT, MSG_ERRQUEUE, MSG_OOB, MSG_WAITFORONE, SOCK_CLOEXEC, SOCK_NONBLOCK, SOCK_TYPE_MASK } from '../include/linux/socket.ts';
import { sk_busy_loop, sk_can_busy_loop } from '../include/net/busy_poll.ts';
import { AF_INET, AF_INET6, AF_PACKET } from '../include/net/sock.ts';
import type { mmsghdr, msghdr, socket } from '../include/net/sock.ts';
import { EAFNOSUPPORT, EAGAIN, EBADF, EINVAL, EMSGSIZE, ENOTSOCK } from '../include/uapi/asm-generic/errno.ts';
import { UIO_MAXIOV, import_iovec } from '../lib/iov_iter.ts';
import { alloc_fd, alloc_file, fd_install, fget } from '../fs/file.ts';
import { createSocket } from './core/sock/create.ts';
import { sock_error } from './core/sock/options.ts';
import { inet_create } from './ipv4/af_inet.ts';
import { packet_create } from './packet/af_packet/create.ts';
import { opsOf } from './ipv4/proto_ops.ts';

/** One more than the highest type (linux/net.h). */
const SOCK_MAX = 11;

/** The socket behind a descriptor, or a negative errno. */
export function sockfd_lookup_light(cpu: Cpu, fd: number): socket | number {
  const file = fget(cpu, fd);
  if (file === null) return -EBADF;
  return sock_from_file(file) ?? -ENOTSOCK;
}

/** @helper */
export function sock_from_file(file: file): socket | null {
  return file.f_op === 'socket_file_ops' ? (file.private_data as socket) : null;
}

export function* __x64_sys_socket(cpu: Cpu, family: number, type: number, protocol: number): Resumable<number> {
  return yield* __sys_socket(cpu, family, type, protocol);
}

export function* __sys_socket(cpu: Cpu, family: number, type: number, protocol: number): Resumable<number> {
  const flags = type & ~SOCK_TYPE_MASK;
  if ((flags & ~(SOCK_CLOEXEC | SOCK_NONBLOCK)) !== 0) return -EINVAL;
  spend(cpu, cpu.costs.socket_call);
  const sock = __sock_create(cpu, family, type & SOCK_TYPE_MASK, protocol);
  if (typeof sock === 'number') return sock;
  return yield* sock_map_fd(cpu, sock, flags);
}

/** net_families: what makes a socket of each. */
const families: Readonly<Record<number, ((cpu: Cpu, sock: socket, protocol: number) => number) | undefined>> = { [AF_INET]: inet_create, [AF_INET6]: inet6_create, [AF_PACKET]: packet_create };

export function __sock_create(cpu: Cpu, family: number, type: number, protocol: number): socket | number {
  if (type >= SOCK_MAX) return -EINVAL;
  const create = families[family];
  if (create === undefined) return -EAFNOSUPPORT;
  const sock = createSocket(type);
  const err = create(cpu, sock, protocol);
  return err < 0 ? err : sock;
}

/** A file around the socket, and a descriptor for it; without one the socket goes again. */
export function* sock_map_fd(cpu: Cpu, sock: socket, flags: number): Resumable<number> {
  const fd = alloc_fd(cpu);
  yield;
  if (fd < 0) {
    yield* __sock_release(cpu, sock);
    return fd;
  }
  fd_install(cpu, fd, sock_alloc_file(cpu, sock, flags));
  return fd;
}

export function sock_alloc_file(cpu: Cpu, sock: socket, flags: number): file {
  const file = alloc_file(cpu, 'socket_file_ops', O_RDWR | (flags & O_NONBLOCK), sock);
  sock.file = file;
  return file;
}

export function* __x64_sys_bind(cpu: Cpu, fd: number, addr: sockaddr_in): Resumable<number> {
  return yield* __sys_bind(cpu, fd, addr);
}

export function* __sys_bind(cpu: Cpu, fd: number, addr: sockaddr_in): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const sock = sockfd_lookup_light(cpu, fd);
  if (typeof sock === 'number') return sock;
  return yield* opsOf(sock).bind(cpu, sock, addr);
}

export function* __x64_sys_listen(cpu: Cpu, fd: number, backlog: number): Resumable<number> {
  return yield* __sys_listen(cpu, fd, backlog);
}

export function* __sys_listen(cpu: Cpu, fd: number, backlog: number): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const sock = sockfd_lookup_light(cpu, fd);
  if (typeof sock === 'number') return sock;
  const somaxconn = cpu.host.knobs.sysctl_somaxconn!;
  return yield* opsOf(sock).listen(cpu, sock, backlog < 0 || backlog > somaxconn ? somaxconn : backlog);
}

export function* __x64_sys_accept4(cpu: Cpu, fd: number, upeer: sockaddr_in | null, flags: number): Resumable<number> {
  return yield* __sys_accept4(cpu, fd, upeer, flags);
}

/** What accept4() asks getname() for: the peer, even of a connection that is over already. */
const PEER_OF_ACCEPTED = 2;

/** Answers the new connection's descriptor; its peer is written to `upeer`. */
export function* __sys_accept4(cpu: Cpu, fd: number, upeer: sockaddr_in | null, flags: number): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const file = fget(cpu, fd);
  if (file === null) return -EBADF;
  return yield* __sys_accept4_file(cpu, file, upeer, flags);
}

function* __sys_accept4_file(cpu: Cpu, file: file, upeer: sockaddr_in | null, flags: number): Resumable<number> {
  if ((flags & ~(SOCK_CLOEXEC | SOCK_NONBLOCK)) !== 0) return -EINVAL;
  const newfd = alloc_fd(cpu);
  if (newfd < 0) return newfd;
  const newfile = yield* do_accept(cpu, file, upeer, flags);
  if (typeof newfile === 'number') return newfile;
  const slot = alloc_fd(cpu);
  fd_install(cpu, slot, newfile);
  return slot;
}

/** The new connection's file, or a negative errno. */
export function* do_accept(cpu: Cpu, file: file, upeer: sockaddr_in | null, flags: number): Resumable<file | number> {
  const sock = sock_from_file(file);
  if (sock === null) return -ENOTSOCK;
  const newsock = createSocket(sock.type);
  newsock.ops = sock.ops;
  const err = yield* opsOf(sock).accept(cpu, sock, newsock, file.f_flags);
  if (err < 0) return err;
  if (upeer !== null) fillAddress(upeer, opsOf(newsock).getname(cpu, newsock, PEER_OF_ACCEPTED));
  return sock_alloc_file(cpu, newsock, flags);
}

/** @helper */
function fillAddress(to: sockaddr_in, from: sockaddr_in | number): void {
  if (typeof from === 'number') return;
  to.family = from.family;
  to.addr = from.addr;
  to.port = from.port;
  to.ll = from.ll;
  to.sin6_addr = from.sin6_addr;
}

export function* __x64_sys_connect(cpu: Cpu, fd: number, addr: sockaddr_in): Resumable<number> {
  return yield* __sys_connect(cpu, fd, addr);
}

export function* __sys_connect(cpu: Cpu, fd: number, addr: sockaddr_in): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const sock = sockfd_lookup_light(cpu, fd);
  if (typeof sock === 'number') return sock;
  return yield* __sys_connect_file(cpu, sock, addr);
}

export function* __sys_connect_file(cpu: Cpu, sock: socket, addr: sockaddr_in): Resumable<number> {
  return yield* opsOf(sock).connect(cpu, sock, addr, sock.file!.f_flags);
}

export function* __x64_sys_getsockname(cpu: Cpu, fd: number, addr: sockaddr_in): Resumable<number> {
  const err = getname(cpu, fd, addr, 0);
  yield;
  return err;
}

export function* __x64_sys_getpeername(cpu: Cpu, fd: number, addr: sockaddr_in): Resumable<number> {
  const err = getname(cpu, fd, addr, 1);
  yield;
  return err;
}

/** @helper */
function getname(cpu: Cpu, fd: number, addr: sockaddr_in, peer: number): number {
  const sock = sockfd_lookup_light(cpu, fd);
  if (typeof sock === 'number') return sock;
  const name = opsOf(sock).getname(cpu, sock, peer);
  if (typeof name === 'number') return name;
  fillAddress(addr, name);
  return 0;
}

export function* __sock_sendmsg(cpu: Cpu, sock: socket, msg: msghdr): Resumable<number> {
  return yield* opsOf(sock).sendmsg(cpu, sock, msg, msg.iter.count);
}

export function* sock_sendmsg(cpu: Cpu, sock: socket, msg: msghdr): Resumable<number> {
  return yield* __sock_sendmsg(cpu, sock, msg);
}

export function* sock_recvmsg(cpu: Cpu, sock: socket, msg: msghdr, flags: number): Resumable<number> {
  return yield* opsOf(sock).recvmsg(cpu, sock, msg, msg.iter.count, flags);
}

export function* __x64_sys_sendto(cpu: Cpu, fd: number, msg: msghdr, flags: number): Resumable<number> {
  return yield* __sys_sendto(cpu, fd, msg, flags);
}

/** The bytes are msg.iter's, the address msg.msg_name (null: the connected peer). */
export function* __sys_sendto(cpu: Cpu, fd: number, msg: msghdr, flags: number): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const sock = sockfd_lookup_light(cpu, fd);
  if (typeof sock === 'number') return sock;
  msg.msg_flags = (sock.file!.f_flags & O_NONBLOCK) !== 0 ? flags | MSG_DONTWAIT : flags;
  return yield* __sock_sendmsg(cpu, sock, msg);
}

export function* __x64_sys_recvfrom(cpu: Cpu, fd: number, msg: msghdr, flags: number): Resumable<number> {
  return yield* __sys_recvfrom(cpu, fd, msg, flags);
}

/** Bytes go to msg.iter; where they came from is in msg.read, the sender's address in msg.msg_name when that is not null. */
export function* __sys_recvfrom(cpu: Cpu, fd: number, msg: msghdr, flags: number): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const sock = sockfd_lookup_light(cpu, fd);
  if (typeof sock === 'number') return sock;
  const noblock = (sock.file!.f_flags & O_NONBLOCK) !== 0;
  return yield* sock_recvmsg(cpu, sock, msg, noblock ? flags | MSG_DONTWAIT : flags);
}

export function* __x64_sys_sendmsg(cpu: Cpu, fd: number, msg: msghdr, flags: number): Resumable<number> {
  return yield* __sys_sendmsg(cpu, fd, msg, flags);
}

export function* __sys_sendmsg(cpu: Cpu, fd: number, msg: msghdr, flags: number): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const sock = sockfd_lookup_light(cpu, fd);
  if (typeof sock === 'number') return sock;
  return yield* ___sys_sendmsg(cpu, sock, msg, flags);
}

/** The user's header becomes the kernel's: 0, -EMSGSIZE when its pieces are too many. */
function __copy_msghdr(_cpu: Cpu, msg: msghdr): number {
  return msg.iter.iov !== null && msg.iter.iov.length > UIO_MAXIOV ? -EMSGSIZE : 0;
}

function copy_msghdr_from_user(cpu: Cpu, msg: msghdr): number {
  const err = __copy_msghdr(cpu, msg);
  if (err !== 0) return err;
  return Math.min(import_iovec(cpu, msg.iter), 0);
}

export function sendmsg_copy_msghdr(cpu: Cpu, msg: msghdr): number {
  return copy_msghdr_from_user(cpu, msg);
}

export function recvmsg_copy_msghdr(cpu: Cpu, msg: msghdr): number {
  return copy_msghdr_from_user(cpu, msg);
}

export function* ___sys_sendmsg(cpu: Cpu, sock: socket, msg: msghdr, flags: number): Resumable<number> {
  const err = sendmsg_copy_msghdr(cpu, msg);
  if (err < 0) return err;
  return yield* ____sys_sendmsg(cpu, sock, msg, flags);
}

export function* ____sys_sendmsg(cpu: Cpu, sock: socket, msg: msghdr, flags: number): Resumable<number> {
  msg.msg_flags = (sock.file!.f_flags & O_NONBLOCK) !== 0 ? flags | MSG_DONTWAIT : flags;
  return yield* __sock_sendmsg(cpu, sock, msg);
}

export function* __x64_sys_recvmsg(cpu: Cpu, fd: number, msg: msghdr, flags: number): Resumable<number> {
  return yield* __sys_recvmsg(cpu, fd, msg, flags);
}

export function* __sys_recvmsg(cpu: Cpu, fd: number, msg: msghdr, flags: number): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const sock = sockfd_lookup_light(cpu, fd);
  if (typeof sock === 'number') return sock;
  return yield* ___sys_recvmsg(cpu, sock, msg, flags);
}

export function* ___sys_recvmsg(cpu: Cpu, sock: socket, msg: msghdr, flags: number): Resumable<number> {
  const err = recvmsg_copy_msghdr(cpu, msg);
  if (err < 0) return err;
  return yield* ____sys_recvmsg(cpu, sock, msg, flags);
}

export function* ____sys_recvmsg(cpu: Cpu, sock: socket, msg: msghdr, flags: number): Resumable<number> {
  const noblock = (sock.file!.f_flags & O_NONBLOCK) !== 0;
  return yield* sock_recvmsg(cpu, sock, msg, noblock ? flags | MSG_DONTWAIT : flags);
}

export function* __x64_sys_sendmmsg(cpu: Cpu, fd: number, mmsg: mmsghdr[], flags: number): Resumable<number> {
  return yield* __sys_sendmmsg(cpu, fd, mmsg, flags);
}

/** Sends the messages in turn, each one's length in its `msg_len`. Answers how many went out; an error only when none did. */
export function* __sys_sendmmsg(cpu: Cpu, fd: number, mmsg: mmsghdr[], flags: number): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const sock = sockfd_lookup_light(cpu, fd);
  if (typeof sock === 'number') return sock;
  const vlen = Math.min(mmsg.length, UIO_MAXIOV);
  let datagrams = 0;
  let err = 0;
  while (datagrams < vlen) {
    const entry = mmsg[datagrams]!;
    err = yield* ___sys_sendmsg(cpu, sock, entry.msg_hdr, datagrams === vlen - 1 ? flags : flags | MSG_BATCH);
    if (err < 0) break;
    entry.msg_len = err;
    datagrams++;
    if (entry.msg_hdr.iter.count > 0) break;
    yield;
  }
  return datagrams > 0 ? datagrams : err;
}

export function* __x64_sys_recvmmsg(cpu: Cpu, fd: number, mmsg: mmsghdr[], flags: number, timeout: number): Resumable<number> {
  return yield* __sys_recvmmsg(cpu, fd, mmsg, flags, timeout);
}

export function* __sys_recvmmsg(cpu: Cpu, fd: number, mmsg: mmsghdr[], flags: number, timeout: number): Resumable<number> {
  return yield* do_recvmmsg(cpu, fd, mmsg, flags, timeout < 0 ? -1 : cpu.now + timeout);
}

/**
 * Receives message after message; `end_time` (ns, -1: none) is looked at only between two of them. Answers how many came. An error behind
 * the first message is kept for the next call.
 */
function* do_recvmmsg(cpu: Cpu, fd: number, mmsg: mmsghdr[], flags: number, end_time: number): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const sock = sockfd_lookup_light(cpu, fd);
  if (typeof sock === 'number') return sock;
  let err = (flags & MSG_ERRQUEUE) === 0 ? sock_error(sock.sk!) : 0;
  if (err !== 0) return err;
  let wait = flags & ~MSG_WAITFORONE;
  let datagrams = 0;
  while (datagrams < mmsg.length) {
    const entry = mmsg[datagrams]!;
    err = yield* ___sys_recvmsg(cpu, sock, entry.msg_hdr, wait);
    if (err < 0) break;
    entry.msg_len = err;
    err = 0;
    datagrams++;
    if ((flags & MSG_WAITFORONE) !== 0) wait |= MSG_DONTWAIT;
    if (end_time >= 0 && cpu.now >= end_time) break;
    if ((entry.msg_hdr.msg_flags & MSG_OOB) !== 0) break;
    yield;
  }
  if (err === 0) return datagrams;
  if (datagrams === 0) return err;
  if (err !== -EAGAIN) sock.sk!.sk_err = -err;
  return datagrams;
}

export function* __x64_sys_shutdown(cpu: Cpu, fd: number, how: number): Resumable<number> {
  return yield* __sys_shutdown(cpu, fd, how);
}

export function* __sys_shutdown(cpu: Cpu, fd: number, how: number): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const sock = sockfd_lookup_light(cpu, fd);
  if (typeof sock === 'number') return sock;
  return yield* opsOf(sock).shutdown(cpu, sock, how);
}

/** What the socket behind a file is ready for. */
export function* sock_poll(cpu: Cpu, file: file, wait: poll_table | null): Resumable<number> {
  const sock = file.private_data as socket;
  const sk = sock.sk!;
  let flag = 0;
  if (sk_can_busy_loop(sk)) {
    if (wait !== null && (wait._key & POLL_BUSY_LOOP) !== 0) yield* sk_busy_loop(cpu, sk, true);
    flag = POLL_BUSY_LOOP;
  }
  return opsOf(sock).poll(cpu, file, sock, wait) | flag;
}

/** mmap(2): only a packet socket's ring can be. */
export function sock_mmap(cpu: Cpu, file: file, area: tpacket2_hdr[]): number {
  const sock = file.private_data as socket;
  return opsOf(sock).mmap(cpu, sock, area);
}

export function* sock_close(cpu: Cpu, file: file): Resumable<number> {
  yield* __sock_release(cpu, file.private_data as socket);
  return 0;
}

export function* __sock_release(cpu: Cpu, sock: socket): Resumable<void> {
  if (sock.ops !== '') {
    yield* opsOf(sock).release(cpu, sock);
    sock.ops = '';
  }
  sock.file = null;
}
