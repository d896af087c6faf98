/** Open files (include/linux/fs.h): sockets, epoll instances, eventfds, files of /proc and /tmp. */
import type { socket } from '../net/sock.ts';

export interface file {
  /** Name in the table of file operations (fs/file_operations.ts). */
  f_op: 'socket_file_ops' | 'eventpoll_fops' | 'eventfd_fops' | 'proc_reg_file_ops' | 'shmem_file_operations';
  f_flags: number;
  f_pos: number;
  f_count: number;
  /** The socket, eventpoll, eventfd, proc entry or inode behind it. */
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
export const FASYNC = 0o20000;
/** What F_SETFL may change (fs/fcntl.c SETFL_MASK; O_DIRECT and O_NOATIME are for files on disks). */
export const SETFL_MASK = O_APPEND | O_NONBLOCK | FASYNC;

export const F_GETFL = 3;
export const F_SETFL = 4;

/** A poll in progress: where poll functions queue the waiter (include/linux/poll.h). */
export interface poll_table {
  /** Name in the table of queue procs; null: only ask, do not wait. */
  _qproc: '__pollwait' | 'ep_ptable_queue_proc' | null;
  _key: number;
  /** What the queue proc needs: the poll_wqueues or the epitem that the table is part of (container_of). */
  data: unknown;
}
