/** Pages from a file to a socket, by way of a pipe that nobody sees (fs/splice.c). */
import type { Resumable } from '../../machine/frames.ts';
import type { Cpu } from '../../machine/types.ts';
import type { file } from '../include/linux/fs.ts';
import { O_NONBLOCK } from '../include/linux/fs.ts';
import { PIPE_DEF_BUFFERS } from '../include/linux/pipe_fs_i.ts';
import type { pipe_inode_info } from '../include/linux/pipe_fs_i.ts';
import type { Lineage } from '../include/linux/skbuff.ts';
import { MSG_DONTWAIT, MSG_MORE, MSG_SPLICE_PAGES } from '../include/linux/socket.ts';
import { PAGE_SIZE } from '../include/net/sock.ts';
import type { bio_vec, msghdr } from '../include/net/sock.ts';
import { EINVAL } from '../include/uapi/asm-generic/errno.ts';
import { shmem_file_splice_read } from '../mm/shmem.ts';
import { sock_from_file, sock_sendmsg, sock_splice_eof } from '../net/socket.ts';
import { createMsghdr } from '../net/socket/msghdr.ts';

const SPLICE_F_MORE = 4;
/** Pieces of one message to the socket. */
const MOST_BVECS = 16;

/** What is to be moved, and how far that has come. `lineage` names the bytes for whoever asks where a packet came from. */
interface splice_desc { total_len: number; flags: number; pos: number; out: file; lineage: Lineage; done: number }

/** `len` bytes of `in` from `pos.at` on to `out`; how many went, or a negative errno when none did. */
export function* do_splice_direct(cpu: Cpu, input: file, pos: { at: number }, out: file, len: number, lineage: Lineage): Resumable<number> {
  const sd: splice_desc = { total_len: len, flags: 0, pos: pos.at, out, lineage, done: 0 };
  const ret = yield* splice_direct_to_actor(cpu, input, sd);
  if (ret > 0) pos.at = sd.pos;
  return ret;
}

/** Fills the pipe and empties it, in turns. Until the last turn the socket is told that more is to come. */
export function* splice_direct_to_actor(cpu: Cpu, input: file, sd: splice_desc): Resumable<number> {
  if (input.f_op !== 'shmem_file_operations') return -EINVAL;
  const pipe: pipe_inode_info = { bufs: [], max_usage: PIPE_DEF_BUFFERS };
  let len = sd.total_len;
  let bytes = 0;
  let ret = 0;
  sd.flags |= SPLICE_F_MORE;
  while (len > 0) {
    const prev_pos = sd.pos;
    const pos = { at: prev_pos };
    const read_len = do_splice_read(cpu, input, pos, pipe, len);
    ret = read_len;
    if (read_len <= 0) {
      if (read_len === 0 && bytes > 0) yield* sock_splice_eof(cpu, sd.out);
      break;
    }
    sd.total_len = read_len;
    if (read_len >= len) sd.flags &= ~SPLICE_F_MORE;
    ret = yield* direct_splice_actor(cpu, pipe, sd);
    if (ret <= 0) break;
    bytes += ret;
    len -= ret;
    sd.pos = pos.at;
    if (ret < read_len) {
      sd.pos = prev_pos + ret;
      break;
    }
  }
  return bytes > 0 ? bytes : ret;
}

/** As much as the pipe has room for. */
function do_splice_read(cpu: Cpu, input: file, pos: { at: number }, pipe: pipe_inode_info, len: number): number {
  const space = pipe.max_usage - pipe.bufs.length;
  return shmem_file_splice_read(cpu, input, pos, pipe, Math.min(len, space * PAGE_SIZE));
}

/** What the file that takes it does with the pipe: of those that the model has, only sockets can. */
function* direct_splice_actor(cpu: Cpu, pipe: pipe_inode_info, sd: splice_desc): Resumable<number> {
  if (sd.out.f_op !== 'socket_file_ops') return -EINVAL;
  return yield* splice_to_socket(cpu, pipe, sd);
}

/** What the pipe holds goes to the socket as messages of up to 16 pieces. */
export function* splice_to_socket(cpu: Cpu, pipe: pipe_inode_info, sd: splice_desc): Resumable<number> {
  let len = sd.total_len;
  let spliced = 0;
  let ret = 0;
  while (len > 0 && pipe.bufs.length > 0) {
    const bvec = firstPieces(pipe, len);
    const msg = spliceMessage(sd, bvec, spliced);
    if (msg.iter.count < len && pipe.bufs.length > bvec.length) msg.msg_flags |= MSG_MORE;
    ret = yield* sock_sendmsg(cpu, sock_from_file(sd.out)!, msg);
    if (ret <= 0) break;
    spliced += ret;
    len -= ret;
    consume(pipe, ret);
  }
  sd.done += spliced;
  return spliced > 0 ? spliced : ret;
}

/** The first of the pipe's pieces, `len` bytes at most. @helper */
function firstPieces(pipe: pipe_inode_info, len: number): bio_vec[] {
  const bvec: bio_vec[] = [];
  let remain = len;
  for (const { page, offset, len: size } of pipe.bufs) {
    if (remain === 0 || bvec.length === MOST_BVECS) break;
    bvec.push({ bv_page: page, bv_offset: offset, bv_len: Math.min(remain, size) });
    remain -= Math.min(remain, size);
  }
  return bvec;
}

/** @helper */
function spliceMessage(sd: splice_desc, bvec: bio_vec[], spliced: number): msghdr {
  const count = bvec.reduce((sum, { bv_len }) => sum + bv_len, 0);
  let msg_flags = MSG_SPLICE_PAGES;
  if ((sd.flags & SPLICE_F_MORE) !== 0) msg_flags |= MSG_MORE;
  if ((sd.out.f_flags & O_NONBLOCK) !== 0) msg_flags |= MSG_DONTWAIT;
  return createMsghdr(null, msg_flags, { bytes: new Uint8Array(0), offset: sd.done + spliced, count, iov: null, bvec }, 0, sd.lineage);
}

/** `size` bytes have left the pipe. @helper */
function consume(pipe: pipe_inode_info, size: number): void {
  let left = size;
  while (left > 0) {
    const buf = pipe.bufs[0]!;
    const seg = Math.min(left, buf.len);
    buf.offset += seg;
    buf.len -= seg;
    left -= seg;
    if (buf.len === 0) pipe.bufs.shift();
  }
}
