/** Open files (include/linux/fs.h): sockets, pipes, epoll instances, eventfds, files of /proc and /tmp. */
import type { socket } from '../net/sock.ts';
import type { Lineage } from './skbuff.ts';

export interface file {
  /** Name in the table of file operations (fs/file_operations.ts). */
  f_op: 'socket_file_ops' | 'eventpoll_fops' | 'eventfd_fops' | 'proc_reg_file_ops' | 'shmem_file_operations' | 'pipeanon_fops';
  f_flags: number;
  f_pos: number;
  f_count: number;
  /** The socket, pipe, eventpoll, eventfd, proc entry or inode behind it. */
  private_data: socket | unknown;
  /** Epoll items that watch this file (f_ep). */
  f_ep: unknown[];
}

export const O_ACCMODE = 0o3;
export const O_WRONLY = 0o1;
export const O_RDWR = 0o2;
export const O_CREAT = 0o100;
export const O_TRUNC = 0o1000;
export const O_APPEND = 0o2000;
export const O_NONBLOCK = 0o4000;
export const O_DIRECT = 0o40000;
export const O_CLOEXEC = 0o2000000;
export const FASYNC = 0o20000;
/** What F_SETFL may change (fs/fcntl.c SETFL_MASK; O_DIRECT and O_NOATIME are for files on disks). */
export const SETFL_MASK = O_APPEND | O_NONBLOCK | FASYNC;

export const F_GETFL = 3;
export const F_SETFL = 4;
export const F_SETPIPE_SZ = 1031;
export const F_GETPIPE_SZ = 1032;

/** A read or write in progress: where in the file it stands; what the bytes of a write are made of, and those that a read has found. */
export interface kiocb { ki_filp: file; ki_pos: number; lineage: Lineage | null; read: Lineage[] }

/** @helper init_sync_kiocb() */
export function createKiocb(ki_filp: file, lineage: Lineage | null): kiocb {
  return { ki_filp, ki_pos: ki_filp.f_pos, lineage, read: [] };
}

/** @helper FMODE_READ: it was opened for reading. */
export function openedToRead(file: file): boolean {
  return (file.f_flags & O_ACCMODE) !== O_WRONLY;
}

/** @helper FMODE_WRITE */
export function openedToWrite(file: file): boolean {
  return (file.f_flags & O_ACCMODE) !== 0;
}

/** A poll in progress: where poll functions queue the waiter (include/linux/poll.h). */
export interface poll_table {
  /** Name in the table of queue procs; null: only ask, do not wait. */
  _qproc: '__pollwait' | 'ep_ptable_queue_proc' | null;
  _key: number;
  /** What the queue proc needs: the poll_wqueues or the epitem that the table is part of (container_of). */
  data: unknown;
}
