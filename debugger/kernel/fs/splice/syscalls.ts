/** splice(2) and tee(2) (fs/splice.c). */
import type { Resumable } from '../../../machine/frames.ts';
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { O_APPEND, O_NONBLOCK, openedToRead, openedToWrite } from '../../include/linux/fs.ts';
import type { file } from '../../include/linux/fs.ts';
import type { Lineage } from '../../include/linux/skbuff.ts';
import { SPLICE_F_ALL, SPLICE_F_NONBLOCK } from '../../include/linux/splice.ts';
import type { splice_pos } from '../../include/linux/splice.ts';
import { EBADF, EINVAL, ESPIPE } from '../../include/uapi/asm-generic/errno.ts';
import { fget } from '../file.ts';
import { get_pipe_info } from '../pipe/create.ts';
import { ipipe_prep, link_pipe, opipe_prep, splice_pipe_to_pipe } from './between.ts';
import { splice_file_to_pipe } from './read.ts';
import { do_splice_from } from './write.ts';

/** Offsets are null where the file's own position counts, which then moves. Answers the bytes, 0 at the end, or a negative errno. */
export function* __x64_sys_splice(
  cpu: Cpu, fd_in: number, off_in: number | null, fd_out: number, off_out: number | null, len: number, flags: number, lineage: Lineage,
): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  yield;
  if (len === 0) return 0;
  if ((flags & ~SPLICE_F_ALL) !== 0) return -EINVAL;
  const input = fget(cpu, fd_in);
  const out = fget(cpu, fd_out);
  if (input === null || out === null) return -EBADF;
  return yield* __do_splice(cpu, input, off_in, out, off_out, len, flags, lineage);
}

export function* __do_splice(
  cpu: Cpu, input: file, off_in: number | null, out: file, off_out: number | null, len: number, flags: number, lineage: Lineage,
): Resumable<number> {
  if (off_in !== null && get_pipe_info(input) !== null) return -ESPIPE;
  if (off_out !== null && get_pipe_info(out) !== null) return -ESPIPE;
  return yield* do_splice(cpu, input, off_in, out, off_out, len, flags, lineage);
}

/** One end must be a pipe, and both may be. */
export function* do_splice(
  cpu: Cpu, input: file, off_in: number | null, out: file, off_out: number | null, len: number, flags: number, lineage: Lineage,
): Resumable<number> {
  if (!openedToRead(input) || !openedToWrite(out)) return -EBADF;
  const ipipe = get_pipe_info(input);
  const opipe = get_pipe_info(out);
  if (ipipe !== null && opipe !== null) {
    if (ipipe === opipe) return -EINVAL;
    return yield* splice_pipe_to_pipe(cpu, ipipe, opipe, len, nonblocking(flags, input.f_flags | out.f_flags));
  }
  if (ipipe !== null) {
    const offset = positionOf(out, off_out, lineage);
    if (offset === null || (out.f_flags & O_APPEND) !== 0) return -EINVAL;
    const ret = yield* do_splice_from(cpu, ipipe, out, offset, len, nonblocking(flags, input.f_flags));
    if (off_out === null) out.f_pos = offset.at;
    return ret;
  }
  if (opipe === null) return -EINVAL;
  const offset = positionOf(input, off_in, lineage);
  if (offset === null) return -EINVAL;
  const ret = yield* splice_file_to_pipe(cpu, input, opipe, offset, len, nonblocking(flags, out.f_flags));
  if (off_in === null) input.f_pos = offset.at;
  return ret;
}

/** O_NONBLOCK of a pipe is as good as the flag. @helper */
function nonblocking(flags: number, f_flags: number): number {
  return (f_flags & O_NONBLOCK) !== 0 ? flags | SPLICE_F_NONBLOCK : flags;
}

/** Where in the file it begins; null: it has no positions (neither FMODE_PREAD nor FMODE_PWRITE), or not this one. @helper */
function positionOf(file: file, off: number | null, lineage: Lineage): splice_pos | null {
  if (off !== null && (off < 0 || file.f_op !== 'shmem_file_operations')) return null;
  const at = off ?? file.f_pos;
  return { at, start: at, lineage };
}

export function* __x64_sys_tee(cpu: Cpu, fdin: number, fdout: number, len: number, flags: number): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  yield;
  if ((flags & ~SPLICE_F_ALL) !== 0) return -EINVAL;
  if (len === 0) return 0;
  const input = fget(cpu, fdin);
  const out = fget(cpu, fdout);
  if (input === null || out === null) return -EBADF;
  return yield* do_tee(cpu, input, out, len, flags);
}

/** The pages that lie in one pipe lie in the other as well, and stay where they are. */
export function* do_tee(cpu: Cpu, input: file, out: file, len: number, flags: number): Resumable<number> {
  const ipipe = get_pipe_info(input);
  const opipe = get_pipe_info(out);
  if (!openedToRead(input) || !openedToWrite(out)) return -EBADF;
  if (ipipe === null || opipe === null || ipipe === opipe) return -EINVAL;
  const how = nonblocking(flags, input.f_flags | out.f_flags);
  let ret = yield* ipipe_prep(cpu, ipipe, how);
  if (ret === 0) ret = yield* opipe_prep(cpu, opipe, how);
  if (ret === 0) ret = yield* link_pipe(cpu, ipipe, opipe, len);
  return ret;
}
