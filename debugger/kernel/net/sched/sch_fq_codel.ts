/**
 * fq_codel: flows by hash, each with its own CoDel, served round robin with a quantum of bytes; new flows first
 * (net/sched/sch_fq_codel.c; RFC 8290).
 */
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { NET_XMIT_CN, NET_XMIT_SUCCESS, TCQ_F_CAN_BYPASS } from '../../include/net/sch_generic.ts';
import type { Qdisc } from '../../include/net/sch_generic.ts';
import { skb_get_hash } from '../core/flow_dissector.ts';
import { rtnl_kfree_skbs } from '../core/rtnetlink.ts';
import { codel_dequeue, createCodelVars } from './codel.ts';
import type { codel_vars } from './codel.ts';
import { qdisc_drop_reason } from './drop.ts';
import type { QdiscOptions } from './qdisc_ops.ts';
import { qdisc_bstats_update, qdisc_pkt_len, qdisc_qstats_backlog_dec, qdisc_qstats_backlog_inc } from './sch_generic.ts';

export interface fq_codel_flow { queue: { skb: sk_buff; enqueued: number }[]; backlog: number; deficit: number; listed: boolean; cvars: codel_vars }

export interface fq_codel_priv {
  /** Flows that exist, by bucket number; made when first hit. */
  flows: Record<number, fq_codel_flow>;
  flows_cnt: number;
  quantum: number;
  drop_batch_size: number;
  memory_limit: number;
  memory_usage: number;
  /** ns */
  target: number;
  interval: number;
  ecn: boolean;
  ecn_mark: number;
  /** ns; packets marked for having stood longer. */
  ce_threshold: number;
  ce_mark: number;
  /** The largest packet that was taken out, bytes. */
  maxpacket: number;
  new_flows: fq_codel_flow[];
  old_flows: fq_codel_flow[];
  drop_overlimit: number;
  drop_overmemory: number;
  new_flow_count: number;
}

/** No packet stands so long, ns. */
const CODEL_DISABLED_THRESHOLD = Number.MAX_SAFE_INTEGER;

export function fq_codel_init(q: Qdisc, options: QdiscOptions): void {
  q.limit = options.limit ?? 10 * 1024;
  q.priv = {
    flows: {}, flows_cnt: options.flows ?? 1024, quantum: Math.max(256, options.quantum ?? q.dev!.mtu + 14), drop_batch_size: options.drop_batch ?? 64,
    memory_limit: options.memory_limit ?? 32 << 20, memory_usage: 0, target: options.target ?? 5_000_000, interval: options.interval ?? 100_000_000,
    ecn: true, ecn_mark: 0, ce_threshold: options.ce_threshold ?? CODEL_DISABLED_THRESHOLD, ce_mark: 0, maxpacket: 0, new_flows: [], old_flows: [], drop_overlimit: 0, drop_overmemory: 0, new_flow_count: 0,
  } satisfies fq_codel_priv;
  if (q.limit >= 1) q.flags |= TCQ_F_CAN_BYPASS;
}

/** Flows are empty and in no list afterwards; CoDel begins anew. */
export function fq_codel_reset(cpu: Cpu, q: Qdisc): void {
  const priv = q.priv as fq_codel_priv;
  priv.new_flows = [];
  priv.old_flows = [];
  for (const bucket in priv.flows) fq_codel_flow_purge(cpu, priv.flows[bucket]!);
  priv.memory_usage = 0;
}

function fq_codel_flow_purge(cpu: Cpu, flow: fq_codel_flow): void {
  while (flow.queue.length > 0) rtnl_kfree_skbs(cpu, flow.queue.shift()!.skb);
  flow.backlog = 0;
  flow.listed = false;
  flow.cvars = createCodelVars();
}

/** Bucket of a packet: its flow hash scaled to the number of flows (reciprocal_scale). */
export function fq_codel_hash(cpu: Cpu, priv: fq_codel_priv, skb: sk_buff): number {
  return Math.floor((skb_get_hash(cpu, skb) * priv.flows_cnt) / 0x100000000);
}

/** @helper */
function flowOf(priv: fq_codel_priv, bucket: number): fq_codel_flow {
  let flow = priv.flows[bucket];
  if (flow === undefined) {
    flow = { queue: [], backlog: 0, deficit: 0, listed: false, cvars: createCodelVars() };
    priv.flows[bucket] = flow;
  }
  return flow;
}

