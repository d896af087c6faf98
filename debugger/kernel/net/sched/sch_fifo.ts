/** pfifo and bfifo: one queue, limited in packets or bytes (net/sched/sch_fifo.c). */
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { NET_XMIT_SUCCESS, TCQ_F_CAN_BYPASS } from '../../include/net/sch_generic.ts';
import type { Qdisc } from '../../include/net/sch_generic.ts';
import { rtnl_kfree_skbs } from '../core/rtnetlink.ts';
import { qdisc_drop_reason } from './drop.ts';
import type { QdiscOptions } from './qdisc_ops.ts';
import { qdisc_bstats_update, qdisc_pkt_len, qdisc_qstats_backlog_dec, qdisc_qstats_backlog_inc } from './sch_generic.ts';

export interface fifo_priv { queue: sk_buff[] }

export function pfifo_init(q: Qdisc, options: QdiscOptions): void {
  const mtu = q.dev!.mtu + 14;
  q.limit = options.limit ?? (q.ops === 'bfifo' ? q.dev!.tx_queue_len * mtu : q.dev!.tx_queue_len);
  const room = q.ops === 'bfifo' ? q.limit >= mtu : q.limit >= 1;
  if (room) q.flags |= TCQ_F_CAN_BYPASS;
  q.priv = { queue: [] } satisfies fifo_priv;
}

export function pfifo_enqueue(cpu: Cpu, skb: sk_buff, q: Qdisc): number {
  spend(cpu, cpu.costs.qdisc_enqueue);
  const full = q.ops === 'bfifo' ? q.q.backlog + qdisc_pkt_len(skb) > q.limit : q.q.qlen >= q.limit;
  if (full) {
    return qdisc_drop_reason(cpu, skb, q, 'QDISC_DROP_GENERIC', { condition: 'sch->q.qlen >= sch->limit', values: { qlen: q.q.qlen, backlog: q.q.backlog, limit: q.limit } });
  }
  (q.priv as fifo_priv).queue.push(skb);
  q.q.qlen++;
  qdisc_qstats_backlog_inc(q, skb);
  return NET_XMIT_SUCCESS;
}

/** @helper What it holds goes when the lock over the configuration is let go. */
export function qdisc_reset_queue(cpu: Cpu, q: Qdisc): void {
  const { queue } = q.priv as fifo_priv;
  while (queue.length > 0) rtnl_kfree_skbs(cpu, queue.shift()!);
}

export function pfifo_dequeue(cpu: Cpu, q: Qdisc): sk_buff | null {
  spend(cpu, cpu.costs.qdisc_dequeue);
  const skb = (q.priv as fifo_priv).queue.shift();
  if (skb === undefined) return null;
  q.q.qlen--;
  qdisc_qstats_backlog_dec(q, skb);
  qdisc_bstats_update(q, skb);
  return skb;
}
