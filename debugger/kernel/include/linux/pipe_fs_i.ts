/** A pipe: pieces of pages, first in, first out (include/linux/pipe_fs_i.h). */
export interface pipe_buffer { page: Uint8Array; offset: number; len: number }
export interface pipe_inode_info { bufs: pipe_buffer[]; max_usage: number }

export const PIPE_DEF_BUFFERS = 16;
