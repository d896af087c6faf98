/** From a file straight to another, by way of a pipe that nobody sees: sendfile(2) (fs/splice.c). */
import type { Resumable } from '../../../machine/frames.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { file } from '../../include/linux/fs.ts';
import type { pipe_inode_info } from '../../include/linux/pipe_fs_i.ts';
import { SPLICE_F_MORE, SPLICE_F_NONBLOCK } from '../../include/linux/splice.ts';
import type { splice_desc, splice_pos } from '../../include/linux/splice.ts';
import { EINVAL } from '../../include/uapi/asm-generic/errno.ts';
import { sock_splice_eof } from '../../net/socket/file.ts';
import { alloc_pipe_info } from '../pipe/create.ts';
import { do_splice_read } from './read.ts';
import { do_splice_from } from './write.ts';

/** `len` bytes of `input` from `pos` on to `out`; how many went, or a negative errno when none did. */
export function* do_splice_direct(cpu: Cpu, input: file, pos: splice_pos, out: file, opos: splice_pos, len: number): Resumable<number> {
  const sd: splice_desc = { total_len: len, flags: 0, pos, opos, out, num_spliced: 0, need_wakeup: false };
  return yield* splice_direct_to_actor(cpu, input, sd);
}

/** Fills the pipe and empties it, in turns. Until the last turn the receiver is told that more is to come. Only a file that has positions can be read so. */
export function* splice_direct_to_actor(cpu: Cpu, input: file, sd: splice_desc): Resumable<number> {
  if (input.f_op !== 'shmem_file_operations') return -EINVAL;
  const pipe = directPipe(cpu);
  const pos = sd.pos;
  const flags = sd.flags;
  let len = sd.total_len;
  let bytes = 0;
  let ret = 0;
  const more = flags & SPLICE_F_MORE;
  sd.flags = (sd.flags & ~SPLICE_F_NONBLOCK) | SPLICE_F_MORE;
  while (len > 0) {
    const prev_pos = pos.at;
    const read_len = yield* do_splice_read(cpu, input, pos, pipe, len, flags);
    ret = read_len;
    if (read_len <= 0) {
      if (read_len === 0 && more === 0 && bytes > 0) yield* sock_splice_eof(cpu, sd.out);
      break;
    }
    sd.total_len = read_len;
    if (read_len >= len && more === 0) sd.flags &= ~SPLICE_F_MORE;
    ret = yield* do_splice_from(cpu, pipe, sd.out, sd.opos, read_len, sd.flags);
    if (ret < read_len) pos.at = prev_pos + Math.max(ret, 0);
    if (ret <= 0) break;
    bytes += ret;
    len -= ret;
    if (ret < read_len) break;
  }
  return bytes > 0 ? bytes : ret;
}

/** current->splice_pipe: it is empty before and after, so each call may have a fresh one. @helper */
function directPipe(cpu: Cpu): pipe_inode_info {
  const pipe = alloc_pipe_info(cpu);
  pipe.readers = 1;
  return pipe;
}
