/** Out of a pipe (fs/splice.c). */
import type { Resumable } from '../../../machine/frames.ts';
import type { Cpu } from '../../../machine/types.ts';
import { O_NONBLOCK, createKiocb, openedToWrite } from '../../include/linux/fs.ts';
import type { file, kiocb } from '../../include/linux/fs.ts';
import { pipe_buf, pipe_empty, pipe_occupancy } from '../../include/linux/pipe_fs_i.ts';
import type { pipe_buffer, pipe_inode_info } from '../../include/linux/pipe_fs_i.ts';
import type { Lineage } from '../../include/linux/skbuff.ts';
import { MSG_DONTWAIT, MSG_MORE, MSG_SPLICE_PAGES } from '../../include/linux/socket.ts';
import { SPLICE_F_MORE, SPLICE_F_NONBLOCK } from '../../include/linux/splice.ts';
import type { splice_desc, splice_pos } from '../../include/linux/splice.ts';
import type { bio_vec, iov_iter } from '../../include/net/sock.ts';
import { EAGAIN, EBADF } from '../../include/uapi/asm-generic/errno.ts';
import { mutex_lock, mutex_unlock } from '../../kernel/locking/mutex.ts';
import { createLineage } from '../../net/core/skbuff/lineage.ts';
import { sock_from_file, sock_sendmsg } from '../../net/socket.ts';
import { createMsghdr } from '../../net/socket/msghdr.ts';
import { fileSpliceWrite, fileWriteIter } from '../file_operations.ts';
import { takenOf } from '../pipe/lineage.ts';
import { pipe_update_tail } from '../pipe/transfer.ts';
import { pipe_wait_readable, wakeup_pipe_writers } from '../pipe/wait.ts';

/** Pieces of one message to a socket. */
const MOST_BVECS = 16;

/** What the pipe holds goes to the file; what that is says how. */
export function* do_splice_from(cpu: Cpu, pipe: pipe_inode_info, out: file, ppos: splice_pos, len: number, flags: number): Resumable<number> {
  if (!openedToWrite(out)) return -EBADF;
  return yield* fileSpliceWrite(cpu, pipe, out, ppos, len, flags);
}

/** A piece of the pipe, `len` of its bytes, as a piece of a message. @helper */
function bvecOf(buf: pipe_buffer, len: number): bio_vec {
  return { bv_page: buf.page, bv_offset: buf.offset, bv_len: len, lineage: buf.lineage, at: takenOf(buf) };
}

/** The pages of these pieces as the source of a message or a write. @helper */
function bvecIter(bvec: bio_vec[], count: number): iov_iter {
  return { bytes: new Uint8Array(0), offset: 0, count, iov: null, bvec };
}

/** What the bytes of these pieces are made of, in one. @helper */
function lineageOf(cpu: Cpu, pipe: pipe_inode_info, bvec: bio_vec[], count: number): Lineage {
  const parts: Lineage[] = [];
  for (const each of bvec) parts.push(each.lineage);
  return createLineage(cpu, 'piped', pipe.i_ino, parts, parts[0]!.offset + bvec[0]!.at, count);
}

/** The tail's pieces as far as `len` bytes and 16 pieces go; what is left of `len`, and the slot where it stopped. @helper */
function firstPieces(pipe: pipe_inode_info, len: number, most: number, bvec: bio_vec[]): { remain: number; tail: number } {
  let remain = len;
  let tail = pipe.tail;
  while (!pipe_empty(pipe.head, tail)) {
    const buf = pipe_buf(pipe, tail);
    if (buf.len > 0) {
      const seg = Math.min(remain, buf.len);
      bvec.push(bvecOf(buf, seg));
      remain -= seg;
      if (remain === 0 || bvec.length >= most) break;
    }
    tail++;
  }
  return { remain, tail };
}

/** `size` bytes have left the pipe; true: that has emptied slots. @helper */
function consume(cpu: Cpu, pipe: pipe_inode_info, size: number): boolean {
  const before = pipe.tail;
  let left = size;
  while (left > 0) {
    const buf = pipe_buf(pipe, pipe.tail);
    const seg = Math.min(left, buf.len);
    buf.offset += seg;
    buf.len -= seg;
    left -= seg;
    if (buf.len === 0) pipe_update_tail(cpu, pipe, pipe.tail);
  }
  return pipe.tail !== before;
}

