/** struct file_operations by name (file->f_op) (include/linux/fs.h). */
import type { Resumable } from '../../machine/frames.ts';
import type { Cpu } from '../../machine/types.ts';
import type { file, kiocb, poll_table } from '../include/linux/fs.ts';
import type { pipe_inode_info } from '../include/linux/pipe_fs_i.ts';
import type { splice_pos } from '../include/linux/splice.ts';
import type { iov_iter } from '../include/net/sock.ts';
import { EINVAL, ENOIOCTLCMD } from '../include/uapi/asm-generic/errno.ts';
import { sock_close, sock_poll } from '../net/socket.ts';
import { sock_ioctl, sock_read_iter, sock_splice_read } from '../net/socket/file.ts';
import { shmemPoll, shmemRelease, shmem_file_read_iter, shmem_file_splice_read, shmem_file_write_iter } from '../mm/shmem.ts';
import { ep_eventpoll_poll, ep_eventpoll_release, eventpoll_release } from './eventpoll/file.ts';
import { eventfd_poll, eventfd_release } from './eventfd.ts';
import { pipe_ioctl, pipe_poll, pipe_release } from './pipe/file.ts';
import { anon_pipe_read, anon_pipe_write } from './pipe/transfer.ts';
import { proc_reg_poll, proc_reg_release } from './proc/inode.ts';
import { iter_file_splice_write, splice_to_socket } from './splice/write.ts';

interface file_operations {
  poll: (cpu: Cpu, file: file, wait: poll_table | null) => Resumable<number>;
  release: (cpu: Cpu, file: file) => Resumable<number>;
  read_iter: (cpu: Cpu, iocb: kiocb, to: iov_iter) => Resumable<number>;
  write_iter: (cpu: Cpu, iocb: kiocb, from: iov_iter) => Resumable<number>;
  splice_read: (cpu: Cpu, file: file, ppos: splice_pos, pipe: pipe_inode_info, len: number, flags: number) => Resumable<number>;
  splice_write: (cpu: Cpu, pipe: pipe_inode_info, out: file, ppos: splice_pos, len: number, flags: number) => Resumable<number>;
  unlocked_ioctl: (cpu: Cpu, filp: file, cmd: number) => Resumable<number>;
}

const none = { read_iter: noOperation, write_iter: noOperation, splice_read: noOperation, splice_write: noOperation, unlocked_ioctl: noIoctl };

const operations: Record<file['f_op'], file_operations> = {
  socket_file_ops: { ...none, poll: sock_poll, release: sock_close, read_iter: sock_read_iter, splice_read: sock_splice_read, splice_write: splice_to_socket, unlocked_ioctl: sock_ioctl },
  pipeanon_fops: { ...none, poll: pipe_poll, release: pipe_release, read_iter: anon_pipe_read, write_iter: anon_pipe_write, splice_write: iter_file_splice_write, unlocked_ioctl: pipe_ioctl },
  eventpoll_fops: { ...none, poll: ep_eventpoll_poll, release: ep_eventpoll_release },
  proc_reg_file_ops: { ...none, poll: proc_reg_poll, release: proc_reg_release },
  shmem_file_operations: {
    ...none, poll: shmemPoll, release: shmemRelease, read_iter: shmem_file_read_iter, write_iter: shmem_file_write_iter, splice_read: shmem_file_splice_read,
    splice_write: iter_file_splice_write,
  },
  eventfd_fops: { ...none, poll: eventfd_poll, release: eventfd_release },
};

/** What a file is ready for; with a table the caller is put on the queues that will tell when that changes. */
export function* vfs_poll(cpu: Cpu, file: file, wait: poll_table | null): Resumable<number> {
  return yield* operations[file.f_op].poll(cpu, file, wait);
}

/** Whether the file ever changes what it is ready for: regular files are always ready, and epoll takes none of them (include/linux/poll.h). @helper */
export function file_can_poll(file: file): boolean {
  return file.f_op !== 'shmem_file_operations';
}

/** Epoll forgets the file, then its own release function runs. @helper */
export function* fileRelease(cpu: Cpu, file: file): Resumable<void> {
  if (file.f_ep.length > 0) eventpoll_release(cpu, file);
  yield* operations[file.f_op].release(cpu, file);
}

/** file->f_op->read_iter(): bytes, 0 at the end, or a negative errno. @helper */
export function* fileReadIter(cpu: Cpu, iocb: kiocb, to: iov_iter): Resumable<number> {
  return yield* operations[iocb.ki_filp.f_op].read_iter(cpu, iocb, to);
}

/** file->f_op->write_iter() @helper */
export function* fileWriteIter(cpu: Cpu, iocb: kiocb, from: iov_iter): Resumable<number> {
  return yield* operations[iocb.ki_filp.f_op].write_iter(cpu, iocb, from);
}

/** file->f_op->splice_read() @helper */
export function* fileSpliceRead(cpu: Cpu, file: file, ppos: splice_pos, pipe: pipe_inode_info, len: number, flags: number): Resumable<number> {
  return yield* operations[file.f_op].splice_read(cpu, file, ppos, pipe, len, flags);
}

/** file->f_op->splice_write() @helper */
export function* fileSpliceWrite(cpu: Cpu, pipe: pipe_inode_info, out: file, ppos: splice_pos, len: number, flags: number): Resumable<number> {
  return yield* operations[out.f_op].splice_write(cpu, pipe, out, ppos, len, flags);
}

/** What the file's own ioctl says; -ENOIOCTLCMD: it does not know the command. */
export function* vfs_ioctl(cpu: Cpu, filp: file, cmd: number): Resumable<number> {
  return yield* operations[filp.f_op].unlocked_ioctl(cpu, filp, cmd);
}

/** @helper */
function* noOperation(_cpu: Cpu): Resumable<number> {
  return -EINVAL;
}

/** @helper */
function* noIoctl(_cpu: Cpu): Resumable<number> {
  return -ENOIOCTLCMD;
}
