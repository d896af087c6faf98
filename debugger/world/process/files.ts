/** read and write as a scenario calls them on what is no socket: eventfds, pipes, files of /proc and files in memory. */
import type { Resumable } from '../../machine/frames.ts';
import type { Cpu } from '../../machine/types.ts';
import { eventfdOf } from '../../kernel/fs/eventfd.ts';
import { fget } from '../../kernel/fs/file.ts';
import { get_pipe_info } from '../../kernel/fs/pipe/create.ts';
import { procFileOf } from '../../kernel/fs/proc/inode.ts';
import type { Lineage } from '../../kernel/include/linux/skbuff.ts';
import { iteratorOf, piecesOf, roomOf, writeLineage } from './message.ts';
import type { Outcome } from './operators.ts';
import { num, simple } from './syscall.ts';
import { createBuffer, typeOf } from './value.ts';
import type { Program, Value } from './value.ts';

/** Whether the descriptor is no socket's, so that read and write are answered here. */
export function isNoSocket(cpu: Cpu, fd: number): boolean {
  return eventfdOf(cpu, fd) !== null || procFileOf(cpu, fd) !== null || hasBytes(cpu, fd);
}

/** A pipe or a file in memory. */
function hasBytes(cpu: Cpu, fd: number): boolean {
  const file = fget(cpu, fd);
  return file !== null && (file.f_op === 'shmem_file_operations' || get_pipe_info(file) !== null);
}

export function* writeFile(cpu: Cpu, program: Program, fd: number, data: Value): Resumable<Outcome> {
  if (eventfdOf(cpu, fd) !== null) return yield* simple(cpu, program, 'eventfd_write', [fd, num(data)]);
  if (procFileOf(cpu, fd) !== null) {
    if (typeof data !== 'string') return { failure: `a file of /proc takes a string, not ${typeOf(data)}` };
    return yield* simple(cpu, program, 'write', [fd, data, writeLineage(cpu, data.length)]);
  }
  const pieces = piecesOf(data);
  if (pieces === null) return { failure: `cannot write ${typeOf(data)}` };
  const from = iteratorOf(pieces);
  return yield* simple(cpu, program, 'write', [fd, from, writeLineage(cpu, from.count)]);
}

export function* readFile(cpu: Cpu, program: Program, fd: number, size: Value): Resumable<Outcome> {
  if (eventfdOf(cpu, fd) !== null) return yield* simple(cpu, program, 'eventfd_read', [fd]);
  if (procFileOf(cpu, fd) !== null) return { failure: 'files of /proc can only be written to in this model' };
  const room = roomOf(size);
  if (room === null) return { failure: `a buffer of ${String(size)} bytes is out of bounds` };
  const iter = iteratorOf({ bytes: new Uint8Array(0), iov: room.iov }, room.size);
  const lineages: Lineage[] = [];
  const ret = yield* simple(cpu, program, 'read', [fd, iter, lineages]);
  if (typeof ret !== 'number' || ret < 0) return ret;
  const buffer = createBuffer(iter.bytes, ret);
  buffer.lineage = lineages;
  return buffer;
}
