/** Files under /proc (fs/proc/inode.c): they are written as a whole. */
import type { Resumable } from '../../../machine/frames.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { file, poll_table } from '../../include/linux/fs.ts';
import { EPOLLIN, EPOLLOUT } from '../../include/linux/poll.ts';
import { irq_affinity_list_proc_write, irq_affinity_proc_write } from '../../kernel/irq/proc.ts';
import type { irq_proc_file } from '../../kernel/irq/proc.ts';
import { fget } from '../file.ts';

/** The file behind a descriptor, null when it is none of /proc. @helper */
export function procFileOf(cpu: Cpu, fd: number): file | null {
  const file = fget(cpu, fd);
  return file !== null && file.f_op === 'proc_reg_file_ops' ? file : null;
}

/** Bytes taken, or a negative errno. */
export function proc_reg_write(cpu: Cpu, file: file, text: string): number {
  const { irq, list } = file.private_data as irq_proc_file;
  return list ? irq_affinity_list_proc_write(cpu, irq, text) : irq_affinity_proc_write(cpu, irq, text);
}

/** Always ready. */
export function* proc_reg_poll(_cpu: Cpu, _file: file, _wait: poll_table | null): Resumable<number> {
  return EPOLLIN | EPOLLOUT;
}

export function* proc_reg_release(_cpu: Cpu, _file: file): Resumable<number> {
  return 0;
}
