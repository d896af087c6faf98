/**
 * tbf: a token bucket in front of a fifo, and a second, small one for the peak rate if there is one (net/sched/sch_tbf.c). Tokens are kept as ns of the rate, as the
 * kernel does.
 */
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { NETIF_F_GSO_MASK } from '../../include/linux/netdevice.ts';
import { NET_XMIT_DROP, NET_XMIT_SUCCESS } from '../../include/net/sch_generic.ts';
import type { Qdisc } from '../../include/net/sch_generic.ts';
import { netif_skb_features } from '../core/dev/xmit.ts';
import { __skb_gso_segment, skb_gso_validate_mac_len } from '../core/gso.ts';
import { rtnl_kfree_skbs } from '../core/rtnetlink.ts';
import { skb_is_gso } from '../core/skbuff/data.ts';
import { consume_skb, kfree_skb_reason } from '../core/skbuff/free.ts';
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
  /** The same of the peak rate, bit/s (0: none), whose bucket is `mtu`. */
  peak: number;
  ptokens: number;
  mtu: number;
  /** ns of the last look. */
  t_c: number;
}

const DEFAULT_RATE = 1_000_000_000;

export function tbf_init(q: Qdisc, options: QdiscOptions): void {
  const rate = options.rate ?? DEFAULT_RATE;
  const burst = options.burst ?? 1600;
  const peak = options.peakrate ?? 0;
  const pburst = options.mtu ?? q.dev!.mtu + 14;
  const latency = options.latency ?? 50_000_000;
  let limit = Math.floor((latency * rate) / 8_000_000_000) + burst;
  if (peak > 0) limit = Math.min(limit, Math.floor((latency * peak) / 8_000_000_000) + pburst);
  limit = options.limit ?? limit;
  const buffer = toNanoseconds(rate, burst);
  const mtu = peak > 0 ? toNanoseconds(peak, pburst) : 0;
  q.limit = limit;
  q.priv = {
    queue: [], rate, burst, limit, max_size: peak > 0 ? Math.min(burst, pburst) : burst, tokens: buffer, buffer, peak, ptokens: mtu, mtu, t_c: 0,
  } satisfies tbf_priv;
  qdisc_watchdog_init(q);
}

/** ns that `bytes` take at `rate`. */
function toNanoseconds(rate: number, bytes: number): number {
  return Math.floor((bytes * 8_000_000_000) / rate);
}

/** A GSO packet larger than the bucket: cut here, so that each segment goes in its time. */
function tbf_segment(cpu: Cpu, skb: sk_buff, q: Qdisc): number {
  const segs = __skb_gso_segment(cpu, skb, netif_skb_features(cpu, skb, q.dev!) & ~NETIF_F_GSO_MASK);
  if (segs === null) return qdisc_drop_reason(cpu, skb, q, 'QDISC_DROP_GENERIC', { condition: 'IS_ERR_OR_NULL(segs)', values: { gso_type: skb.shinfo.gso_type } });
  let nb = 0;
  let each: sk_buff | null = segs;
  while (each !== null) {
    const next: sk_buff | null = each.next;
    each.next = null;
    if (bfifo_enqueue(cpu, each, q) === NET_XMIT_SUCCESS) nb++;
    each = next;
  }
  if (nb > 0) {
    consume_skb(cpu, skb);
    return NET_XMIT_SUCCESS;
  }
  kfree_skb_reason(cpu, skb, 'NOT_SPECIFIED', { condition: 'nb == 0', values: { backlog: q.q.backlog, limit: q.limit } });
  return NET_XMIT_DROP;
}

/** Into the inner discipline, whose books are those of tbf. */
function bfifo_enqueue(cpu: Cpu, skb: sk_buff, q: Qdisc): number {
  const priv = q.priv as tbf_priv;
  const len = qdisc_pkt_len(skb);
  if (q.q.backlog + len > priv.limit) return qdisc_drop_reason(cpu, skb, q, 'QDISC_DROP_GENERIC', { condition: 'sch->qstats.backlog + qdisc_pkt_len(skb) > sch->limit', values: { backlog: q.q.backlog, len, limit: priv.limit } });
  priv.queue.push(skb);
  q.q.qlen++;
  qdisc_qstats_backlog_inc(q, skb);
  return NET_XMIT_SUCCESS;
}

export function tbf_enqueue(cpu: Cpu, skb: sk_buff, q: Qdisc): number {
  spend(cpu, cpu.costs.qdisc_enqueue);
  const { max_size } = q.priv as tbf_priv;
  const len = qdisc_pkt_len(skb);
  if (len <= max_size) return bfifo_enqueue(cpu, skb, q);
  if (skb_is_gso(skb) && skb_gso_validate_mac_len(cpu, skb, max_size)) return tbf_segment(cpu, skb, q);
  return qdisc_drop_reason(cpu, skb, q, 'QDISC_DROP_GENERIC', { condition: 'qdisc_pkt_len(skb) > q->max_size', values: { len, max_size } });
}

/** The buckets are full afterwards. */
export function tbf_reset(cpu: Cpu, q: Qdisc): void {
  const priv = q.priv as tbf_priv;
  while (priv.queue.length > 0) rtnl_kfree_skbs(cpu, priv.queue.shift()!);
  priv.t_c = cpu.now;
  priv.tokens = priv.buffer;
  priv.ptokens = priv.mtu;
  hrtimer_cancel(cpu, q.watchdog!);
}

/** The head of the queue when the buckets hold enough for it; else the watchdog is set for when they will. */
export function tbf_dequeue(cpu: Cpu, q: Qdisc): sk_buff | null {
  spend(cpu, cpu.costs.qdisc_dequeue);
  const priv = q.priv as tbf_priv;
  const skb = priv.queue[0];
  if (skb === undefined) return null;
  const len = qdisc_pkt_len(skb);
  const since = Math.min(cpu.now - priv.t_c, priv.buffer);
  const ptoks = priv.peak === 0 ? 0 : Math.min(since + priv.ptokens, priv.mtu) - toNanoseconds(priv.peak, len);
  const toks = Math.min(since + priv.tokens, priv.buffer) - toNanoseconds(priv.rate, len);
  if (toks < 0 || ptoks < 0) {
    qdisc_watchdog_schedule_range_ns(cpu, q, cpu.now + Math.max(-toks, -ptoks), 0);
    q.qstats.overlimits++;
    return null;
  }
  priv.queue.shift();
  priv.t_c = cpu.now;
  priv.tokens = toks;
  priv.ptokens = ptoks;
  q.q.qlen--;
  qdisc_qstats_backlog_dec(q, skb);
  qdisc_bstats_update(q, skb);
  return skb;
}
