/** select(2) as a scenario calls it: with three sets, or for one descriptor. A set is a list of descriptors. */
import type { Resumable } from '../../machine/frames.ts';
import type { Cpu } from '../../machine/types.ts';
import type { fd_set } from '../../kernel/include/linux/poll.ts';
import { EPOLLIN, EPOLLOUT, EPOLLPRI } from '../../kernel/include/linux/poll.ts';
import type { Failure, Outcome } from './operators.ts';
import { failed } from './operators.ts';
import { num, simple } from './syscall.ts';
import { typeOf } from './value.ts';
import type { ListValue, Program, Value } from './value.ts';

const BITS = 32;
/** FD_SETSIZE of the C library: no bit for a descriptor from here on. */
const FD_SETSIZE = 1024;

/** Of sets: how many descriptors are left in them. Of one descriptor: the events whose sets still have it. */
export function* select(cpu: Cpu, program: Program, a: readonly Value[]): Resumable<Outcome> {
  if (a.length < 4) return yield* select_one(cpu, program, num(a[0]), num(a[1]), a[2]);
  const readfds = setOf(a[1]!);
  const writefds = setOf(a[2]!);
  const exceptfds = setOf(a[3]!);
  if (failed_set(readfds)) return readfds;
  if (failed_set(writefds)) return writefds;
  if (failed_set(exceptfds)) return exceptfds;
  const ret = yield* simple(cpu, program, 'select', [num(a[0]), readfds, writefds, exceptfds, microseconds(a[4])]);
  if (typeof ret !== 'number' || ret < 0) return ret;
  writeBack(a[1]!, readfds);
  writeBack(a[2]!, writefds);
  writeBack(a[3]!, exceptfds);
  return ret;
}

/** readfds for POLLIN, writefds for POLLOUT, exceptfds for POLLPRI. */
function* select_one(cpu: Cpu, program: Program, fd: number, events: number, timeout: Value | undefined): Resumable<Outcome> {
  if (fd < 0 || fd >= FD_SETSIZE) return noBit(fd);
  const readfds = setOfOne(fd, events & EPOLLIN);
  const writefds = setOfOne(fd, events & EPOLLOUT);
  const exceptfds = setOfOne(fd, events & EPOLLPRI);
  const ret = yield* simple(cpu, program, 'select', [fd + 1, readfds, writefds, exceptfds, microseconds(timeout)]);
  if (typeof ret !== 'number' || ret <= 0) return ret;
  return (has(readfds, fd) ? EPOLLIN : 0) | (has(writefds, fd) ? EPOLLOUT : 0) | (has(exceptfds, fd) ? EPOLLPRI : 0);
}

/** Empties a set that the program holds. */
export function* FD_ZERO(_cpu: Cpu, _program: Program, a: readonly Value[]): Resumable<Outcome> {
  writeBack(a[0]!, []);
  return 0;
}

/** Puts a descriptor into a set that the program holds. */
export function* FD_SET(_cpu: Cpu, _program: Program, a: readonly Value[]): Resumable<Outcome> {
  const set = setOf(a[1]!);
  const fd = num(a[0]);
  if (failed_set(set)) return set;
  if (fd < 0 || fd >= FD_SETSIZE) return noBit(fd);
  put(set, fd);
  writeBack(a[1]!, set);
  return 0;
}

/** Takes a descriptor out of it. */
export function* FD_CLR(_cpu: Cpu, _program: Program, a: readonly Value[]): Resumable<Outcome> {
  const set = setOf(a[1]!);
  if (failed_set(set)) return set;
  const word = Math.floor(num(a[0]) / BITS);
  if (word >= 0 && word < set.length) set[word] = set[word]! & ~(1 << (num(a[0]) % BITS));
  writeBack(a[1]!, set);
  return 0;
}

/** 1 when the descriptor is in the set. */
export function* FD_ISSET(_cpu: Cpu, _program: Program, a: readonly Value[]): Resumable<Outcome> {
  const set = setOf(a[1]!);
  return failed_set(set) ? set : Number(has(set, num(a[0])));
}

/** The timeout of select(2): whole microseconds, upwards; -1 without one or with NULL. */
function microseconds(timeout: Value | undefined): number {
  const ns = timeout === undefined || timeout === null ? -1 : num(timeout);
  return ns < 0 ? -1 : Math.ceil(ns / 1000);
}

function noBit(fd: number): Failure {
  return { failure: `an fd_set has no bit for descriptor ${fd}` };
}

function failed_set(set: fd_set | Failure): set is Failure {
  return !Array.isArray(set) && failed(set);
}

/** The list's descriptors as bits; NULL is the empty set. */
function setOf(value: Value): fd_set | Failure {
  const set: fd_set = [];
  if (value === null) return set;
  if (typeof value !== 'object' || value.kind !== 'list') return { failure: `a set of descriptors is a list, not ${typeOf(value)}` };
  for (const fd of value.items) {
    if (typeof fd !== 'number') return { failure: `a set of descriptors holds numbers, not ${typeOf(fd)}` };
    if (fd < 0 || fd >= FD_SETSIZE) return noBit(fd);
    put(set, fd);
  }
  return set;
}

function setOfOne(fd: number, event: number): fd_set {
  const set: fd_set = [];
  if (event !== 0) put(set, fd);
  return set;
}

function put(set: fd_set, fd: number): void {
  const word = Math.floor(fd / BITS);
  while (set.length <= word) set.push(0);
  set[word] = set[word]! | (1 << (fd % BITS));
}

function has(set: fd_set, fd: number): boolean {
  return ((set[Math.floor(fd / BITS)] ?? 0) & (1 << (fd % BITS))) !== 0;
}

/** The list holds the set's descriptors from now on, the lowest first. */
function writeBack(value: Value, set: fd_set): void {
  if (value === null) return;
  const items: number[] = [];
  for (let fd = 0; fd < set.length * BITS; fd++) if (has(set, fd)) items.push(fd);
  (value as ListValue).items = items;
}
