/** splice(2) from pipe to pipe, and tee(2) (fs/splice.c). */
import type { Resumable } from '../../../machine/frames.ts';
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { PIPE_BUF_FLAG_CAN_MERGE, pipe_buf, pipe_empty, pipe_full, setPipeBuf } from '../../include/linux/pipe_fs_i.ts';
import type { pipe_buffer, pipe_inode_info } from '../../include/linux/pipe_fs_i.ts';
import { SPLICE_F_NONBLOCK } from '../../include/linux/splice.ts';
import { EAGAIN, EPIPE } from '../../include/uapi/asm-generic/errno.ts';
import { mutex_lock, mutex_unlock } from '../../kernel/locking/mutex.ts';
import { pipedLineage, takenOf } from '../pipe/lineage.ts';
import { pipe_update_tail } from '../pipe/transfer.ts';
import { pipe_wait_readable, pipe_wait_writable, wakeup_pipe_readers, wakeup_pipe_writers } from '../pipe/wait.ts';

/** Waits until there is something in it, or never will be. */
export function* ipipe_prep(cpu: Cpu, pipe: pipe_inode_info, flags: number): Resumable<number> {
  if (!pipe_empty(pipe.head, pipe.tail)) return 0;
  let ret = 0;
  yield* mutex_lock(cpu, pipe.mutex);
  while (ret === 0 && pipe_empty(pipe.head, pipe.tail) && pipe.writers > 0) {
    if ((flags & SPLICE_F_NONBLOCK) !== 0) ret = -EAGAIN;
    else yield* pipe_wait_readable(cpu, pipe);
  }
  mutex_unlock(cpu, pipe.mutex);
  return ret;
}

/** Waits until there is room in it. */
export function* opipe_prep(cpu: Cpu, pipe: pipe_inode_info, flags: number): Resumable<number> {
  if (!pipe_full(pipe.head, pipe.tail, pipe.max_usage)) return 0;
  let ret = 0;
  yield* mutex_lock(cpu, pipe.mutex);
  while (ret === 0 && pipe_full(pipe.head, pipe.tail, pipe.max_usage)) {
    if (pipe.readers === 0) ret = -EPIPE;
    else if ((flags & SPLICE_F_NONBLOCK) !== 0) ret = -EAGAIN;
    else yield* pipe_wait_writable(cpu, pipe);
  }
  mutex_unlock(cpu, pipe.mutex);
  return ret;
}

/** Both mutexes, the older pipe's first. */
export function* pipe_double_lock(cpu: Cpu, pipe1: pipe_inode_info, pipe2: pipe_inode_info): Resumable<void> {
  const swap = pipe1.i_ino > pipe2.i_ino;
  yield* mutex_lock(cpu, swap ? pipe2.mutex : pipe1.mutex);
  yield* mutex_lock(cpu, swap ? pipe1.mutex : pipe2.mutex);
}

/** A further reference to the first `len` bytes of the piece, in the other pipe: nobody may write behind them. @helper */
function addPiece(cpu: Cpu, opipe: pipe_inode_info, ibuf: pipe_buffer, len: number): void {
  spend(cpu, cpu.costs.splice_frag);
  const { page, offset, ops } = ibuf;
  const flags = len < ibuf.len ? ibuf.flags & ~PIPE_BUF_FLAG_CAN_MERGE : ibuf.flags;
  setPipeBuf(opipe, opipe.head, { page, offset, len, ops, flags, lineage: pipedLineage(cpu, opipe, ibuf.lineage, takenOf(ibuf), len) });
  opipe.head++;
}

/** Pieces change over, the last one only in part when it is longer than what is left of `len`. Answers the bytes, or a negative errno. */
export function* splice_pipe_to_pipe(cpu: Cpu, ipipe: pipe_inode_info, opipe: pipe_inode_info, len: number, flags: number): Resumable<number> {
  let left = len;
  let ret = 0;
  let input_wakeup = false;
  let again = true;
  while (again) {
    again = false;
    ret = yield* ipipe_prep(cpu, ipipe, flags);
    if (ret !== 0) return ret;
    ret = yield* opipe_prep(cpu, opipe, flags);
    if (ret !== 0) return ret;
    yield* pipe_double_lock(cpu, ipipe, opipe);
    while (left > 0) {
      if (opipe.readers === 0) {
        if (ret === 0) ret = -EPIPE;
        break;
      }
      const empty = pipe_empty(ipipe.head, ipipe.tail);
      if (empty && ipipe.writers === 0) break;
      if (empty || pipe_full(opipe.head, opipe.tail, opipe.max_usage)) {
        if (ret !== 0) break;
        if ((flags & SPLICE_F_NONBLOCK) !== 0) ret = -EAGAIN;
        else again = true;
        break;
      }
      const ibuf = pipe_buf(ipipe, ipipe.tail);
      const o_len = Math.min(left, ibuf.len);
      addPiece(cpu, opipe, ibuf, o_len);
      if (o_len === ibuf.len) {
        pipe_update_tail(cpu, ipipe, ipipe.tail);
        input_wakeup = true;
      } else {
        ibuf.offset += o_len;
        ibuf.len -= o_len;
      }
      ret += o_len;
      left -= o_len;
    }
    mutex_unlock(cpu, ipipe.mutex);
    mutex_unlock(cpu, opipe.mutex);
  }
  if (ret > 0) wakeup_pipe_readers(cpu, opipe);
  if (input_wakeup) wakeup_pipe_writers(cpu, ipipe);
  return ret;
}

/** The same pages in the other pipe as well. */
export function* link_pipe(cpu: Cpu, ipipe: pipe_inode_info, opipe: pipe_inode_info, len: number): Resumable<number> {
  let left = len;
  let ret = 0;
  yield* pipe_double_lock(cpu, ipipe, opipe);
  for (let i_tail = ipipe.tail; left > 0; i_tail++) {
    if (opipe.readers === 0) {
      if (ret === 0) ret = -EPIPE;
      break;
    }
    if (pipe_empty(ipipe.head, i_tail) || pipe_full(opipe.head, opipe.tail, opipe.max_usage)) break;
    const ibuf = pipe_buf(ipipe, i_tail);
    const part = Math.min(left, ibuf.len);
    addPiece(cpu, opipe, ibuf, part);
    pipe_buf(opipe, opipe.head - 1).flags &= ~PIPE_BUF_FLAG_CAN_MERGE;
    ret += part;
    left -= part;
  }
  mutex_unlock(cpu, ipipe.mutex);
  mutex_unlock(cpu, opipe.mutex);
  if (ret > 0) wakeup_pipe_readers(cpu, opipe);
  return ret;
}
