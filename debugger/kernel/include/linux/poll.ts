/** Poll bits (include/uapi/asm-generic/poll.h, uapi/linux/eventpoll.h: the same numbers) and a poll in progress (linux/poll.h). */
import type { file, poll_table } from './fs.ts';
import type { task_struct, wait_queue_entry } from './sched.ts';

export const EPOLLIN = 0x1;
export const EPOLLPRI = 0x2;
export const EPOLLOUT = 0x4;
export const EPOLLERR = 0x8;
export const EPOLLHUP = 0x10;
export const EPOLLNVAL = 0x20;
export const EPOLLRDNORM = 0x40;
export const EPOLLRDBAND = 0x80;
export const EPOLLWRNORM = 0x100;
export const EPOLLWRBAND = 0x200;
export const EPOLLRDHUP = 0x2000;
/** Not the user's: poll and select ask for busy polling, and hear that a socket can. */
export const POLL_BUSY_LOOP = 0x8000;

/** Poll bits that poll(2) knows; POLLMSG, 0x400, is one that nothing here reports. */
const POLL_BITS = EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLERR | EPOLLHUP | EPOLLNVAL | EPOLLRDNORM | EPOLLRDBAND | EPOLLWRNORM | EPOLLWRBAND | 0x400 | EPOLLRDHUP;

/** The user's bits as the kernel's: others, POLL_BUSY_LOOP among them, fall away. */
export function demangle_poll(val: number): number {
  return val & POLL_BITS;
}

/** struct pollfd, as poll(2) takes it. `events` and `revents` have 16 bits. */
export interface pollfd { fd: number; events: number; revents: number }

/** Descriptors as bits, 32 a word, as select(2) takes them (fd_set). */
export type fd_set = number[];
/** Bits of a word of it (BITS_PER_LONG is 64 there, JavaScript's bit operations have 32). */
export const BITS_PER_LONG = 32;

/** Words of a set of `nr` descriptors: two for each long begun, which select(2) reads and writes whole. */
export function FDS_LONGS(nr: number): number {
  return 2 * Math.ceil(nr / (2 * BITS_PER_LONG));
}

/** What select(2) asked for and what it found, as bits of descriptors. */
export interface fd_set_bits { in: fd_set; out: fd_set; ex: fd_set; res_in: fd_set; res_out: fd_set; res_ex: fd_set }

/** One file of a poll in progress: it stands in one of the file's wait queues and holds the file. */
export interface poll_table_entry { filp: file; key: number; wait: wait_queue_entry }

/** struct poll_wqueues: all that a poll in progress keeps, for all its descriptors. */
export interface poll_wqueues { pt: poll_table; polling_task: task_struct; triggered: boolean; entries: poll_table_entry[] }
