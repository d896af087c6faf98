/** pipe2, splice, tee and sendfile as a scenario calls them. */
import type { Resumable } from '../../machine/frames.ts';
import type { Cpu } from '../../machine/types.ts';
import { fget } from '../../kernel/fs/file.ts';
import { writeLineage } from './message.ts';
import type { Outcome } from './operators.ts';
import { num, simple } from './syscall.ts';
import type { Program, Value } from './value.ts';

/** Both descriptors: the end to read from, the end to write to. */
export function* pipe2(cpu: Cpu, program: Program, a: readonly Value[]): Resumable<Outcome> {
  const items: number[] = [];
  const ret = yield* simple(cpu, program, 'pipe2', [items, num(a[0])]);
  if (typeof ret !== 'number' || ret < 0) return ret;
  return { kind: 'list', items };
}

/** In, its offset, out, its offset (NULL: where the file stands), how many bytes, flags. */
export function* splice(cpu: Cpu, program: Program, a: readonly Value[]): Resumable<Outcome> {
  const from = num(a[0]);
  const to = num(a[2]);
  const count = num(a[4]);
  const ret = yield* simple(cpu, program, 'splice', [from, offset(a[1]), to, offset(a[3]), count, num(a[5]), writeLineage(cpu, count)]);
  return counted(cpu, program, from, to, ret);
}

export function* tee(cpu: Cpu, program: Program, a: readonly Value[]): Resumable<Outcome> {
  return yield* simple(cpu, program, 'tee', [num(a[0]), num(a[1]), num(a[2]), num(a[3])]);
}

/** Out, in, the offset in the file, how many bytes. */
export function* sendfile(cpu: Cpu, program: Program, a: readonly Value[]): Resumable<Outcome> {
  const out = num(a[0]);
  const from = num(a[1]);
  const count = num(a[3]);
  const ret = yield* simple(cpu, program, 'sendfile', [out, from, offset(a[2]), count, writeLineage(cpu, count)]);
  return counted(cpu, program, from, out, ret);
}

function offset(value: Value | undefined): number | null {
  return value === undefined || value === null ? null : num(value);
}

/** What went by a socket counts for the program as what it sends and receives. */
function counted(cpu: Cpu, program: Program, from: number, to: number, ret: Outcome): Outcome {
  if (typeof ret !== 'number' || ret <= 0) return ret;
  if (isSocket(cpu, to)) program.sent_bytes += ret;
  if (isSocket(cpu, from)) program.received_bytes += ret;
  return ret;
}

function isSocket(cpu: Cpu, fd: number): boolean {
  return fget(cpu, fd)?.f_op === 'socket_file_ops';
}
