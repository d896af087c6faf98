/** pfifo_fast: three bands by priority, the lowest number first (net/sched/sch_generic.c). */
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { NET_XMIT_SUCCESS, TCQ_F_CAN_BYPASS, TCQ_F_NOLOCK } from '../../include/net/sch_generic.ts';
import type { Qdisc } from '../../include/net/sch_generic.ts';
import { kfree_skb_reason } from '../core/skbuff/free.ts';
import { qdisc_drop_reason } from './drop.ts';
import { qdisc_bstats_update, qdisc_qstats_backlog_dec, qdisc_qstats_backlog_inc } from './sch_generic.ts';

const TC_PRIO_MAX = 15;
/** Priority (of the TOS bits or SO_PRIORITY) to band. */
const sch_default_prio2band = [1, 2, 2, 2, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1];

export interface pfifo_fast_priv { bands: sk_buff[][] }

export function pfifo_fast_init(q: Qdisc): void {
  q.limit = q.dev!.tx_queue_len;
  q.flags |= TCQ_F_CAN_BYPASS | TCQ_F_NOLOCK;
  q.priv = { bands: [[], [], []] } satisfies pfifo_fast_priv;
}

export function pfifo_fast_enqueue(cpu: Cpu, skb: sk_buff, q: Qdisc): number {
  spend(cpu, cpu.costs.qdisc_enqueue);
  const band = (q.priv as pfifo_fast_priv).bands[sch_default_prio2band[skb.priority & TC_PRIO_MAX]!]!;
  if (band.length >= q.limit) {
    return qdisc_drop_reason(cpu, skb, q, 'QDISC_DROP_OVERLIMIT', { condition: 'skb_array_produce() fails', values: { qlen: band.length, limit: q.limit } });
  }
  band.push(skb);
  q.q.qlen++;
  qdisc_qstats_backlog_inc(q, skb);
  return NET_XMIT_SUCCESS;
}

/** Without a lock of its own it frees at once. */
export function pfifo_fast_reset(cpu: Cpu, q: Qdisc): void {
  for (const band of (q.priv as pfifo_fast_priv).bands) {
    while (band.length > 0) kfree_skb_reason(cpu, band.shift()!, 'NOT_SPECIFIED', { condition: 'pfifo_fast_reset(q)', values: { left: band.length } });
  }
}

export function pfifo_fast_dequeue(cpu: Cpu, q: Qdisc): sk_buff | null {
  spend(cpu, cpu.costs.qdisc_dequeue);
  for (const band of (q.priv as pfifo_fast_priv).bands) {
    const skb = band.shift();
    if (skb === undefined) continue;
    q.q.qlen--;
    qdisc_qstats_backlog_dec(q, skb);
    qdisc_bstats_update(q, skb);
    return skb;
  }
  return null;
}
