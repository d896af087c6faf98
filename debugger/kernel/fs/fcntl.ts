/** fcntl(2): the flags of an open file, the size of a pipe (fs/fcntl.c). */
import type { Resumable } from '../../machine/frames.ts';
import { spend } from '../../machine/spend.ts';
import type { Cpu } from '../../machine/types.ts';
import { F_GETFL, F_GETPIPE_SZ, F_SETFL, F_SETPIPE_SZ, SETFL_MASK } from '../include/linux/fs.ts';
import type { file } from '../include/linux/fs.ts';
import { EBADF, EINVAL } from '../include/uapi/asm-generic/errno.ts';
import { fget } from './file.ts';
import { pipe_fcntl } from './pipe/create.ts';

export function* __x64_sys_fcntl(cpu: Cpu, fd: number, cmd: number, arg: number): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const filp = fget(cpu, fd);
  yield;
  if (filp === null) return -EBADF;
  return yield* do_fcntl(cpu, cmd, arg, filp);
}

export function* do_fcntl(cpu: Cpu, cmd: number, arg: number, filp: file): Resumable<number> {
  if (cmd === F_SETPIPE_SZ || cmd === F_GETPIPE_SZ) return yield* pipe_fcntl(cpu, filp, cmd, arg);
  if (cmd === F_GETFL) return filp.f_flags;
  return cmd === F_SETFL ? setfl(cpu, filp, arg) : -EINVAL;
}

/** Only some flags can be changed once a file is open; others given here are ignored. */
function setfl(_cpu: Cpu, filp: file, arg: number): number {
  filp.f_flags = (arg & SETFL_MASK) | (filp.f_flags & ~SETFL_MASK);
  return 0;
}
