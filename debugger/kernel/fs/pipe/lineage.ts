/** Where bytes that lie in a pipe come from. */
import type { Cpu } from '../../../machine/types.ts';
import type { pipe_buffer, pipe_inode_info } from '../../include/linux/pipe_fs_i.ts';
import type { Lineage } from '../../include/linux/skbuff.ts';
import { createLineage } from '../../net/core/skbuff/lineage.ts';

/** @helper `length` bytes of `from`, from its byte `offset` on, lie in the pipe. */
export function pipedLineage(cpu: Cpu, pipe: pipe_inode_info, from: Lineage, offset: number, length: number): Lineage {
  return createLineage(cpu, 'piped', pipe.i_ino, [from], from.offset + offset, length);
}

/** @helper How many of the piece's bytes have been taken away. */
export function takenOf(buf: pipe_buffer): number {
  return buf.lineage.length - buf.len;
}
