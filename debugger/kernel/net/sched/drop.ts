/** Dropping in a discipline: its counter, the reason, the condition (include/net/sch_generic.h). */
import type { Cpu } from '../../../machine/types.ts';
import type { drop_condition, sk_buff, skb_drop_reason } from '../../include/linux/skbuff.ts';
import { NET_XMIT_DROP } from '../../include/net/sch_generic.ts';
import type { Qdisc } from '../../include/net/sch_generic.ts';
import { kfree_skb_reason } from '../core/skbuff/free.ts';

export function qdisc_drop_reason(cpu: Cpu, skb: sk_buff, q: Qdisc, reason: skb_drop_reason, why: drop_condition): number {
  q.qstats.drops++;
  kfree_skb_reason(cpu, skb, reason, why);
  return NET_XMIT_DROP;
}
