/** Waiting for a pipe and waking who does (fs/pipe.c, fs/splice.c). */
import type { Resumable } from '../../../machine/frames.ts';
import type { Cpu } from '../../../machine/types.ts';
import { pipe_empty, pipe_full } from '../../include/linux/pipe_fs_i.ts';
import type { pipe_inode_info } from '../../include/linux/pipe_fs_i.ts';
import { TASK_INTERRUPTIBLE, WQ_FLAG_EXCLUSIVE } from '../../include/linux/sched.ts';
import { mutex_lock, mutex_unlock } from '../../kernel/locking/mutex.ts';
import { schedule } from '../../kernel/sched/core.ts';
import { __wake_up, finish_wait, init_wait, prepare_to_wait_event } from '../../kernel/sched/wait.ts';
import { MAX_SCHEDULE_TIMEOUT } from '../../kernel/time/sleep_timeout.ts';
import { waitFor } from '../../net/core/wait_reason.ts';

/** Something is there, or nobody is who could write more. */
function pipe_readable(pipe: pipe_inode_info): boolean {
  return !pipe_empty(pipe.head, pipe.tail) || pipe.writers === 0;
}

/** There is room, or nobody who would read. */
function pipe_writable(pipe: pipe_inode_info): boolean {
  return !pipe_full(pipe.head, pipe.tail, pipe.max_usage) || pipe.readers === 0;
}

/** wait_event_interruptible[_exclusive]() until the pipe can be read, or written. Without its mutex. @helper */
export function* waitForPipe(cpu: Cpu, pipe: pipe_inode_info, read: boolean, exclusive: boolean): Resumable<void> {
  if (read ? pipe_readable(pipe) : pipe_writable(pipe)) return;
  const head = read ? pipe.rd_wait : pipe.wr_wait;
  const wait = init_wait(cpu, 'autoremove_wake_function');
  if (exclusive) wait.flags |= WQ_FLAG_EXCLUSIVE;
  for (;;) {
    prepare_to_wait_event(cpu, head, wait, TASK_INTERRUPTIBLE);
    if (read ? pipe_readable(pipe) : pipe_writable(pipe)) break;
    waitFor(cpu, read ? `something in pipe:[${pipe.i_ino}]` : `room in pipe:[${pipe.i_ino}] (${pipe.head - pipe.tail} of ${pipe.max_usage} buffers)`, MAX_SCHEDULE_TIMEOUT);
    yield* schedule(cpu);
    cpu.current.wait = null;
  }
  finish_wait(cpu, head, wait);
}

/** The caller has the mutex, and gives it up meanwhile. */
export function* pipe_wait_readable(cpu: Cpu, pipe: pipe_inode_info): Resumable<void> {
  mutex_unlock(cpu, pipe.mutex);
  yield* waitForPipe(cpu, pipe, true, false);
  yield* mutex_lock(cpu, pipe.mutex);
}

/** The caller has the mutex, and gives it up meanwhile. */
export function* pipe_wait_writable(cpu: Cpu, pipe: pipe_inode_info): Resumable<void> {
  mutex_unlock(cpu, pipe.mutex);
  yield* waitForPipe(cpu, pipe, false, false);
  yield* mutex_lock(cpu, pipe.mutex);
}

/** A splice has put something in. */
export function wakeup_pipe_readers(cpu: Cpu, pipe: pipe_inode_info): void {
  if (pipe.rd_wait.head.length > 0) __wake_up(cpu, pipe.rd_wait, 1, 0);
}

/** A splice has taken something out. */
export function wakeup_pipe_writers(cpu: Cpu, pipe: pipe_inode_info): void {
  if (pipe.wr_wait.head.length > 0) __wake_up(cpu, pipe.wr_wait, 1, 0);
}
