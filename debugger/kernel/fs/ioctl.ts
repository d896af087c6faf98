/** ioctl(2), as far as sockets and pipes answer it (fs/ioctl.c). */
import type { Resumable } from '../../machine/frames.ts';
import { spend } from '../../machine/spend.ts';
import type { Cpu } from '../../machine/types.ts';
import { EBADF, ENOIOCTLCMD, ENOTTY } from '../include/uapi/asm-generic/errno.ts';
import { fget } from './file.ts';
import { vfs_ioctl } from './file_operations.ts';

/** The int that the command puts out, or a negative errno. */
export function* __x64_sys_ioctl(cpu: Cpu, fd: number, cmd: number): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const filp = fget(cpu, fd);
  if (filp === null) return -EBADF;
  const ret = yield* vfs_ioctl(cpu, filp, cmd);
  return ret === -ENOIOCTLCMD ? -ENOTTY : ret;
}
