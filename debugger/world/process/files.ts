/** read, write and sendfile as a scenario calls them: on sockets, eventfds, files of /proc and files in memory. */
import type { Resumable } from '../../machine/frames.ts';
import type { Cpu } from '../../machine/types.ts';
import { eventfdOf } from '../../kernel/fs/eventfd.ts';
import { fget } from '../../kernel/fs/file.ts';
import { procFileOf } from '../../kernel/fs/proc/inode.ts';
import { shmemFileOf } from '../../kernel/fs/read_write.ts';
import { SOCK_STREAM } from '../../kernel/include/net/sock.ts';
import { sock_from_file } from '../../kernel/net/socket.ts';
import { iteratorOf, piecesOf, roomOf, writeLineage } from './message.ts';
import type { Outcome } from './operators.ts';
import { num, simple } from './syscall.ts';
import { createBuffer, typeOf } from './value.ts';
import type { Program, Value } from './value.ts';

/** Whether the descriptor is no socket's, so that read and write are answered here. */
export function isNoSocket(cpu: Cpu, fd: number): boolean {
  return eventfdOf(cpu, fd) !== null || procFileOf(cpu, fd) !== null || shmemFileOf(cpu, fd) !== null;
}

export function* writeFile(cpu: Cpu, program: Program, fd: number, data: Value): Resumable<Outcome> {
  if (eventfdOf(cpu, fd) !== null) return yield* simple(cpu, program, 'eventfd_write', [fd, num(data)]);
  if (procFileOf(cpu, fd) !== null) {
    if (typeof data !== 'string') return { failure: `a file of /proc takes a string, not ${typeOf(data)}` };
    return yield* simple(cpu, program, 'write', [fd, data]);
  }
  const pieces = piecesOf(data);
  if (pieces === null) return { failure: `cannot write ${typeOf(data)}` };
  return yield* simple(cpu, program, 'write', [fd, iteratorOf(pieces)]);
}

export function* readFile(cpu: Cpu, program: Program, fd: number, size: Value): Resumable<Outcome> {
  if (eventfdOf(cpu, fd) !== null) return yield* simple(cpu, program, 'eventfd_read', [fd]);
  if (procFileOf(cpu, fd) !== null) return { failure: 'files of /proc can only be written to in this model' };
  const room = roomOf(size);
  if (room === null) return { failure: `a buffer of ${String(size)} bytes is out of bounds` };
  const iter = iteratorOf({ bytes: new Uint8Array(0), iov: room.iov }, room.size);
  const ret = yield* simple(cpu, program, 'read', [fd, iter]);
  if (typeof ret !== 'number' || ret < 0) return ret;
  return createBuffer(iter.bytes, ret);
}

/** Out, in, the offset in the file (NULL: where it stands), how many bytes. */
export function* sendfile(cpu: Cpu, program: Program, a: readonly Value[]): Resumable<Outcome> {
  const out = fget(cpu, num(a[0]));
  const sock = out === null ? null : sock_from_file(out);
  if (out !== null && (sock === null ? out.f_op === 'shmem_file_operations' : sock.type !== SOCK_STREAM)) return { failure: 'sendfile to anything but a TCP socket is not in this version\'s model' };
  const count = num(a[3]);
  const offset = a[2] === undefined || a[2] === null ? null : num(a[2]);
  const ret = yield* simple(cpu, program, 'sendfile', [num(a[0]), num(a[1]), offset, count, writeLineage(cpu, count)]);
  if (typeof ret === 'number' && ret > 0) program.sent_bytes += ret;
  return ret;
}
