/** A socket as a file that is read, spliced and asked (net/socket.c). */
import type { Resumable } from '../../../machine/frames.ts';
import type { Cpu } from '../../../machine/types.ts';
import { copy_splice_read } from '../../fs/splice/read.ts';
import { O_NONBLOCK } from '../../include/linux/fs.ts';
import type { file, kiocb } from '../../include/linux/fs.ts';
import type { pipe_inode_info } from '../../include/linux/pipe_fs_i.ts';
import { MSG_DONTWAIT } from '../../include/linux/socket.ts';
import type { splice_pos } from '../../include/linux/splice.ts';
import type { iov_iter, socket } from '../../include/net/sock.ts';
import { ENOTTY } from '../../include/uapi/asm-generic/errno.ts';
import { opsOf } from '../ipv4/proto_ops.ts';
import { sock_from_file, sock_recvmsg } from '../socket.ts';
import { createMsghdr } from './msghdr.ts';

/** The sender will write no more of what it had announced. */
export function* sock_splice_eof(cpu: Cpu, file: file): Resumable<void> {
  const sock = sock_from_file(file);
  if (sock !== null) yield* opsOf(sock).splice_eof(cpu, sock);
}

/** From a socket into a pipe: TCP gives its pages away, what others receive is copied. */
export function* sock_splice_read(cpu: Cpu, file: file, ppos: splice_pos, pipe: pipe_inode_info, len: number, flags: number): Resumable<number> {
  const sock = file.private_data as socket;
  if (opsOf(sock).splice_read === null) return yield* copy_splice_read(cpu, file, ppos, pipe, len);
  return yield* opsOf(sock).splice_read!(cpu, sock, pipe, len, flags);
}

/** What recv() without flags would read. */
export function* sock_read_iter(cpu: Cpu, iocb: kiocb, to: iov_iter): Resumable<number> {
  const file = iocb.ki_filp;
  const msg = createMsghdr(null, 0, to, 0, null);
  msg.read = iocb.read;
  return yield* sock_recvmsg(cpu, file.private_data as socket, msg, (file.f_flags & O_NONBLOCK) !== 0 ? MSG_DONTWAIT : 0);
}

/** The int that the command puts out, or a negative errno. */
export function* sock_ioctl(cpu: Cpu, file: file, cmd: number): Resumable<number> {
  const sock = file.private_data as socket;
  if (sock.sk === null) return -ENOTTY;
  return yield* opsOf(sock).ioctl(cpu, sock, cmd);
}
