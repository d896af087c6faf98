/** A pipe's ends as files: poll, ioctl, close (fs/pipe.c). */
import type { Resumable } from '../../../machine/frames.ts';
import type { Cpu } from '../../../machine/types.ts';
import { openedToRead, openedToWrite } from '../../include/linux/fs.ts';
import type { file, poll_table } from '../../include/linux/fs.ts';
import { pipe_buf, pipe_empty, pipe_full } from '../../include/linux/pipe_fs_i.ts';
import type { pipe_inode_info } from '../../include/linux/pipe_fs_i.ts';
import { EPOLLERR, EPOLLHUP, EPOLLIN, EPOLLOUT, EPOLLRDNORM, EPOLLWRNORM } from '../../include/linux/poll.ts';
import { SIOCINQ } from '../../include/linux/sockios.ts';
import { ENOIOCTLCMD } from '../../include/uapi/asm-generic/errno.ts';
import { mutex_lock, mutex_unlock } from '../../kernel/locking/mutex.ts';
import { __wake_up } from '../../kernel/sched/wait.ts';
import { poll_wait } from '../select.ts';

/** The reader's end hears that no writer is left (POLLHUP), the writer's that no reader is (POLLERR). */
export function* pipe_poll(cpu: Cpu, filp: file, wait: poll_table | null): Resumable<number> {
  const pipe = filp.private_data as pipe_inode_info;
  let mask = 0;
  pipe.poll_usage = true;
  if (openedToRead(filp)) {
    poll_wait(cpu, filp, pipe.rd_wait, wait);
    if (!pipe_empty(pipe.head, pipe.tail)) mask |= EPOLLIN | EPOLLRDNORM;
    if (pipe.writers === 0) mask |= EPOLLHUP;
  }
  if (openedToWrite(filp)) {
    poll_wait(cpu, filp, pipe.wr_wait, wait);
    if (!pipe_full(pipe.head, pipe.tail, pipe.max_usage)) mask |= EPOLLOUT | EPOLLWRNORM;
    if (pipe.readers === 0) mask |= EPOLLERR;
  }
  return mask;
}

/** FIONREAD: the bytes in it. */
export function* pipe_ioctl(cpu: Cpu, filp: file, cmd: number): Resumable<number> {
  if (cmd !== SIOCINQ) return -ENOIOCTLCMD;
  const pipe = filp.private_data as pipe_inode_info;
  let count = 0;
  yield* mutex_lock(cpu, pipe.mutex);
  for (let tail = pipe.tail; tail !== pipe.head; tail++) count += pipe_buf(pipe, tail).len;
  mutex_unlock(cpu, pipe.mutex);
  return count;
}

/** The last end of a side tells the other side; the last end of all takes the pipe along. */
export function* pipe_release(cpu: Cpu, file: file): Resumable<number> {
  const pipe = file.private_data as pipe_inode_info;
  yield* mutex_lock(cpu, pipe.mutex);
  if (openedToRead(file)) pipe.readers--;
  if (openedToWrite(file)) pipe.writers--;
  if ((pipe.readers === 0) !== (pipe.writers === 0)) {
    __wake_up(cpu, pipe.rd_wait, 0, 0);
    __wake_up(cpu, pipe.wr_wait, 0, 0);
  }
  mutex_unlock(cpu, pipe.mutex);
  put_pipe_info(cpu, pipe);
  return 0;
}

function put_pipe_info(cpu: Cpu, pipe: pipe_inode_info): void {
  if (--pipe.files === 0) free_pipe_info(cpu, pipe);
}

/** What nobody has read goes. */
export function free_pipe_info(_cpu: Cpu, pipe: pipe_inode_info): void {
  pipe.bufs = [];
}
