/** Lists of packets: plain arrays, first in front (include/linux/skbuff.h sk_buff_head). */
import type { Cpu } from '../../../../machine/types.ts';
import type { drop_condition, sk_buff, skb_drop_reason } from '../../../include/linux/skbuff.ts';
import { kfree_skb_reason } from './free.ts';

/** @helper */
export function skb_queue_len(list: readonly sk_buff[]): number {
  return list.length;
}

/** @helper */
export function __skb_dequeue(list: sk_buff[]): sk_buff | null {
  return list.length === 0 ? null : list.shift()!;
}

/** @helper Moves all of `list` behind `head` and leaves it empty. */
export function skb_queue_splice_tail_init(list: sk_buff[], head: sk_buff[]): void {
  for (let i = 0; i < list.length; i++) head.push(list[i]!);
  list.length = 0;
}

export function skb_queue_purge_reason(cpu: Cpu, list: sk_buff[], reason: skb_drop_reason, drop: drop_condition | null = null): void {
  while (list.length > 0) kfree_skb_reason(cpu, list.shift()!, reason, drop);
}

/** As skb_queue_purge: the queue goes with its owner. */
export function skb_queue_purge(cpu: Cpu, list: sk_buff[]): void {
  skb_queue_purge_reason(cpu, list, 'QUEUE_PURGE', { condition: 'skb_queue_purge(list)', values: { qlen: list.length } });
}
