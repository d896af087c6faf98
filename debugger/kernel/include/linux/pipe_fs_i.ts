/** Pipes (include/linux/pipe_fs_i.h): a ring of pieces of pages, first in, first out. */
import type { mutex } from './mutex.ts';
import type { wait_queue_head } from './sched.ts';
import type { Lineage } from './skbuff.ts';

/** Who made a piece says what may be done with its page: only pages that write(2) filled take more bytes, and all of it is by reference. */
export type pipe_buf_operations = 'anon_pipe_buf_ops' | 'nosteal_pipe_buf_ops' | 'page_cache_pipe_buf_ops' | 'default_pipe_buf_ops';

/** `len` bytes of `page` from `offset` on; `lineage` tells of these and of those that have been taken away before them. */
export interface pipe_buffer { page: Uint8Array; offset: number; len: number; ops: pipe_buf_operations; flags: number; lineage: Lineage }

export interface pipe_inode_info {
  /** Number of its inode, of the world: `pipe:[12]`. */
  i_ino: number;
  mutex: mutex;
  rd_wait: wait_queue_head;
  wr_wait: wait_queue_head;
  /** Slots that were ever filled, and emptied; the slot of number n is bufs[n & (ring_size - 1)]. */
  head: number;
  tail: number;
  max_usage: number;
  ring_size: number;
  readers: number;
  writers: number;
  files: number;
  /** Somebody polls it: from now on each write tells. */
  poll_usage: boolean;
  /** null: the slot is free. */
  bufs: (pipe_buffer | null)[];
}

export const PIPE_DEF_BUFFERS = 16;
/** A read takes all of it or throws the rest away (O_DIRECT). */
export const PIPE_BUF_FLAG_PACKET = 0x08;
/** There is room behind it in its page, which nobody else sees. */
export const PIPE_BUF_FLAG_CAN_MERGE = 0x10;

/** @helper */
export function pipe_occupancy(head: number, tail: number): number {
  return head - tail;
}

/** @helper */
export function pipe_empty(head: number, tail: number): boolean {
  return head === tail;
}

/** @helper */
export function pipe_full(head: number, tail: number, limit: number): boolean {
  return head - tail >= limit;
}

/** @helper */
export function pipe_buf(pipe: pipe_inode_info, slot: number): pipe_buffer {
  return pipe.bufs[slot & (pipe.ring_size - 1)]!;
}

/** @helper */
export function setPipeBuf(pipe: pipe_inode_info, slot: number, buf: pipe_buffer | null): void {
  pipe.bufs[slot & (pipe.ring_size - 1)] = buf;
}
