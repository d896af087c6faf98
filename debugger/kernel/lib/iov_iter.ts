/** User memory that the kernel writes to (lib/iov_iter.c). */
import { take_bytes } from '../../machine/memory.ts';
import type { Cpu } from '../../machine/types.ts';
import type { iov_iter } from '../include/net/sock.ts';

/** A reader's buffer gets its pages when they are first written to, as user memory does: most reads fill little of it. @helper */
export function faultIn(cpu: Cpu, iter: iov_iter, len: number): void {
  const { bytes, offset, count } = iter;
  if (offset + len <= bytes.length) return;
  const size = Math.min(offset + count, Math.max(offset + len, 2 * bytes.length));
  iter.bytes = take_bytes(cpu.world.memory, size);
  iter.bytes.set(bytes);
}
