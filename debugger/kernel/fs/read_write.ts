/** read(2), write(2) and sendfile(2) on files that are no sockets (fs/read_write.c). */
import type { Resumable } from '../../machine/frames.ts';
import { spend } from '../../machine/spend.ts';
import type { Cpu } from '../../machine/types.ts';
import type { file } from '../include/linux/fs.ts';
import { O_ACCMODE, O_WRONLY } from '../include/linux/fs.ts';
import type { Lineage } from '../include/linux/skbuff.ts';
import type { iov_iter } from '../include/net/sock.ts';
import { EBADF, EINVAL, ESPIPE } from '../include/uapi/asm-generic/errno.ts';
import { shmem_file_read_iter, shmem_file_write_iter } from '../mm/shmem.ts';
import { fget } from './file.ts';
import { proc_reg_write } from './proc/inode.ts';
import { do_splice_direct } from './splice.ts';

/** The file in memory behind a descriptor, null when it is none. @helper */
export function shmemFileOf(cpu: Cpu, fd: number): file | null {
  const file = fget(cpu, fd);
  return file !== null && file.f_op === 'shmem_file_operations' ? file : null;
}

/** write(2): of a file of /proc a text. */
export function* ksys_write(cpu: Cpu, fd: number, data: string | iov_iter): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const file = fget(cpu, fd);
  yield;
  if (file === null) return -EBADF;
  return yield* vfs_write(cpu, file, data);
}

/** Bytes taken, or a negative errno; a file that was opened for reading only refuses. */
export function* vfs_write(cpu: Cpu, file: file, data: string | iov_iter): Resumable<number> {
  if ((file.f_flags & O_ACCMODE) === 0) return -EBADF;
  if (typeof data === 'string') return proc_reg_write(cpu, file, data);
  return yield* shmem_file_write_iter(cpu, file, data);
}

/** read(2). */
export function* ksys_read(cpu: Cpu, fd: number, to: iov_iter): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const file = fget(cpu, fd);
  yield;
  if (file === null) return -EBADF;
  return yield* vfs_read(cpu, file, to);
}

export function* vfs_read(cpu: Cpu, file: file, to: iov_iter): Resumable<number> {
  if ((file.f_flags & O_ACCMODE) === O_WRONLY) return -EBADF;
  return yield* shmem_file_read_iter(cpu, file, to);
}

export function* __x64_sys_sendfile64(cpu: Cpu, out_fd: number, in_fd: number, offset: number | null, count: number, lineage: Lineage): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  return yield* do_sendfile(cpu, out_fd, in_fd, offset, count, lineage);
}

/** From `offset` of the file on; null: from where it stands, which moves. Answers the bytes that went. */
export function* do_sendfile(cpu: Cpu, out_fd: number, in_fd: number, offset: number | null, count: number, lineage: Lineage): Resumable<number> {
  const input = fget(cpu, in_fd);
  if (input === null || (input.f_flags & O_ACCMODE) === O_WRONLY) return -EBADF;
  if (offset !== null && input.f_op !== 'shmem_file_operations') return -ESPIPE;
  if (offset !== null && offset < 0) return -EINVAL;
  const out = fget(cpu, out_fd);
  if (out === null || (out.f_flags & O_ACCMODE) === 0) return -EBADF;
  const pos = { at: offset ?? input.f_pos };
  const retval = yield* do_splice_direct(cpu, input, pos, out, count, lineage);
  if (retval > 0 && offset === null) input.f_pos = pos.at;
  return retval;
}
