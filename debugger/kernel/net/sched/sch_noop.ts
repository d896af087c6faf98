/** mq and noqueue: never asked for packets themselves (net/sched/sch_generic.c, sch_mq.c). */
import type { Cpu } from '../../../machine/types.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { NET_XMIT_CN } from '../../include/net/sch_generic.ts';
import type { Qdisc } from '../../include/net/sch_generic.ts';
import { kfree_skb_reason } from '../core/skbuff/free.ts';

export function noop_enqueue(cpu: Cpu, skb: sk_buff, q: Qdisc): number {
  kfree_skb_reason(cpu, skb, 'QDISC_DROP', { condition: `qdisc ${q.ops} takes no packets`, values: {} });
  return NET_XMIT_CN;
}

export function noop_dequeue(_cpu: Cpu, _q: Qdisc): sk_buff | null {
  return null;
}

export function noop_init(_q: Qdisc): void {}
