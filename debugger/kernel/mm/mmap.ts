/** Memory that a process shares with the kernel (mm/mmap.c). */
import type { Resumable } from '../../machine/frames.ts';
import { spend } from '../../machine/spend.ts';
import type { Cpu } from '../../machine/types.ts';
import { fget } from '../fs/file.ts';
import type { tpacket2_hdr } from '../include/linux/if_packet.ts';
import { EBADF, ENODEV } from '../include/uapi/asm-generic/errno.ts';
import { sock_mmap } from '../net/socket.ts';

/** mmap(2) of a descriptor: what is behind it, as a whole, is added to `area`. 0 or a negative errno. */
export function* __x64_sys_mmap(cpu: Cpu, fd: number, area: tpacket2_hdr[]): Resumable<number> {
  const err = ksys_mmap_pgoff(cpu, fd, area);
  yield;
  return err;
}

export function ksys_mmap_pgoff(cpu: Cpu, fd: number, area: tpacket2_hdr[]): number {
  spend(cpu, cpu.costs.socket_call);
  const file = fget(cpu, fd);
  if (file === null) return -EBADF;
  return file.f_op === 'socket_file_ops' ? sock_mmap(cpu, file, area) : -ENODEV;
}
