/** Figures of a queueing discipline: one without a queue of its own has those of its children together, as tc and gen_stats tell. */
import type { Qdisc } from '../kernel/include/net/sch_generic.ts';

export const QDISC_FIGURES: Readonly<Record<string, (q: Qdisc) => number>> = {
  qlen: (q) => q.q.qlen,
  backlog: (q) => q.q.backlog,
  drops: (q) => q.qstats.drops,
  overlimits: (q) => q.qstats.overlimits,
  requeues: (q) => q.qstats.requeues,
};

/** The disciplines of a multiqueue root, one a transmit queue; none for others. */
export function childrenOf(q: Qdisc): readonly Qdisc[] {
  return q.ops === 'mq' ? (q.priv as { children: Qdisc[] }).children : [];
}

export function qdiscTotal(q: Qdisc, count: (each: Qdisc) => number): number {
  const children = childrenOf(q);
  return (children.length > 0 ? children : [q]).reduce((sum, each) => sum + count(each), 0);
}
