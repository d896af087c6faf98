/** struct Qdisc (include/net/sch_generic.h). */
import type { netdev_queue, net_device } from '../linux/netdevice.ts';
import type { sk_buff } from '../linux/skbuff.ts';
import type { hrtimer } from '../linux/timer.ts';
import type { void_p } from '../linux/void.ts';

export const TCQ_F_BUILTIN = 1;
export const TCQ_F_CAN_BYPASS = 4;
export const TCQ_F_ONETXQUEUE = 0x10;
export const TCQ_F_NOLOCK = 0x100;
export const NET_XMIT_SUCCESS = 0;
export const NET_XMIT_DROP = 1;
export const NET_XMIT_CN = 2;

export interface Qdisc {
  /** Name in the table of Qdisc_ops (net/sched/qdisc_ops.ts): mq, fq_codel, pfifo_fast, tbf, noqueue, netem ... */
  ops: string;
  handle: number;
  flags: number;
  dev: net_device | null;
  dev_queue: netdev_queue | null;
  limit: number;
  /** Packets and bytes inside. */
  q: { qlen: number; backlog: number };
  bstats: { packets: number; bytes: number };
  qstats: { drops: number; requeues: number; overlimits: number };
  /** A dequeued packet that the driver did not take. */
  gso_skb: sk_buff[];
  skb_bad_txq: sk_buff[];
  /** qdisc_run_begin: somebody is dequeuing (seqcount running bit, or the lock's owner CPU). */
  running: boolean;
  missed: boolean;
  /** Scheduled on a softnet_data.output_queue. */
  sched: boolean;
  /** ns the root lock was released at last, for spinning. */
  lock_released: number;
  /** Of the discipline: flows of fq_codel, bands of pfifo_fast, tokens of tbf; children of mq. */
  priv: void_p;
  watchdog: hrtimer | null;
}
