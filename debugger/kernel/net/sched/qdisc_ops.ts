/** The table of queueing disciplines (struct Qdisc_ops), and how they are asked (net/sched/sch_api.c). */
import type { Cpu } from '../../../machine/types.ts';
import type { net_device, netdev_queue } from '../../include/linux/netdevice.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { TCQ_F_BUILTIN } from '../../include/net/sch_generic.ts';
import type { Qdisc } from '../../include/net/sch_generic.ts';
import { fq_dequeue, fq_enqueue, fq_init, fq_reset } from './sch_fq.ts';
import { fq_codel_dequeue, fq_codel_enqueue, fq_codel_init, fq_codel_reset } from './sch_fq_codel.ts';
import { pfifo_fast_dequeue, pfifo_fast_enqueue, pfifo_fast_init, pfifo_fast_reset } from './sch_pfifo_fast.ts';
import { pfifo_dequeue, pfifo_enqueue, pfifo_init, qdisc_reset_queue } from './sch_fifo.ts';
import { tbf_dequeue, tbf_enqueue, tbf_init, tbf_reset } from './sch_tbf.ts';
import { netem_dequeue, netem_enqueue, netem_init, netem_reset } from './sch_netem.ts';
import { noop_dequeue, noop_enqueue, noop_init } from './sch_noop.ts';

/** Option name as tc(8) spells it -> value; sizes in bytes, times in ns, rates in bit/s. */
export type QdiscOptions = Readonly<Record<string, number>>;

interface Qdisc_ops {
  /** NET_XMIT_*; what it drops it frees. */
  enqueue: (cpu: Cpu, skb: sk_buff, q: Qdisc) => number;
  dequeue: (cpu: Cpu, q: Qdisc) => sk_buff | null;
  init: (q: Qdisc, options: QdiscOptions) => void;
  /** Throws away what it holds; null: it holds nothing. */
  reset: ((cpu: Cpu, q: Qdisc) => void) | null;
}

const qdisc_ops: Record<string, Qdisc_ops> = {
  fq_codel: { enqueue: fq_codel_enqueue, dequeue: fq_codel_dequeue, init: fq_codel_init, reset: fq_codel_reset },
  fq: { enqueue: fq_enqueue, dequeue: fq_dequeue, init: fq_init, reset: fq_reset },
  pfifo_fast: { enqueue: pfifo_fast_enqueue, dequeue: pfifo_fast_dequeue, init: pfifo_fast_init, reset: pfifo_fast_reset },
  pfifo: { enqueue: pfifo_enqueue, dequeue: pfifo_dequeue, init: pfifo_init, reset: qdisc_reset_queue },
  bfifo: { enqueue: pfifo_enqueue, dequeue: pfifo_dequeue, init: pfifo_init, reset: qdisc_reset_queue },
  tbf: { enqueue: tbf_enqueue, dequeue: tbf_dequeue, init: tbf_init, reset: tbf_reset },
  netem: { enqueue: netem_enqueue, dequeue: netem_dequeue, init: netem_init, reset: netem_reset },
  mq: { enqueue: noop_enqueue, dequeue: noop_dequeue, init: noop_init, reset: null },
  noop: { enqueue: noop_enqueue, dequeue: noop_dequeue, init: noop_init, reset: null },
  noqueue: { enqueue: noop_enqueue, dequeue: noop_dequeue, init: noop_init, reset: null },
};

/** @helper */
export function qdiscEnqueue(cpu: Cpu, skb: sk_buff, q: Qdisc): number {
  return qdisc_ops[q.ops]!.enqueue(cpu, skb, q);
}

/** @helper */
export function qdiscDequeue(cpu: Cpu, q: Qdisc): sk_buff | null {
  return qdisc_ops[q.ops]!.dequeue(cpu, q);
}

/** @helper */
export function qdiscReset(cpu: Cpu, q: Qdisc): void {
  qdisc_ops[q.ops]!.reset?.(cpu, q);
}

/** @helper noop_qdisc: what a device without carrier has. The kernel has one for all. */
export function createNoop(dev: net_device): Qdisc {
  const q = qdisc_create('noop', dev, null, 0, {});
  q.flags |= TCQ_F_BUILTIN;
  return q;
}

/** A discipline named `ops` on a queue of `dev` (null: on the device as a whole). */
export function qdisc_create(ops: string, dev: net_device, dev_queue: netdev_queue | null, handle: number, options: QdiscOptions): Qdisc {
  const q: Qdisc = {
    ops, handle, flags: 0, dev, dev_queue, limit: dev.tx_queue_len, q: { qlen: 0, backlog: 0 }, bstats: { packets: 0, bytes: 0 },
    qstats: { drops: 0, requeues: 0, overlimits: 0 }, gso_skb: [], skb_bad_txq: [], running: false, missed: false, sched: false,
    lock_released: 0, priv: null, watchdog: null,
  };
  qdisc_ops[ops]!.init(q, options);
  return q;
}
