/** tbf: a token bucket in front of a fifo (net/sched/sch_tbf.c). Tokens are kept as ns of the rate, as the kernel does. */
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { NET_XMIT_SUCCESS } from '../../include/net/sch_generic.ts';
import type { Qdisc } from '../../include/net/sch_generic.ts';
import { rtnl_kfree_skbs } from '../core/rtnetlink.ts';
import { hrtimer_cancel } from '../../kernel/time/hrtimer.ts';
import { qdisc_drop_reason } from './drop.ts';
import type { QdiscOptions } from './qdisc_ops.ts';
import { qdisc_watchdog_init, qdisc_watchdog_schedule_range_ns } from './qdisc_watchdog.ts';
import { qdisc_bstats_update, qdisc_pkt_len, qdisc_qstats_backlog_dec, qdisc_qstats_backlog_inc } from './sch_generic.ts';

export interface tbf_priv {
  queue: sk_buff[];
  /** bit/s; bytes */
  rate: number;
  burst: number;
  limit: number;
  max_size: number;
  /** ns of sending at the rate that the bucket holds, and may hold. */
  tokens: number;
  buffer: number;
  /** ns of the last look. */
  t_c: number;
}

const DEFAULT_RATE = 1_000_000_000;

export function tbf_init(q: Qdisc, options: QdiscOptions): void {
  const rate = options.rate ?? DEFAULT_RATE;
  const burst = options.burst ?? 1600;
  const limit = options.limit ?? Math.floor(((options.latency ?? 50_000_000) * rate) / 8_000_000_000) + burst;
  const buffer = toNanoseconds(rate, burst);
  q.limit = limit;
  q.priv = { queue: [], rate, burst, limit, max_size: burst, tokens: buffer, buffer, t_c: 0 } satisfies tbf_priv;
  qdisc_watchdog_init(q);
}

/** ns that `bytes` take at `rate`. */
function toNanoseconds(rate: number, bytes: number): number {
  return Math.floor((bytes * 8_000_000_000) / rate);
}

export function tbf_enqueue(cpu: Cpu, skb: sk_buff, q: Qdisc): number {
  spend(cpu, cpu.costs.qdisc_enqueue);
  const priv = q.priv as tbf_priv;
  const len = qdisc_pkt_len(skb);
  if (len > priv.max_size) return qdisc_drop_reason(cpu, skb, q, 'QDISC_DROP', { condition: 'qdisc_pkt_len(skb) > q->max_size', values: { len, max_size: priv.max_size } });
  if (q.q.backlog + len > priv.limit) return qdisc_drop_reason(cpu, skb, q, 'QDISC_OVERLIMIT', { condition: 'backlog + qdisc_pkt_len(skb) > limit', values: { backlog: q.q.backlog, len, limit: priv.limit } });
  priv.queue.push(skb);
  q.q.qlen++;
  qdisc_qstats_backlog_inc(q, skb);
  return NET_XMIT_SUCCESS;
}

/** The bucket is full afterwards. */
export function tbf_reset(cpu: Cpu, q: Qdisc): void {
  const priv = q.priv as tbf_priv;
  while (priv.queue.length > 0) rtnl_kfree_skbs(cpu, priv.queue.shift()!);
  priv.t_c = cpu.now;
  priv.tokens = priv.buffer;
  hrtimer_cancel(cpu, q.watchdog!);
}

/** The head of the queue when the bucket holds enough for it; else the watchdog is set for when it will. */
export function tbf_dequeue(cpu: Cpu, q: Qdisc): sk_buff | null {
  spend(cpu, cpu.costs.qdisc_dequeue);
  const priv = q.priv as tbf_priv;
  const skb = priv.queue[0];
  if (skb === undefined) return null;
  const tokens = Math.min(cpu.now - priv.t_c, priv.buffer) + priv.tokens;
  const left = Math.min(tokens, priv.buffer) - toNanoseconds(priv.rate, qdisc_pkt_len(skb));
  if (left < 0) {
    qdisc_watchdog_schedule_range_ns(cpu, q, cpu.now - left);
    q.qstats.overlimits++;
    return null;
  }
  priv.queue.shift();
  priv.t_c = cpu.now;
  priv.tokens = left;
  q.q.qlen--;
  qdisc_qstats_backlog_dec(q, skb);
  qdisc_bstats_update(q, skb);
  return skb;
}
