/** read(2) and write(2) on a pipe (fs/pipe.c). */
import { take_bytes } from '../../../machine/memory.ts';
import type { Resumable } from '../../../machine/frames.ts';
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { O_DIRECT, O_NONBLOCK } from '../../include/linux/fs.ts';
import type { kiocb } from '../../include/linux/fs.ts';
import {
  PIPE_BUF_FLAG_CAN_MERGE, PIPE_BUF_FLAG_PACKET, pipe_buf, pipe_empty, pipe_full, setPipeBuf,
} from '../../include/linux/pipe_fs_i.ts';
import type { pipe_buffer, pipe_inode_info } from '../../include/linux/pipe_fs_i.ts';
import { EPOLLIN, EPOLLOUT, EPOLLRDNORM, EPOLLWRNORM } from '../../include/linux/poll.ts';
import { PAGE_SIZE } from '../../include/net/sock.ts';
import type { iov_iter } from '../../include/net/sock.ts';
import { EAGAIN, EFAULT, EPIPE } from '../../include/uapi/asm-generic/errno.ts';
import { mutex_lock, mutex_unlock } from '../../kernel/locking/mutex.ts';
import { __wake_up_sync_key } from '../../kernel/sched/wait.ts';
import { copy_from_iter, copy_to_iter } from '../../lib/iov_iter.ts';
import { pipedLineage } from './lineage.ts';
import { waitForPipe } from './wait.ts';

/** The piece at the tail is used up: its slot is free. Answers the new tail. */
export function pipe_update_tail(_cpu: Cpu, pipe: pipe_inode_info, tail: number): number {
  setPipeBuf(pipe, tail, null);
  pipe.tail = tail + 1;
  return pipe.tail;
}

/** Bytes, 0 at the end (no writer is left), or a negative errno. */
export function* anon_pipe_read(cpu: Cpu, iocb: kiocb, to: iov_iter): Resumable<number> {
  const filp = iocb.ki_filp;
  const pipe = filp.private_data as pipe_inode_info;
  let total_len = to.count;
  if (total_len === 0) return 0;
  let wake_writer = false;
  let wake_next_reader = false;
  let ret = 0;
  yield* mutex_lock(cpu, pipe.mutex);
  for (;;) {
    if (!pipe_empty(pipe.head, pipe.tail)) {
      const buf = pipe_buf(pipe, pipe.tail);
      const chars = Math.min(buf.len, total_len);
      spend(cpu, cpu.costs.pipe_page);
      if (copy_to_iter(cpu, buf.page, buf.offset, chars, to) < chars) {
        if (ret === 0) ret = -EFAULT;
        break;
      }
      iocb.read.push(buf.lineage);
      ret += chars;
      buf.offset += chars;
      buf.len -= chars;
      if ((buf.flags & PIPE_BUF_FLAG_PACKET) !== 0) {
        total_len = chars;
        buf.len = 0;
      }
      if (buf.len === 0) {
        if (pipe_full(pipe.head, pipe.tail, pipe.max_usage)) wake_writer = true;
        pipe_update_tail(cpu, pipe, pipe.tail);
      }
      total_len -= chars;
      if (total_len === 0) break;
      yield;
      if (!pipe_empty(pipe.head, pipe.tail)) continue;
    }
    if (pipe.writers === 0 || ret !== 0) break;
    if ((filp.f_flags & O_NONBLOCK) !== 0) {
      ret = -EAGAIN;
      break;
    }
    mutex_unlock(cpu, pipe.mutex);
    if (wake_writer) __wake_up_sync_key(cpu, pipe.wr_wait, EPOLLOUT | EPOLLWRNORM);
    yield* waitForPipe(cpu, pipe, true, true);
    wake_writer = false;
    wake_next_reader = true;
    yield* mutex_lock(cpu, pipe.mutex);
  }
  if (pipe_empty(pipe.head, pipe.tail)) wake_next_reader = false;
  mutex_unlock(cpu, pipe.mutex);
  if (wake_writer) __wake_up_sync_key(cpu, pipe.wr_wait, EPOLLOUT | EPOLLWRNORM);
  if (wake_next_reader) __wake_up_sync_key(cpu, pipe.rd_wait, EPOLLIN | EPOLLRDNORM);
  yield;
  return ret;
}

