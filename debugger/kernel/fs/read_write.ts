/** read(2), write(2) and sendfile(2) on files that are no sockets (fs/read_write.c). */
import type { Resumable } from '../../machine/frames.ts';
import { spend } from '../../machine/spend.ts';
import type { Cpu } from '../../machine/types.ts';
import { O_APPEND, O_NONBLOCK, createKiocb, openedToRead, openedToWrite } from '../include/linux/fs.ts';
import type { file, kiocb } from '../include/linux/fs.ts';
import type { Lineage } from '../include/linux/skbuff.ts';
import { SPLICE_F_NONBLOCK } from '../include/linux/splice.ts';
import type { splice_pos } from '../include/linux/splice.ts';
import type { iov_iter } from '../include/net/sock.ts';
import { EBADF, EINVAL, ESPIPE } from '../include/uapi/asm-generic/errno.ts';
import { fget } from './file.ts';
import { fileReadIter, fileWriteIter } from './file_operations.ts';
import { get_pipe_info } from './pipe/create.ts';
import { proc_reg_write } from './proc/inode.ts';
import { do_splice_direct } from './splice/direct.ts';
import { splice_file_to_pipe } from './splice/read.ts';

/** write(2): of a file of /proc a text. `lineage`: the root of what is made of these bytes. */
export function* ksys_write(cpu: Cpu, fd: number, data: string | iov_iter, lineage: Lineage): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const file = fget(cpu, fd);
  yield;
  if (file === null) return -EBADF;
  return yield* vfs_write(cpu, file, data, lineage);
}

/** Bytes taken, or a negative errno; a file that was opened for reading only refuses. */
export function* vfs_write(cpu: Cpu, file: file, data: string | iov_iter, lineage: Lineage): Resumable<number> {
  if (!openedToWrite(file)) return -EBADF;
  if (typeof data === 'string') return proc_reg_write(cpu, file, data);
  return yield* new_sync_write(cpu, file, data, lineage);
}

/** The file's position moves. */
export function* new_sync_write(cpu: Cpu, file: file, from: iov_iter, lineage: Lineage): Resumable<number> {
  const iocb: kiocb = createKiocb(file, lineage);
  const ret = yield* fileWriteIter(cpu, iocb, from);
  if (ret > 0) file.f_pos = iocb.ki_pos;
  return ret;
}

/** read(2). `lineages` gets what the bytes are made of, where the file knows. */
export function* ksys_read(cpu: Cpu, fd: number, to: iov_iter, lineages: Lineage[]): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const file = fget(cpu, fd);
  yield;
  if (file === null) return -EBADF;
  return yield* vfs_read(cpu, file, to, lineages);
}

export function* vfs_read(cpu: Cpu, file: file, to: iov_iter, lineages: Lineage[]): Resumable<number> {
  if (!openedToRead(file)) return -EBADF;
  return yield* new_sync_read(cpu, file, to, lineages);
}

/** The file's position moves. */
export function* new_sync_read(cpu: Cpu, file: file, to: iov_iter, lineages: Lineage[]): Resumable<number> {
  const iocb: kiocb = createKiocb(file, null);
  iocb.read = lineages;
  const ret = yield* fileReadIter(cpu, iocb, to);
  if (ret > 0) file.f_pos = iocb.ki_pos;
  return ret;
}

export function* __x64_sys_sendfile64(cpu: Cpu, out_fd: number, in_fd: number, offset: number | null, count: number, lineage: Lineage): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  return yield* do_sendfile(cpu, out_fd, in_fd, offset, count, lineage);
}

/** From `offset` of the file on; null: from where it stands, which moves. Answers the bytes that went. Into a pipe it is a splice. */
export function* do_sendfile(cpu: Cpu, out_fd: number, in_fd: number, offset: number | null, count: number, lineage: Lineage): Resumable<number> {
  const input = fget(cpu, in_fd);
  if (input === null || !openedToRead(input)) return -EBADF;
  if (offset !== null && input.f_op !== 'shmem_file_operations') return -ESPIPE;
  if (offset !== null && offset < 0) return -EINVAL;
  const out = fget(cpu, out_fd);
  if (out === null || !openedToWrite(out)) return -EBADF;
  const at = offset ?? input.f_pos;
  const pos: splice_pos = { at, start: at, lineage };
  const opipe = get_pipe_info(out);
  let retval = 0;
  if (opipe !== null) {
    retval = yield* splice_file_to_pipe(cpu, input, opipe, pos, count, (out.f_flags & O_NONBLOCK) !== 0 ? SPLICE_F_NONBLOCK : 0);
  } else {
    if ((out.f_flags & O_APPEND) !== 0) return -EINVAL;
    const out_pos: splice_pos = { at: out.f_pos, start: out.f_pos, lineage };
    retval = yield* do_splice_direct(cpu, input, pos, out, out_pos, count);
    if (retval > 0) out.f_pos = out_pos.at;
  }
  if (retval > 0 && offset === null) input.f_pos = pos.at;
  return retval;
}
