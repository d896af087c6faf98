/** Files under /tmp, which are kept in memory (mm/shmem.c). */
import type { Resumable } from '../../machine/frames.ts';
import { take_bytes } from '../../machine/memory.ts';
import { spend } from '../../machine/spend.ts';
import type { Cpu } from '../../machine/types.ts';
import type { file, kiocb, poll_table } from '../include/linux/fs.ts';
import { O_APPEND, O_CREAT, O_TRUNC } from '../include/linux/fs.ts';
import { pipe_full, setPipeBuf } from '../include/linux/pipe_fs_i.ts';
import type { pipe_inode_info } from '../include/linux/pipe_fs_i.ts';
import { EPOLLIN, EPOLLOUT, EPOLLRDNORM, EPOLLWRNORM } from '../include/linux/poll.ts';
import type { inode } from '../include/linux/shmem_fs.ts';
import type { splice_pos } from '../include/linux/splice.ts';
import { PAGE_SIZE } from '../include/net/sock.ts';
import type { iov_iter } from '../include/net/sock.ts';
import { EFAULT, ENOENT, ENOSPC } from '../include/uapi/asm-generic/errno.ts';
import { copy_from_iter, copy_to_iter } from '../lib/iov_iter.ts';
import { pipedLineage } from '../fs/pipe/lineage.ts';

/** Pages that a host has for such files. */
const MAX_PAGES = 16384;

/** The file of that name, made if it is not there and `flags` say so. */
export function shmem_open(cpu: Cpu, name: string, flags: number): inode | number {
  const found = cpu.host.tmpfs.find((each) => each.d_name === name);
  if (found === undefined) {
    if ((flags & O_CREAT) === 0) return -ENOENT;
    const made: inode = { i_size: 0, i_pages: [] };
    cpu.host.tmpfs.push({ d_name: name, d_inode: made });
    return made;
  }
  if ((flags & O_TRUNC) !== 0) {
    found.d_inode.i_size = 0;
    found.d_inode.i_pages = [];
  }
  return found.d_inode;
}

/** @helper */
export function file_inode(file: file): inode {
  return file.private_data as inode;
}

/** Room for the page that holds byte `pos`; null: no page is left. @helper */
function pageAt(cpu: Cpu, inode: inode, pos: number): Uint8Array | null {
  const index = Math.floor(pos / PAGE_SIZE);
  while (inode.i_pages.length <= index) {
    if (cpu.host.tmpfs.reduce((sum, each) => sum + each.d_inode.i_pages.length, 0) >= MAX_PAGES) return null;
    inode.i_pages.push(take_bytes(cpu.world.memory, PAGE_SIZE));
  }
  return inode.i_pages[index]!;
}

/** write(2): bytes taken, or a negative errno when none was. */
export function* shmem_file_write_iter(cpu: Cpu, iocb: kiocb, from: iov_iter): Resumable<number> {
  const file = iocb.ki_filp;
  const inode = file_inode(file);
  if ((file.f_flags & O_APPEND) !== 0) iocb.ki_pos = inode.i_size;
  let written = 0;
  while (from.count > 0) {
    const page = pageAt(cpu, inode, iocb.ki_pos);
    if (page === null) return written > 0 ? written : -ENOSPC;
    const offset = iocb.ki_pos % PAGE_SIZE;
    const copied = copy_from_iter(cpu, from, Math.min(PAGE_SIZE - offset, from.count), page, offset);
    if (copied === 0) return written > 0 ? written : -EFAULT;
    iocb.ki_pos += copied;
    written += copied;
    if (iocb.ki_pos > inode.i_size) inode.i_size = iocb.ki_pos;
    yield;
  }
  return written;
}

/** read(2): bytes, 0 at the end of the file. */
export function* shmem_file_read_iter(cpu: Cpu, iocb: kiocb, to: iov_iter): Resumable<number> {
  const inode = file_inode(iocb.ki_filp);
  let read = 0;
  while (to.count > 0 && iocb.ki_pos < inode.i_size) {
    const offset = iocb.ki_pos % PAGE_SIZE;
    const len = Math.min(PAGE_SIZE - offset, to.count, inode.i_size - iocb.ki_pos);
    const copied = copy_to_iter(cpu, inode.i_pages[Math.floor(iocb.ki_pos / PAGE_SIZE)]!, offset, len, to);
    if (copied === 0) return read > 0 ? read : -EFAULT;
    iocb.ki_pos += copied;
    read += copied;
    yield;
  }
  return read;
}

/** A piece of a page into the pipe; how many bytes. */
function splice_folio_into_pipe(cpu: Cpu, pipe: pipe_inode_info, page: Uint8Array, ppos: splice_pos, size: number): number {
  const offset = ppos.at % PAGE_SIZE;
  const len = Math.min(PAGE_SIZE - offset, size);
  spend(cpu, cpu.costs.splice_page);
  const lineage = pipedLineage(cpu, pipe, ppos.lineage, ppos.at - ppos.start, len);
  setPipeBuf(pipe, pipe.head, { page, offset, len, ops: 'page_cache_pipe_buf_ops', flags: 0, lineage });
  pipe.head++;
  return len;
}

/** Up to `len` bytes from `ppos.at` on, as far as the pipe has room: the pages themselves, not copied. */
export function* shmem_file_splice_read(cpu: Cpu, file: file, ppos: splice_pos, pipe: pipe_inode_info, len: number): Resumable<number> {
  const inode = file_inode(file);
  let total = 0;
  while (total < len && ppos.at < inode.i_size && !pipe_full(pipe.head, pipe.tail, pipe.max_usage)) {
    const page = inode.i_pages[Math.floor(ppos.at / PAGE_SIZE)]!;
    const n = splice_folio_into_pipe(cpu, pipe, page, ppos, Math.min(inode.i_size - ppos.at, len - total));
    total += n;
    ppos.at += n;
  }
  return total;
}

/** Always ready (DEFAULT_POLLMASK). @helper */
export function* shmemPoll(_cpu: Cpu, _file: file, _wait: poll_table | null): Resumable<number> {
  return EPOLLIN | EPOLLOUT | EPOLLRDNORM | EPOLLWRNORM;
}

/** The file stays when nobody has it open. @helper */
export function* shmemRelease(_cpu: Cpu, _file: file): Resumable<number> {
  return 0;
}
