/** Into a pipe (fs/splice.c). */
import type { Resumable } from '../../../machine/frames.ts';
import { take_bytes } from '../../../machine/memory.ts';
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import { createKiocb, openedToRead } from '../../include/linux/fs.ts';
import type { file, kiocb } from '../../include/linux/fs.ts';
import { pipe_full, pipe_occupancy, setPipeBuf } from '../../include/linux/pipe_fs_i.ts';
import type { pipe_inode_info } from '../../include/linux/pipe_fs_i.ts';
import type { Lineage } from '../../include/linux/skbuff.ts';
import { SPLICE_F_NONBLOCK } from '../../include/linux/splice.ts';
import type { splice_pipe_desc, splice_pos } from '../../include/linux/splice.ts';
import { PAGE_SIZE } from '../../include/net/sock.ts';
import type { iov_iter } from '../../include/net/sock.ts';
import { EAGAIN, EBADF, EPIPE } from '../../include/uapi/asm-generic/errno.ts';
import { mutex_lock, mutex_unlock } from '../../kernel/locking/mutex.ts';
import { createLineage } from '../../net/core/skbuff/lineage.ts';
import { fileReadIter, fileSpliceRead } from '../file_operations.ts';
import { pipedLineage } from '../pipe/lineage.ts';
import { pipe_wait_writable, wakeup_pipe_readers } from '../pipe/wait.ts';

/** Pages into the slots that are free, as they are; bytes, or a negative errno. `from`: what they carry, from its byte `offset` on. */
export function splice_to_pipe(cpu: Cpu, pipe: pipe_inode_info, spd: splice_pipe_desc, from: Lineage, offset: number): number {
  if (spd.nr_pages === 0) return 0;
  if (pipe.readers === 0) return -EPIPE;
  let ret = 0;
  for (let page_nr = 0; page_nr < spd.nr_pages && !pipe_full(pipe.head, pipe.tail, pipe.max_usage); page_nr++) {
    spend(cpu, cpu.costs.splice_frag);
    const partial = spd.partial[page_nr]!;
    const lineage = pipedLineage(cpu, pipe, from, offset + ret, partial.len);
    setPipeBuf(pipe, pipe.head, { page: spd.pages[page_nr]!, offset: partial.offset, len: partial.len, ops: spd.ops, flags: 0, lineage });
    pipe.head++;
    ret += partial.len;
  }
  return ret > 0 ? ret : -EAGAIN;
}

/** Until there is a free slot. */
export function* wait_for_space(cpu: Cpu, pipe: pipe_inode_info, flags: number): Resumable<number> {
  for (;;) {
    if (pipe.readers === 0) return -EPIPE;
    if (!pipe_full(pipe.head, pipe.tail, pipe.max_usage)) return 0;
    if ((flags & SPLICE_F_NONBLOCK) !== 0) return -EAGAIN;
    yield* pipe_wait_writable(cpu, pipe);
  }
}

/** The pipe stays locked while the file is waited for: whoever wants to read or write it meanwhile waits too. */
export function* splice_file_to_pipe(cpu: Cpu, input: file, opipe: pipe_inode_info, offset: splice_pos, len: number, flags: number): Resumable<number> {
  yield* mutex_lock(cpu, opipe.mutex);
  let ret = yield* wait_for_space(cpu, opipe, flags);
  if (ret === 0) ret = yield* do_splice_read(cpu, input, offset, opipe, len, flags);
  mutex_unlock(cpu, opipe.mutex);
  if (ret > 0) wakeup_pipe_readers(cpu, opipe);
  yield;
  return ret;
}

/** As much as the pipe has room for; what the file is says how. */
export function* do_splice_read(cpu: Cpu, input: file, ppos: splice_pos, pipe: pipe_inode_info, len: number, flags: number): Resumable<number> {
  if (!openedToRead(input)) return -EBADF;
  const p_space = pipe.max_usage - pipe_occupancy(pipe.head, pipe.tail);
  return yield* fileSpliceRead(cpu, input, ppos, pipe, Math.min(len, p_space * PAGE_SIZE), flags);
}

/** What can only be read is read into fresh pages, which go into the pipe: datagrams, one a call. */
export function* copy_splice_read(cpu: Cpu, input: file, ppos: splice_pos, pipe: pipe_inode_info, len: number): Resumable<number> {
  const room = (pipe.max_usage - pipe_occupancy(pipe.head, pipe.tail)) * PAGE_SIZE;
  const to: iov_iter = { bytes: take_bytes(cpu.world.memory, 0), offset: 0, count: Math.min(len, room), iov: null, bvec: null };
  const iocb: kiocb = createKiocb(input, null);
  const ret = yield* fileReadIter(cpu, iocb, to);
  if (ret <= 0) return ret;
  ppos.at = iocb.ki_pos;
  const from = createLineage(cpu, 'merged', pipe.i_ino, iocb.read, 0, ret);
  for (let at = 0; at < ret; at += PAGE_SIZE) {
    const size = Math.min(PAGE_SIZE, ret - at);
    spend(cpu, cpu.costs.pipe_page);
    setPipeBuf(pipe, pipe.head, {
      page: to.bytes.subarray(at, at + size), offset: 0, len: size, ops: 'default_pipe_buf_ops', flags: 0, lineage: pipedLineage(cpu, pipe, from, at, size),
    });
    pipe.head++;
  }
  return ret;
}
