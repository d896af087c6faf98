/** A file in memory: its bytes stand in pages, the last one is filled up to i_size (include/linux/shmem_fs.h). */
export interface inode { i_size: number; i_pages: Uint8Array[] }

/** A name under /tmp and what stands behind it. */
export interface dentry { d_name: string; d_inode: inode }
