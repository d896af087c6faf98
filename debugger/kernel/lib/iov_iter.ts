/** Memory of a process that the kernel reads and writes, in one piece or in several (lib/iov_iter.c). */
import { perKib } from '../../machine/costs.ts';
import { take_bytes } from '../../machine/memory.ts';
import { spend } from '../../machine/spend.ts';
import type { Cpu } from '../../machine/types.ts';
import type { bio_vec, iov_iter, iovec } from '../include/net/sock.ts';
import { copyBytes } from '../net/core/skbuff/data.ts';

/** Most pieces of one message, and bytes of one call (include/uapi/linux/uio.h, include/linux/fs.h). */
export const UIO_MAXIOV = 1024;
const MAX_RW_COUNT = 0x7ffff000;

/** A message's pieces are taken together; answers how many bytes they have, which is iter.count from now on. */
export function import_iovec(cpu: Cpu, iter: iov_iter): number {
  return __import_iovec(cpu, iter);
}

export function __import_iovec(_cpu: Cpu, iter: iov_iter): number {
  if (iter.iov === null) return iter.count;
  let total_len = 0;
  for (const segment of iter.iov) {
    segment.iov_len = Math.min(segment.iov_len, MAX_RW_COUNT - total_len);
    total_len += segment.iov_len;
  }
  iter.count = total_len;
  if (iter.iov.length === 1 && iter.iov[0]!.iov_base !== null) iter.iov = null;
  return total_len;
}

/** How many of the next `len` bytes have memory behind them. @helper */
export function reachable(iter: iov_iter, len: number): number {
  if (iter.iov === null) return len;
  let end = 0;
  for (const { iov_base, iov_len } of iter.iov) {
    if (iov_base === null && iov_len > 0 && end + iov_len > iter.offset) return Math.max(0, Math.min(len, end - iter.offset));
    end += iov_len;
  }
  return len;
}

/** The piece that holds the next byte; null: all is one. @helper */
export function currentSegment(iter: iov_iter): iovec | null {
  if (iter.iov === null) return null;
  let end = 0;
  for (const segment of iter.iov) {
    end += segment.iov_len;
    if (end > iter.offset) return segment;
  }
  return null;
}

/** Copies `len` of the process's bytes to `to[at]` and on; answers how many, fewer where memory is missing. */
export function copy_from_iter(cpu: Cpu, iter: iov_iter, len: number, to: Uint8Array, at: number): number {
  if (iter.bvec !== null) return copyFromPages(cpu, iter, iter.bvec, len, to, at);
  const copied = reachable(iter, len);
  spend(cpu, perKib(cpu.costs.copy_from_user_kib, copied));
  copyBytes(iter.bytes, iter.offset, to, at, copied);
  iter.offset += copied;
  iter.count -= copied;
  return copied;
}

/** @helper */
function copyFromPages(cpu: Cpu, iter: iov_iter, bvec: bio_vec[], len: number, to: Uint8Array, at: number): number {
  spend(cpu, perKib(cpu.costs.copy_from_user_kib, len));
  let copied = 0;
  while (copied < len) {
    const part = Math.min(len - copied, bvec[0]!.bv_len);
    copyBytes(bvec[0]!.bv_page, bvec[0]!.bv_offset, to, at + copied, part);
    iov_iter_advance(iter, part);
    copied += part;
  }
  return copied;
}

/** `size` bytes are dealt with. */
export function iov_iter_advance(iter: iov_iter, size: number): void {
  iter.offset += size;
  iter.count -= size;
  if (iter.bvec === null) return;
  let left = size;
  while (left > 0) {
    const first = iter.bvec[0]!;
    const part = Math.min(left, first.bv_len);
    first.bv_offset += part;
    first.bv_len -= part;
    first.at += part;
    left -= part;
    if (first.bv_len === 0) iter.bvec.shift();
  }
}

/** Copies `len` bytes from `from[at]` on to the process; answers how many, 0 when its memory is not there. */
export function copy_to_iter(cpu: Cpu, from: Uint8Array, at: number, len: number, iter: iov_iter): number {
  if (reachable(iter, len) < len) return 0;
  spend(cpu, perKib(cpu.costs.copy_to_user_kib, len));
  faultIn(cpu, iter, len);
  copyBytes(from, at, iter.bytes, iter.offset, len);
  iov_iter_advance(iter, len);
  return len;
}

/** As copy_from_iter, all or nothing. */
export function copy_from_iter_full(cpu: Cpu, iter: iov_iter, len: number, to: Uint8Array, at: number): boolean {
  return reachable(iter, len) === len && copy_from_iter(cpu, iter, len, to, at) === len;
}

/** A reader's buffer gets its pages when they are first written to, as user memory does: most reads fill little of it. @helper */
export function faultIn(cpu: Cpu, iter: iov_iter, len: number): void {
  const { bytes, offset, count } = iter;
  if (offset + len <= bytes.length) return;
  const size = Math.min(offset + count, Math.max(offset + len, 2 * bytes.length));
  iter.bytes = take_bytes(cpu.world.memory, size);
  iter.bytes.set(bytes);
}