/** To a socket, as messages of up to 16 pieces, whose pages it may keep. MSG_MORE goes along when the caller says so, and when the pipe holds more. */
export function* splice_to_socket(cpu: Cpu, pipe: pipe_inode_info, out: file, _ppos: splice_pos, len: number, flags: number): Resumable<number> {
  const sock = sock_from_file(out)!;
  let left = len;
  let spliced = 0;
  let ret = 0;
  let need_wakeup = false;
  yield* mutex_lock(cpu, pipe.mutex);
  while (left > 0) {
    while (pipe_empty(pipe.head, pipe.tail)) {
      ret = 0;
      if (pipe.writers === 0 || spliced > 0) break;
      ret = -EAGAIN;
      if ((flags & SPLICE_F_NONBLOCK) !== 0) break;
      if (need_wakeup) wakeup_pipe_writers(cpu, pipe);
      need_wakeup = false;
      yield* pipe_wait_readable(cpu, pipe);
    }
    if (pipe_empty(pipe.head, pipe.tail)) break;
    const bvec: bio_vec[] = [];
    const pieces = firstPieces(pipe, left, MOST_BVECS, bvec);
    if (bvec.length === 0) break;
    const count = left - pieces.remain;
    let msg_flags = MSG_SPLICE_PAGES;
    if ((flags & SPLICE_F_MORE) !== 0) msg_flags |= MSG_MORE;
    if (pieces.remain > 0 && pipe_occupancy(pipe.head, pieces.tail) > 0) msg_flags |= MSG_MORE;
    if ((out.f_flags & O_NONBLOCK) !== 0) msg_flags |= MSG_DONTWAIT;
    const msg = createMsghdr(null, msg_flags, bvecIter(bvec, count), 0, lineageOf(cpu, pipe, bvec, count));
    ret = yield* sock_sendmsg(cpu, sock, msg);
    if (ret <= 0) break;
    spliced += ret;
    left -= ret;
    const emptied = consume(cpu, pipe, ret);
    if (emptied && pipe.files > 0) need_wakeup = true;
  }
  mutex_unlock(cpu, pipe.mutex);
  if (need_wakeup) wakeup_pipe_writers(cpu, pipe);
  return spliced > 0 ? spliced : ret;
}

/** Waits for the next piece: 1 when there is one, 0 at the end, or a negative errno. */
export function* splice_from_pipe_next(cpu: Cpu, pipe: pipe_inode_info, sd: splice_desc): Resumable<number> {
  for (;;) {
    while (pipe_empty(pipe.head, pipe.tail)) {
      if (pipe.writers === 0 || sd.num_spliced > 0) return 0;
      if ((sd.flags & SPLICE_F_NONBLOCK) !== 0) return -EAGAIN;
      if (sd.need_wakeup) wakeup_pipe_writers(cpu, pipe);
      sd.need_wakeup = false;
      yield* pipe_wait_readable(cpu, pipe);
    }
    if (pipe_buf(pipe, pipe.tail).len > 0) return 1;
    pipe_update_tail(cpu, pipe, pipe.tail);
  }
}

/** To a file: its bytes are written, which copies them. */
export function* iter_file_splice_write(cpu: Cpu, pipe: pipe_inode_info, out: file, ppos: splice_pos, len: number, flags: number): Resumable<number> {
  const sd: splice_desc = { total_len: len, flags, pos: ppos, opos: ppos, out, num_spliced: 0, need_wakeup: false };
  let ret = 0;
  yield* mutex_lock(cpu, pipe.mutex);
  while (sd.total_len > 0) {
    ret = yield* splice_from_pipe_next(cpu, pipe, sd);
    if (ret <= 0) break;
    const bvec: bio_vec[] = [];
    const count = sd.total_len - firstPieces(pipe, sd.total_len, pipe.max_usage, bvec).remain;
    const iocb: kiocb = createKiocb(out, lineageOf(cpu, pipe, bvec, count));
    iocb.ki_pos = ppos.at;
    ret = yield* fileWriteIter(cpu, iocb, bvecIter(bvec, count));
    ppos.at = iocb.ki_pos;
    if (ret <= 0) break;
    sd.num_spliced += ret;
    sd.total_len -= ret;
    const emptied = consume(cpu, pipe, ret);
    if (emptied && pipe.files > 0) sd.need_wakeup = true;
  }
  if (sd.need_wakeup) wakeup_pipe_writers(cpu, pipe);
  mutex_unlock(cpu, pipe.mutex);
  return sd.num_spliced > 0 ? sd.num_spliced : ret;
}
