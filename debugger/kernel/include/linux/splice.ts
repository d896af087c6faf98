/** splice(2) (include/linux/splice.h). */
import type { file } from './fs.ts';
import type { pipe_buf_operations } from './pipe_fs_i.ts';
import type { Lineage } from './skbuff.ts';

/** Do not wait for the pipe; whether a file is waited for, its own O_NONBLOCK says. */
export const SPLICE_F_NONBLOCK = 2;
/** More is about to come: to a socket as MSG_MORE. */
export const SPLICE_F_MORE = 4;
/** With SPLICE_F_MOVE (1), which has no effect, and SPLICE_F_GIFT (8), which vmsplice() has. */
export const SPLICE_F_ALL = 1 | SPLICE_F_NONBLOCK | SPLICE_F_MORE | 8;

/** A place in a file. `lineage`: the call by which the bytes from `start` on set out, since a file does not know where they come from. */
export interface splice_pos { at: number; start: number; lineage: Lineage }

/** What is to be moved, and how far that has come. */
export interface splice_desc { total_len: number; flags: number; pos: splice_pos; opos: splice_pos; out: file; num_spliced: number; need_wakeup: boolean }

/** Pages on their way into a pipe, and how much of each (struct splice_pipe_desc with its partial_pages). */
export interface splice_pipe_desc { pages: Uint8Array[]; partial: partial_page[]; nr_pages: number; ops: pipe_buf_operations }
export interface partial_page { offset: number; len: number }