export function fq_codel_enqueue(cpu: Cpu, skb: sk_buff, q: Qdisc): number {
  spend(cpu, cpu.costs.qdisc_enqueue);
  const priv = q.priv as fq_codel_priv;
  const flow = flowOf(priv, fq_codel_hash(cpu, priv, skb));
  flow.queue.push({ skb, enqueued: cpu.now });
  flow.backlog += qdisc_pkt_len(skb);
  qdisc_qstats_backlog_inc(q, skb);
  if (!flow.listed) {
    flow.listed = true;
    priv.new_flows.push(flow);
    priv.new_flow_count++;
    flow.deficit = priv.quantum;
  }
  priv.memory_usage += skb.truesize;
  q.q.qlen++;
  const memory_limited = priv.memory_usage > priv.memory_limit;
  if (q.q.qlen <= q.limit && !memory_limited) return NET_XMIT_SUCCESS;
  const prev_qlen = q.q.qlen;
  const fat = fq_codel_drop(cpu, q);
  priv.drop_overlimit += prev_qlen - q.q.qlen;
  if (memory_limited) priv.drop_overmemory += prev_qlen - q.q.qlen;
  return fat === flow ? NET_XMIT_CN : NET_XMIT_SUCCESS;
}

/** Over the limit: half of the fattest flow goes, up to a batch, and CoDel will press that flow harder. Which it was. */
export function fq_codel_drop(cpu: Cpu, q: Qdisc): fq_codel_flow {
  const priv = q.priv as fq_codel_priv;
  const fat = fattest(priv);
  const threshold = fat.backlog >> 1;
  let len = 0;
  let i = 0;
  do {
    const { skb } = fat.queue.shift()!;
    len += qdisc_pkt_len(skb);
    forget(q, priv, fat, skb);
    qdisc_drop_reason(cpu, skb, q, 'QDISC_DROP_OVERLIMIT', { condition: '++sch->q.qlen > sch->limit || memory_usage > memory_limit', values: { qlen: q.q.qlen, limit: q.limit, memory_usage: priv.memory_usage, memory_limit: priv.memory_limit } });
    i++;
  } while (i < priv.drop_batch_size && len < threshold);
  fat.cvars.count += i;
  return fat;
}

/** @helper */
function fattest(priv: fq_codel_priv): fq_codel_flow {
  let fat: fq_codel_flow | null = null;
  for (const bucket in priv.flows) if (fat === null || priv.flows[bucket]!.backlog > fat.backlog) fat = priv.flows[bucket]!;
  return fat!;
}

/** A packet leaves the books. @helper */
function forget(q: Qdisc, priv: fq_codel_priv, flow: fq_codel_flow, skb: sk_buff): void {
  flow.backlog -= qdisc_pkt_len(skb);
  priv.memory_usage -= skb.truesize;
  q.q.qlen--;
  qdisc_qstats_backlog_dec(q, skb);
}

/** Takes a flow's head, for CoDel to judge: when it was enqueued tells how long it stood. @helper */
export function fqCodelTakeHead(q: Qdisc, flow: fq_codel_flow): { skb: sk_buff; enqueued: number } | null {
  const head = flow.queue.shift();
  if (head === undefined) return null;
  forget(q, q.priv as fq_codel_priv, flow, head.skb);
  return head;
}

export function fq_codel_dequeue(cpu: Cpu, q: Qdisc): sk_buff | null {
  spend(cpu, cpu.costs.qdisc_dequeue);
  const priv = q.priv as fq_codel_priv;
  for (;;) {
    const list = priv.new_flows.length > 0 ? priv.new_flows : priv.old_flows;
    const flow = list[0];
    if (flow === undefined) return null;
    if (flow.deficit <= 0) {
      flow.deficit += priv.quantum;
      list.shift();
      priv.old_flows.push(flow);
      continue;
    }
    const skb = codel_dequeue(cpu, q, priv, flow);
    if (skb === null) {
      leaveList(priv, list, flow);
      continue;
    }
    qdisc_bstats_update(q, skb);
    flow.deficit -= qdisc_pkt_len(skb);
    return skb;
  }
}

/** An empty new flow goes to the old ones once, lest it starve them by coming back as new; an empty old one is forgotten. @helper */
function leaveList(priv: fq_codel_priv, list: fq_codel_flow[], flow: fq_codel_flow): void {
  list.shift();
  if (list === priv.new_flows && priv.old_flows.length > 0) priv.old_flows.push(flow);
  else flow.listed = false;
}
