/** Queues of a TCP socket: each skb with the bytes of the stream that it holds; of what was sent, the clone that is on its way. */
import type { sk_buff } from '../../kernel/include/linux/skbuff.ts';
import type { tcp_skb_cb } from '../../kernel/include/net/tcp_sock.ts';
import type { Child } from '../children.ts';
import { SETS } from '../format/flags.ts';
import { relative } from '../format/time.ts';
import { group, leaf } from '../group.ts';
import { lineageChain } from '../lineage.ts';
import type { Look } from '../look.ts';

export interface QueueKind {
  readonly name: string;
  readonly skbs: readonly sk_buff[];
  readonly path: string | null;
  /** The sequence number that the offsets are told from. */
  readonly base: number;
  /** Its skbs are originals, kept until they are acknowledged; clones of them were sent. */
  readonly originals: boolean;
}

export function queueNode(kind: QueueKind, look: Look): Child {
  const { name, skbs } = kind;
  const bytes = skbs.reduce((sum, skb) => sum + lengthOf(skb), 0);
  const summary = skbs.length === 0 ? 'empty' : `${skbs.length} skb${skbs.length === 1 ? '' : 's'}, ${bytes} B`;
  const children = (): Child[] => skbs.map((skb, i) => memberNode(kind, skb, i, look));
  const value = skbs.length === 0 ? leaf(summary) : group(summary, children);
  return { name, value, expression: kind.path, virtual: true };
}

/** As sequence space counts: SYN and FIN are one each. */
const lengthOf = (skb: sk_buff): number => {
  const { seq, end_seq } = skb.cb as tcp_skb_cb;
  return (end_seq - seq) >>> 0;
};

function memberNode(kind: QueueKind, skb: sk_buff, i: number, look: Look): Child {
  const expression = kind.path && `${kind.path}[${i}]`;
  const children = (): Child[] =>
    kind.originals ? originalNodes(skb, expression, look) : [{ name: 'skb', value: skb, expression }];
  return { name: `[${i}]`, value: group(memberLine(kind, skb), children), expression: null, virtual: true };
}

/** `1448:2896 (skb 17), LOST`: offsets from the first byte that still matters to the queue. */
function memberLine({ base, originals }: QueueKind, skb: sk_buff): string {
  const { seq, end_seq, sacked, tcp_flags } = skb.cb as tcp_skb_cb;
  const from = (seq - base) | 0;
  const tags = SETS.tcpcb!.filter(([bit]) => originals && (sacked & bit) !== 0).map(([, name]) => name);
  const flags = (tcp_flags & 3) === 0 ? [] : [(tcp_flags & 2) === 0 ? 'FIN' : 'SYN'];
  const clone = originals ? [cloneOf(skb) === null ? 'clone freed' : `clone skb ${cloneOf(skb)!.id} in flight`] : [];
  return [`${from}:${from + ((end_seq - seq) >>> 0)} (skb ${skb.id})`, ...flags, ...tags, ...clone].join(', ');
}

const cloneOf = (skb: sk_buff): sk_buff | null => (skb.fclone === 'original' ? skb.fclone_partner : null);

function originalNodes(skb: sk_buff, expression: string | null, look: Look): Child[] {
  const clone = cloneOf(skb);
  const text = (name: string, words: string): Child => ({ name, value: leaf(words), expression: null, virtual: true });
  const sent = skb.skb_mstamp_ns > 0 ? [text('last sent', relative(skb.skb_mstamp_ns, look.now))] : [];
  return [
    { name: 'original', value: skb, expression, virtual: true },
    clone === null
      ? text('clone', 'none: the driver has freed what was sent')
      : { name: 'clone', value: clone, expression: expression && `${expression}.fclone_partner`, virtual: true },
    ...sent,
    text('lineage', lineageChain(clone?.lineage ?? skb.lineage, look.writer)),
  ];
}
