/** The packet that a stack is about: the innermost sk_buff among its locals, or the frame that a NIC's descriptor holds. */
import type { Lineage, sk_buff } from '../../kernel/include/linux/skbuff.ts';
import type { sock } from '../../kernel/include/net/sock.ts';
import type { net_device } from '../../kernel/include/linux/netdevice.ts';
import { structOf } from '../../inspect/struct.ts';
import type { StackFrame } from './frame.ts';

/** The first local of this struct from frame `from` outwards; names that people expect go first. */
function findLocal<T>(frames: readonly StackFrame[], from: number, struct: string, preferred: string): T | null {
  for (const frame of frames.slice(from)) {
    if (frame.kind !== 'kernel') continue;
    const fitting = frame.locals().filter((local) => !local.notYetAssigned && structOf(local.value) === struct);
    const found = fitting.find((local) => local.name === preferred) ?? fitting[0];
    if (found !== undefined) return found.value as T;
  }
  return null;
}

export const packetOfStack = (frames: readonly StackFrame[], from = 0): sk_buff | null =>
  findLocal(frames, from, 'sk_buff', 'skb');

export function sockOfStack(frames: readonly StackFrame[], from = 0): sock | null {
  return findLocal<sock>(frames, from, 'sock', 'sk') ?? packetOfStack(frames, from)?.sk ?? null;
}

export function deviceOfStack(frames: readonly StackFrame[], from = 0): net_device | null {
  return findLocal<net_device>(frames, from, 'net_device', 'dev') ?? packetOfStack(frames, from)?.dev ?? null;
}

export function lineageOfStack(frames: readonly StackFrame[]): Lineage | null {
  return packetOfStack(frames)?.lineage ?? null;
}
