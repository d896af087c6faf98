/** netem: a network emulated at the sender: delay, slots, loss, a rate (net/sched/sch_netem.c). */
import { roll } from '../../../machine/random.ts';
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { NET_XMIT_SUCCESS } from '../../include/net/sch_generic.ts';
import type { Qdisc } from '../../include/net/sch_generic.ts';
import { hrtimer_cancel } from '../../kernel/time/hrtimer.ts';
import { skb_orphan } from '../core/skbuff/destructors.ts';
import { rtnl_kfree_skbs } from '../core/rtnetlink.ts';
import { qdisc_drop_reason } from './drop.ts';
import type { QdiscOptions } from './qdisc_ops.ts';
import { qdisc_watchdog_init, qdisc_watchdog_schedule_range_ns } from './qdisc_watchdog.ts';
import { qdisc_bstats_update, qdisc_pkt_len, qdisc_qstats_backlog_dec, qdisc_qstats_backlog_inc } from './sch_generic.ts';

export interface netem_priv {
  /** By time to send, earliest first. */
  queue: { skb: sk_buff; time_to_send: number }[];
  /** ns; +- ns of chance; parts per million; bit/s (0: none) */
  latency: number;
  jitter: number;
  loss: number;
  rate: number;
  /** Packets leave in slots: the distance between two, how many packets and bytes each takes (0: any). */
  slot: { min_delay: number; max_delay: number; max_packets: number; max_bytes: number };
  slot_next: number;
  packets_left: number;
  bytes_left: number;
  random: number;
}

const INT_MAX = 0x7fffffff;
const FIRST_RANDOM = 0x2545f491;

export function netem_init(q: Qdisc, options: QdiscOptions): void {
  q.limit = options.limit ?? 1000;
  const min_delay = options.slot ?? 0;
  q.priv = {
    queue: [], latency: options.delay ?? 0, jitter: options.jitter ?? 0, loss: options.loss ?? 0, rate: options.rate ?? 0,
    slot: { min_delay, max_delay: options['slot-max'] ?? min_delay, max_packets: options.packets ?? 0, max_bytes: options.bytes ?? 0 },
    slot_next: 0, packets_left: 0, bytes_left: 0, random: FIRST_RANDOM,
  } satisfies netem_priv;
  qdisc_watchdog_init(q);
}

/** Lost by chance, or queued with the time at which it may leave. Its socket forgets it: the delay is the network's, not the host's. */
export function netem_enqueue(cpu: Cpu, skb: sk_buff, q: Qdisc): number {
  spend(cpu, cpu.costs.qdisc_enqueue);
  const priv = q.priv as netem_priv;
  if (priv.loss > 0 && roll(priv, 1_000_000) < priv.loss) {
    qdisc_drop_reason(cpu, skb, q, 'QDISC_DROP_GENERIC', { condition: 'loss_event(q)', values: { loss: priv.loss } });
    return NET_XMIT_SUCCESS;
  }
  if (priv.latency > 0 || priv.jitter > 0 || priv.rate > 0) skb_orphan(cpu, skb);
  if (q.q.qlen >= q.limit) {
    return qdisc_drop_reason(cpu, skb, q, 'QDISC_DROP_OVERLIMIT', { condition: 'sch->q.qlen >= sch->limit', values: { qlen: q.q.qlen, limit: q.limit } });
  }
  const now = cpu.now;
  let delay = priv.latency + (priv.jitter > 0 ? roll(priv, 2 * priv.jitter) - priv.jitter : 0);
  if (priv.rate > 0) {
    const last = priv.queue.length > 0 ? priv.queue[priv.queue.length - 1]!.time_to_send : now;
    delay = Math.max(0, delay - Math.max(0, last - now)) + Math.max(0, last - now) + Math.floor((qdisc_pkt_len(skb) * 8_000_000_000) / priv.rate);
  }
  tfifo_enqueue(priv, skb, now + Math.max(0, delay));
  q.q.qlen++;
  qdisc_qstats_backlog_inc(q, skb);
  return NET_XMIT_SUCCESS;
}

/** @helper In the order of their times; equal ones in the order of arrival. */
function tfifo_enqueue(priv: netem_priv, skb: sk_buff, time_to_send: number): void {
  const queue = priv.queue;
  let at = queue.length;
  while (at > 0 && queue[at - 1]!.time_to_send > time_to_send) at--;
  queue.splice(at, 0, { skb, time_to_send });
}

export function netem_reset(cpu: Cpu, q: Qdisc): void {
  tfifo_reset(cpu, q);
  hrtimer_cancel(cpu, q.watchdog!);
}

function tfifo_reset(cpu: Cpu, q: Qdisc): void {
  const { queue } = q.priv as netem_priv;
  while (queue.length > 0) rtnl_kfree_skbs(cpu, queue.shift()!.skb);
}

/** A new slot begins: how many packets and bytes it takes, and when the next one will. @helper */
function get_slot_next(priv: netem_priv, now: number): void {
  const { min_delay, max_delay, max_packets, max_bytes } = priv.slot;
  priv.slot_next = now + min_delay + (max_delay > min_delay ? roll(priv, max_delay - min_delay) : 0);
  priv.packets_left = max_packets > 0 ? max_packets : INT_MAX;
  priv.bytes_left = max_bytes > 0 ? max_bytes : INT_MAX;
}

/** The head of the queue when its time and its slot have come; else the watchdog is set for the later of the two. */
export function netem_dequeue(cpu: Cpu, q: Qdisc): sk_buff | null {
  spend(cpu, cpu.costs.qdisc_dequeue);
  const priv = q.priv as netem_priv;
  const head = priv.queue[0];
  if (head === undefined) return null;
  const now = cpu.now;
  const slotted = priv.slot.min_delay > 0;
  if (slotted && priv.slot_next === 0) get_slot_next(priv, now);
  if (head.time_to_send > now || (slotted && priv.slot_next > now)) {
    qdisc_watchdog_schedule_range_ns(cpu, q, Math.max(head.time_to_send, priv.slot_next), 0);
    return null;
  }
  priv.queue.shift();
  const skb = head.skb;
  q.q.qlen--;
  qdisc_qstats_backlog_dec(q, skb);
  if (slotted) {
    priv.packets_left--;
    priv.bytes_left -= qdisc_pkt_len(skb);
    if (priv.packets_left <= 0 || priv.bytes_left <= 0) get_slot_next(priv, now);
  }
  qdisc_bstats_update(q, skb);
  return skb;
}
