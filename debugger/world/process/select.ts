/** select(2) as a scenario calls it: one descriptor, its events as the sets that it stands in. */
import type { Resumable } from '../../machine/frames.ts';
import type { Cpu } from '../../machine/types.ts';
import type { fd_set } from '../../kernel/include/linux/poll.ts';
import { EPOLLIN, EPOLLOUT, EPOLLPRI } from '../../kernel/include/linux/poll.ts';
import type { Outcome } from './operators.ts';
import { num, simple } from './syscall.ts';
import type { Program, Value } from './value.ts';

const BITS = 32;
/** FD_SETSIZE of the C library: no bit for a descriptor from here on. */
const FD_SETSIZE = 1024;

/** readfds for POLLIN, writefds for POLLOUT, exceptfds for POLLPRI; answers the events whose sets still have the descriptor. */
export function* select(cpu: Cpu, program: Program, a: readonly Value[]): Resumable<Outcome> {
  const fd = num(a[0]);
  if (fd < 0 || fd >= FD_SETSIZE) return { failure: `select has no bit for descriptor ${fd}` };
  const events = num(a[1]);
  const timeout = a[2] === undefined ? -1 : num(a[2]);
  const readfds = setOf(fd, events & EPOLLIN);
  const writefds = setOf(fd, events & EPOLLOUT);
  const exceptfds = setOf(fd, events & EPOLLPRI);
  const ret = yield* simple(cpu, program, 'select', [fd + 1, readfds, writefds, exceptfds, timeout < 0 ? -1 : Math.ceil(timeout / 1000)]);
  if (typeof ret !== 'number' || ret <= 0) return ret;
  return (has(readfds, fd) ? EPOLLIN : 0) | (has(writefds, fd) ? EPOLLOUT : 0) | (has(exceptfds, fd) ? EPOLLPRI : 0);
}

/** FD_ZERO, and FD_SET where the event is asked for. */
function setOf(fd: number, event: number): fd_set {
  const set: fd_set = [];
  while (set.length <= fd / BITS) set.push(0);
  if (event !== 0) set[Math.floor(fd / BITS)] = 1 << (fd % BITS);
  return set;
}

/** FD_ISSET. */
function has(set: fd_set, fd: number): boolean {
  return (set[Math.floor(fd / BITS)]! & (1 << (fd % BITS))) !== 0;
}
