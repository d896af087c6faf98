/** Where bytes come from, as a chain a person reads: "written by client.app line 12 -> skb 7 -> frame 9". */
import type { Lineage } from '../kernel/include/linux/skbuff.ts';

const WORDS: Readonly<Record<Lineage['kind'], string>> = {
  write: 'write',
  kernel: 'made by the kernel as skb',
  clone: 'clone',
  segment: 'segment',
  fragment: 'fragment',
  frame: 'frame',
  receive: 'received as skb',
  merged: 'merged into skb',
  reassembled: 'reassembled as skb',
  outside: 'came from outside as frame',
  piped: 'in pipe',
};

/** From the root to this record: the first piece is followed where several were put together. */
export function ancestry(lineage: Lineage): Lineage[] {
  const chain: Lineage[] = [];
  for (let at: Lineage | undefined = lineage; at !== undefined && chain.length < 64; at = at.from[0]) chain.push(at);
  return chain.reverse();
}

export function lineageStep(lineage: Lineage): string {
  const others = lineage.from.length > 1 ? ` of ${lineage.from.length} pieces` : '';
  const host = lineage.host === '' ? '' : ` on ${lineage.host}`;
  return `${WORDS[lineage.kind] ?? lineage.kind} ${lineage.id}${others}${host}`;
}

/** `who` tells of a root write who wrote it. */
export function lineageChain(lineage: Lineage, who: (root: Lineage) => string | undefined = () => undefined): string {
  const [root, ...steps] = ancestry(lineage);
  const writer = who(root!);
  const first = writer === undefined ? lineageStep(root!) : `written by ${writer}`;
  return [first, ...steps.map(lineageStep)].join(' -> ');
}
