/** write(2) to files that are no sockets (fs/read_write.c). */
import type { Resumable } from '../../machine/frames.ts';
import { spend } from '../../machine/spend.ts';
import type { Cpu } from '../../machine/types.ts';
import type { file } from '../include/linux/fs.ts';
import { O_ACCMODE } from '../include/linux/fs.ts';
import { EBADF } from '../include/uapi/asm-generic/errno.ts';
import { proc_reg_write, procFileOf } from './proc/inode.ts';

/** write(2). */
export function* ksys_write(cpu: Cpu, fd: number, text: string): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const file = procFileOf(cpu, fd);
  yield;
  return file === null ? -EBADF : vfs_write(cpu, file, text);
}

/** Bytes taken, or a negative errno; a file that was opened for reading only refuses. */
export function vfs_write(cpu: Cpu, file: file, text: string): number {
  if ((file.f_flags & O_ACCMODE) === 0) return -EBADF;
  return proc_reg_write(cpu, file, text);
}
