/** A pipe as one thinks of it: what lies in it, first in first, and who waits at either end. */
import type { pipe_buffer, pipe_inode_info } from '../kernel/include/linux/pipe_fs_i.ts';
import type { Child } from './children.ts';
import { listNode, waiterNodes } from './epollNodes.ts';

export function pipeNodes(pipe: pipe_inode_info, parent: string | null): Child[] {
  const path = (name: string): string | null => parent && `${parent}.${name}`;
  return [
    listNode('Buffers', bufferNodes(pipe, path('bufs'))),
    listNode('Waiting to read', waiterNodes(pipe.rd_wait, path('rd_wait'))),
    listNode('Waiting to write', waiterNodes(pipe.wr_wait, path('wr_wait'))),
  ];
}

/** The slots from the tail to the head. */
function bufferNodes(pipe: pipe_inode_info, path: string | null): Child[] {
  return slots(pipe).map((slot, i) => ({
    name: `[${i}]`,
    value: pipe.bufs[indexOf(pipe, slot)]!,
    expression: path && `${path}[${indexOf(pipe, slot)}]`,
    virtual: true,
  }));
}

const indexOf = ({ ring_size }: pipe_inode_info, slot: number): number => slot & (ring_size - 1);

const slots = ({ head, tail }: pipe_inode_info): number[] => Array.from({ length: head - tail }, (_, i) => tail + i);

/** `pipe:[12]: 5000 bytes in 2 of 16 buffers, 1 reader, no writer`. */
export function pipeLine(pipe: pipe_inode_info): string {
  const bytes = slots(pipe).reduce((sum, slot) => sum + pipe.bufs[indexOf(pipe, slot)]!.len, 0);
  const ends = (count: number, name: string): string => `${count === 0 ? 'no' : count} ${name}${count > 1 ? 's' : ''}`;
  const used = `${bytes} bytes in ${pipe.head - pipe.tail} of ${pipe.max_usage} buffers`;
  return `pipe:[${pipe.i_ino}]: ${used}, ${ends(pipe.readers, 'reader')}, ${ends(pipe.writers, 'writer')}`;
}

export const pipeBufferLine = ({ len, offset, page, ops }: pipe_buffer): string =>
  `${len} bytes at ${offset} of a page of ${page.length} (${ops})`;