/** `chars` bytes behind those of the last piece, in its page; bytes taken, -EFAULT, 0: they do not fit. @helper */
function mergeIntoLast(cpu: Cpu, pipe: pipe_inode_info, iocb: kiocb, chars: number, from: iov_iter): number {
  const buf = pipe_buf(pipe, pipe.head - 1);
  const offset = buf.offset + buf.len;
  if ((buf.flags & PIPE_BUF_FLAG_CAN_MERGE) === 0 || offset + chars > PAGE_SIZE) return 0;
  const at = from.offset;
  if (copy_from_iter(cpu, from, chars, buf.page, offset) < chars) return -EFAULT;
  const more = pipedLineage(cpu, pipe, iocb.lineage!, at, chars);
  buf.lineage = { ...more, kind: 'merged', from: [buf.lineage, more], offset: buf.lineage.offset, length: buf.lineage.length + chars };
  buf.len += chars;
  return chars;
}

/** A slot with an empty page, for as much of `from` as fits. @helper */
function addPage(cpu: Cpu, pipe: pipe_inode_info, iocb: kiocb, from: iov_iter): pipe_buffer {
  spend(cpu, cpu.costs.pipe_page);
  const flags = (iocb.ki_filp.f_flags & O_DIRECT) !== 0 ? PIPE_BUF_FLAG_PACKET : PIPE_BUF_FLAG_CAN_MERGE;
  const page = take_bytes(cpu.world.memory, PAGE_SIZE);
  const lineage = pipedLineage(cpu, pipe, iocb.lineage!, from.offset, Math.min(PAGE_SIZE, from.count));
  const buf: pipe_buffer = { page, offset: 0, len: 0, ops: 'anon_pipe_buf_ops', flags, lineage };
  setPipeBuf(pipe, pipe.head, buf);
  pipe.head++;
  return buf;
}

/** Bytes taken, or a negative errno. The last piece takes what is no whole page, if that fits; else each page is a piece of its own. */
export function* anon_pipe_write(cpu: Cpu, iocb: kiocb, from: iov_iter): Resumable<number> {
  const filp = iocb.ki_filp;
  const pipe = filp.private_data as pipe_inode_info;
  if (from.count === 0) return 0;
  let ret = 0;
  let wake_next_writer = false;
  yield* mutex_lock(cpu, pipe.mutex);
  let was_empty = pipe_empty(pipe.head, pipe.tail);
  const chars = from.count & (PAGE_SIZE - 1);
  if (pipe.readers > 0 && chars !== 0 && !was_empty) ret = mergeIntoLast(cpu, pipe, iocb, chars, from);
  while (ret >= 0 && (from.count > 0 || ret === 0)) {
    if (pipe.readers === 0) {
      if (ret === 0) ret = -EPIPE;
      break;
    }
    if (!pipe_full(pipe.head, pipe.tail, pipe.max_usage)) {
      const buf = addPage(cpu, pipe, iocb, from);
      const copied = copy_from_iter(cpu, from, Math.min(PAGE_SIZE, from.count), buf.page, 0);
      if (copied < PAGE_SIZE && from.count > 0) {
        if (ret === 0) ret = -EFAULT;
        break;
      }
      ret += copied;
      buf.len = copied;
      yield;
      continue;
    }
    if ((filp.f_flags & O_NONBLOCK) !== 0) {
      if (ret === 0) ret = -EAGAIN;
      break;
    }
    mutex_unlock(cpu, pipe.mutex);
    if (was_empty) __wake_up_sync_key(cpu, pipe.rd_wait, EPOLLIN | EPOLLRDNORM);
    yield* waitForPipe(cpu, pipe, false, true);
    yield* mutex_lock(cpu, pipe.mutex);
    was_empty = pipe_empty(pipe.head, pipe.tail);
    wake_next_writer = true;
  }
  if (pipe_full(pipe.head, pipe.tail, pipe.max_usage)) wake_next_writer = false;
  mutex_unlock(cpu, pipe.mutex);
  if (was_empty || pipe.poll_usage) __wake_up_sync_key(cpu, pipe.rd_wait, EPOLLIN | EPOLLRDNORM);
  if (wake_next_writer) __wake_up_sync_key(cpu, pipe.wr_wait, EPOLLOUT | EPOLLWRNORM);
  yield;
  return ret;
}
