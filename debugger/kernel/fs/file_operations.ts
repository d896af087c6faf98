/** struct file_operations by name (file->f_op) (include/linux/fs.h). */
import type { Resumable } from '../../machine/frames.ts';
import type { Cpu } from '../../machine/types.ts';
import type { file, poll_table } from '../include/linux/fs.ts';
import { sock_close, sock_poll } from '../net/socket.ts';
import { shmemPoll, shmemRelease } from '../mm/shmem.ts';
import { ep_eventpoll_poll, ep_eventpoll_release, eventpoll_release } from './eventpoll/file.ts';
import { eventfd_poll, eventfd_release } from './eventfd.ts';
import { proc_reg_poll, proc_reg_release } from './proc/inode.ts';

interface file_operations {
  poll: (cpu: Cpu, file: file, wait: poll_table | null) => Resumable<number>;
  release: (cpu: Cpu, file: file) => Resumable<number>;
}

const operations: Record<file['f_op'], file_operations> = {
  socket_file_ops: { poll: sock_poll, release: sock_close },
  eventpoll_fops: { poll: ep_eventpoll_poll, release: ep_eventpoll_release },
  proc_reg_file_ops: { poll: proc_reg_poll, release: proc_reg_release },
  shmem_file_operations: { poll: shmemPoll, release: shmemRelease },
  eventfd_fops: { poll: eventfd_poll, release: eventfd_release },
};

/** What a file is ready for; with a table the caller is put on the queues that will tell when that changes. */
export function* vfs_poll(cpu: Cpu, file: file, wait: poll_table | null): Resumable<number> {
  return yield* operations[file.f_op].poll(cpu, file, wait);
}

/** Epoll forgets the file, then its own release function runs. @helper */
export function* fileRelease(cpu: Cpu, file: file): Resumable<void> {
  if (file.f_ep.length > 0) eventpoll_release(cpu, file);
  yield* operations[file.f_op].release(cpu, file);
}
