/** noop, which a device without carrier has; mq and noqueue are never asked for packets themselves (net/sched/sch_generic.c, sch_mq.c). */
import type { Cpu } from '../../../machine/types.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { NET_XMIT_CN } from '../../include/net/sch_generic.ts';
import type { Qdisc } from '../../include/net/sch_generic.ts';
import { netif_carrier_ok } from '../core/dev/state.ts';
import { kfree_skb_reason } from '../core/skbuff/free.ts';

/** Who sends hears of congestion, which is no error: UDP's send succeeds, TCP reduces its window. */
export function noop_enqueue(cpu: Cpu, skb: sk_buff, q: Qdisc): number {
  const dev = skb.dev!;
  dev.stats.tx_dropped++;
  kfree_skb_reason(cpu, skb, 'QDISC_DROP', { condition: `${q.ops}_enqueue()`, values: { carrier: Number(netif_carrier_ok(dev)), tx_dropped: dev.stats.tx_dropped } });
  return NET_XMIT_CN;
}

export function noop_dequeue(_cpu: Cpu, _q: Qdisc): sk_buff | null {
  return null;
}

export function noop_init(_q: Qdisc): void {}
