/** ioctl(2), as far as sockets answer it (fs/ioctl.c, net/socket.c sock_ioctl). */
import type { Resumable } from '../../machine/frames.ts';
import { spend } from '../../machine/spend.ts';
import type { Cpu } from '../../machine/types.ts';
import { EBADF, ENOIOCTLCMD, ENOTTY } from '../include/uapi/asm-generic/errno.ts';
import { opsOf } from '../net/ipv4/proto_ops.ts';
import { sock_from_file } from '../net/socket.ts';
import { fget } from './file.ts';
import type { file } from '../include/linux/fs.ts';

/** The int that the command puts out, or a negative errno. */
export function* __x64_sys_ioctl(cpu: Cpu, fd: number, cmd: number): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const filp = fget(cpu, fd);
  if (filp === null) return -EBADF;
  const ret = yield* sock_ioctl(cpu, filp, cmd);
  return ret === -ENOIOCTLCMD ? -ENOTTY : ret;
}

function* sock_ioctl(cpu: Cpu, filp: file, cmd: number): Resumable<number> {
  const sock = sock_from_file(filp);
  if (sock === null || sock.sk === null) return -ENOTTY;
  return yield* opsOf(sock).ioctl(cpu, sock, cmd);
}
