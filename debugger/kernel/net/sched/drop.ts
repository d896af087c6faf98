/** Dropping in a discipline: its counter, the reason, the condition (include/net/sch_generic.h). */
import type { Cpu } from '../../../machine/types.ts';
import type { drop_condition, sk_buff } from '../../include/linux/skbuff.ts';
import { NET_XMIT_DROP } from '../../include/net/sch_generic.ts';
import type { Qdisc } from '../../include/net/sch_generic.ts';
import { kfree_skb_reason } from '../core/skbuff/free.ts';

/** What the trace point qdisc:qdisc_drop tells (include/net/dropreason-qdisc.h); whoever follows kfree_skb hears of QDISC_DROP alone. */
export type qdisc_drop_reasons = 'QDISC_DROP_GENERIC' | 'QDISC_DROP_OVERLIMIT' | 'QDISC_DROP_CONGESTED' | 'QDISC_DROP_FLOW_LIMIT' | 'QDISC_DROP_BAND_LIMIT' | 'QDISC_DROP_HORIZON_LIMIT';

/** The kernel collects what is dropped and frees it when the lock has been let go (__tcf_kfree_skb_list); here it goes at once, so that who drops stands in the stack. */
export function qdisc_drop_reason(cpu: Cpu, skb: sk_buff, q: Qdisc, reason: qdisc_drop_reasons, why: drop_condition): number {
  q.qstats.drops++;
  kfree_skb_reason(cpu, skb, 'QDISC_DROP', { condition: `${reason}: ${why.condition}`, values: why.values });
  return NET_XMIT_DROP;
}
