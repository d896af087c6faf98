/** open(2) (fs/open.c): of files the model has those under /proc/irq and, in memory, those under /tmp. */
import type { Resumable } from '../../machine/frames.ts';
import { spend } from '../../machine/spend.ts';
import type { Cpu } from '../../machine/types.ts';
import { ENOENT } from '../include/uapi/asm-generic/errno.ts';
import { irqProcFile } from '../kernel/irq/proc.ts';
import { shmem_open } from '../mm/shmem.ts';
import { alloc_fd, alloc_file, fd_install } from './file.ts';

export function* __x64_sys_openat(cpu: Cpu, filename: string, flags: number): Resumable<number> {
  spend(cpu, cpu.costs.socket_call);
  const fd = do_sys_openat2(cpu, filename, flags);
  yield;
  return fd;
}

/** A descriptor, or a negative errno. */
export function do_sys_openat2(cpu: Cpu, filename: string, flags: number): number {
  const inMemory = filename.startsWith('/tmp/');
  const entry = inMemory ? shmem_open(cpu, filename, flags) : irqProcFile(cpu, filename);
  if (entry === null) return -ENOENT;
  if (typeof entry === 'number') return entry;
  const fd = alloc_fd(cpu);
  if (fd >= 0) fd_install(cpu, fd, alloc_file(cpu, inMemory ? 'shmem_file_operations' : 'proc_reg_file_ops', flags, entry));
  return fd;
}
