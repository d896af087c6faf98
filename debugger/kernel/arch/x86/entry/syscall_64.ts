/** System calls by name (arch/x86/entry/syscall_64.c). An entry answers what the call returns: negative errnos for errors. */
import type { Resumable } from '../../../../machine/frames.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { __x64_sys_eventfd2, eventfd_read, eventfd_write } from '../../../fs/eventfd.ts';
import { __x64_sys_epoll_create1, __x64_sys_epoll_ctl, __x64_sys_epoll_pwait, __x64_sys_epoll_wait } from '../../../fs/eventpoll/syscalls.ts';
import { __x64_sys_fcntl } from '../../../fs/fcntl.ts';
import { __x64_sys_close } from '../../../fs/file.ts';
import { __x64_sys_ioctl } from '../../../fs/ioctl.ts';
import { __x64_sys_openat } from '../../../fs/open.ts';
import { __x64_sys_pipe2 } from '../../../fs/pipe/create.ts';
import { __x64_sys_sendfile64, ksys_read, ksys_write } from '../../../fs/read_write.ts';
import { __x64_sys_splice, __x64_sys_tee } from '../../../fs/splice/syscalls.ts';
import { __x64_sys_poll, __x64_sys_select } from '../../../fs/select.ts';
import { __x64_sys_mmap } from '../../../mm/mmap.ts';
import { hrtimer_nanosleep } from '../../../kernel/time/sleep_timeout.ts';
import {
  __x64_sys_accept4, __x64_sys_bind, __x64_sys_connect, __x64_sys_getpeername, __x64_sys_getsockname,
  __x64_sys_listen, __x64_sys_recvfrom, __x64_sys_recvmmsg, __x64_sys_recvmsg, __x64_sys_sendmmsg, __x64_sys_sendmsg, __x64_sys_sendto,
  __x64_sys_shutdown, __x64_sys_socket,
} from '../../../net/socket.ts';
import { __x64_sys_getsockopt, __x64_sys_setsockopt } from '../../../net/socket/sockopt.ts';
import { sockDestroy } from '../../../net/ipv4/inet_diag.ts';
import type { void_p } from '../../../include/linux/void.ts';

export type SyscallEntry = (cpu: Cpu, ...args: void_p[]) => Resumable<number>;

export const syscalls = {
  socket: __x64_sys_socket,
  bind: __x64_sys_bind,
  listen: __x64_sys_listen,
  accept4: __x64_sys_accept4,
  connect: __x64_sys_connect,
  getsockname: __x64_sys_getsockname,
  getpeername: __x64_sys_getpeername,
  sendto: __x64_sys_sendto,
  recvfrom: __x64_sys_recvfrom,
  sendmsg: __x64_sys_sendmsg,
  recvmsg: __x64_sys_recvmsg,
  sendmmsg: __x64_sys_sendmmsg,
  recvmmsg: __x64_sys_recvmmsg,
  shutdown: __x64_sys_shutdown,
  setsockopt: __x64_sys_setsockopt,
  getsockopt: __x64_sys_getsockopt,
  close: __x64_sys_close,
  fcntl: __x64_sys_fcntl,
  ioctl: __x64_sys_ioctl,
  poll: __x64_sys_poll,
  select: __x64_sys_select,
  epoll_create1: __x64_sys_epoll_create1,
  epoll_ctl: __x64_sys_epoll_ctl,
  epoll_wait: __x64_sys_epoll_wait,
  epoll_pwait: __x64_sys_epoll_pwait,
  eventfd2: __x64_sys_eventfd2,
  mmap: __x64_sys_mmap,
  nanosleep: hrtimer_nanosleep,
  openat: __x64_sys_openat,
  write: ksys_write,
  read: ksys_read,
  sendfile: __x64_sys_sendfile64,
  pipe2: __x64_sys_pipe2,
  splice: __x64_sys_splice,
  tee: __x64_sys_tee,
  sock_destroy: sockDestroy,
  eventfd_read,
  eventfd_write,
} satisfies Record<string, SyscallEntry>;

export type Syscall = keyof typeof syscalls;
export type SyscallArguments<K extends Syscall> = (typeof syscalls)[K] extends (cpu: Cpu, ...args: infer A) => unknown ? A : never;
