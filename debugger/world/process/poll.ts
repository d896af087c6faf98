/** poll(2) as a scenario calls it: with a list of pollfds, or for one descriptor. */
import type { Resumable } from '../../machine/frames.ts';
import type { Cpu } from '../../machine/types.ts';
import type { pollfd as pollfd_t } from '../../kernel/include/linux/poll.ts';
import type { Outcome } from './operators.ts';
import { num, simple } from './syscall.ts';
import type { PollfdValue, Program, Value } from './value.ts';
import { typeOf } from './value.ts';

/** Makes a struct pollfd. */
export function* pollfd(_cpu: Cpu, _program: Program, a: readonly Value[]): Resumable<Outcome> {
  return { kind: 'pollfd', fd: num(a[0]), events: num(a[1]), revents: 0 } satisfies PollfdValue;
}

/** Of a list the number of ready descriptors, of one descriptor its revents; a negative errno when it fails. */
export function* poll(cpu: Cpu, program: Program, a: readonly Value[]): Resumable<Outcome> {
  const list = a[0]!;
  if (typeof list !== 'object' || list === null) return yield* poll_one(cpu, program, num(list), num(a[1]), a[2]);
  if (list.kind !== 'list') return { failure: `poll takes a list of pollfd, not ${typeOf(list)}` };
  const ufds: PollfdValue[] = [];
  for (const each of list.items) {
    if (typeof each !== 'object' || each === null || each.kind !== 'pollfd') return { failure: `an element of poll's list is ${typeOf(each)}, not pollfd` };
    ufds.push(each);
  }
  return yield* simple(cpu, program, 'poll', [ufds, milliseconds(a[1])]);
}

function* poll_one(cpu: Cpu, program: Program, fd: number, events: number, timeout: Value | undefined): Resumable<Outcome> {
  const ufds: pollfd_t[] = [{ fd, events, revents: 0 }];
  const ret = yield* simple(cpu, program, 'poll', [ufds, milliseconds(timeout)]);
  return typeof ret === 'number' && ret <= 0 ? ret : ufds[0]!.revents;
}

/** The timeout of poll(2) and epoll_wait(2): whole milliseconds, upwards; -1 without one. */
export function milliseconds(timeout: Value | undefined): number {
  const ns = timeout === undefined ? -1 : num(timeout);
  return ns < 0 ? -1 : Math.ceil(ns / 1_000_000);
}
