/**
 * fq: a queue for each socket, served round robin, and no packet before its time (net/sched/sch_fq.c). The times are TCP's earliest departures: with
 * this discipline TCP's pacing needs no timer of its own. What may go at once while nothing waits takes a short way, `internal`.
 */
import { spend } from '../../../machine/spend.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { INET_ECN_set_ce } from '../../include/net/inet_ecn.ts';
import { NET_XMIT_SUCCESS } from '../../include/net/sch_generic.ts';
import type { Qdisc } from '../../include/net/sch_generic.ts';
import { TCP_CLOSE, TCP_LISTEN } from '../../include/net/sock.ts';
import { SK_PACING_FQ, SK_PACING_UNLIMITED } from '../../include/net/tcp.ts';
import { jiffies } from '../../kernel/time/jiffies.ts';
import { skb_get_hash } from '../core/flow_dissector.ts';
import { rtnl_kfree_skbs } from '../core/rtnetlink.ts';
import { qdisc_drop_reason } from './drop.ts';
import type { QdiscOptions } from './qdisc_ops.ts';
import { qdisc_watchdog_init, qdisc_watchdog_schedule_range_ns } from './qdisc_watchdog.ts';
import { qdisc_bstats_update, qdisc_pkt_len, qdisc_qstats_backlog_dec, qdisc_qstats_backlog_inc } from './sch_generic.ts';

/** `band`: a packet's priority stands for one of three. `state`: 0 in no list, 1 waits for its turn, 2 for a time. `age`: jiffies at which it left its list. Times in ns. */
export interface fq_flow {
  queue: { skb: sk_buff; time_to_send: number; band: number }[]; credit: number; band: number; state: number; age: number; time_next_packet: number;
}

interface fq_band { new_flows: fq_flow[]; old_flows: fq_flow[]; credit: number; quantum: number; pkt_count: number }

export interface fq_priv {
  /** By socket (s) or hash (h). */
  flows: Record<string, fq_flow>;
  internal: fq_flow;
  bands: fq_band[];
  band_nr: number;
  /** Those that wait for a time, the next one first. */
  delayed: fq_flow[];
  quantum: number;
  initial_quantum: number;
  flow_plimit: number;
  /** bytes/s */
  flow_max_rate: number;
  horizon: number;
  ce_threshold: number;
  stat_fastpath_packets: number; stat_throttled: number; stat_flows_plimit: number; stat_horizon_drops: number; stat_band_drops: number; stat_ce_mark: number;
}

const WAITS_TURN = 1;
const WAITS_TIME = 2;
const ORPHAN_MASK = 1023;
const TC_PRIO_CONTROL = 7;
const TC_PRIO_MAX = 15;
const prio2band = [1, 2, 2, 2, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1];
const WEIGHTS = [589_824, 196_608, 65_536];
/** A flow that rested so long begins with a full quantum, jiffies: 40 ms. */
const FLOW_REFILL_DELAY = 10;
/** Of rates below it each packet waits its time, bytes/s. */
const LOW_RATE = 550_000 / 8;
const NSEC_PER_SEC = 1_000_000_000;

function createFlow(credit: number): fq_flow {
  return { queue: [], credit, band: 0, state: 0, age: 0, time_next_packet: 0 };
}

export function fq_init(q: Qdisc, options: QdiscOptions): void {
  const quantum = options.quantum ?? 2 * (q.dev!.mtu + 14);
  q.limit = options.limit ?? 10_000;
  q.priv = {
    flows: {}, internal: createFlow(0), bands: WEIGHTS.map((weight) => ({ new_flows: [], old_flows: [], credit: 0, quantum: weight, pkt_count: 0 })), band_nr: 0, delayed: [],
    quantum, initial_quantum: options.initial_quantum ?? 5 * quantum, flow_plimit: options.flow_limit ?? 100,
    flow_max_rate: options.maxrate === undefined ? SK_PACING_UNLIMITED : Math.floor(options.maxrate / 8), horizon: options.horizon ?? 10 * NSEC_PER_SEC,
    ce_threshold: options.ce_threshold ?? Number.MAX_SAFE_INTEGER,
    stat_fastpath_packets: 0, stat_throttled: 0, stat_flows_plimit: 0, stat_horizon_drops: 0, stat_band_drops: 0, stat_ce_mark: 0,
  } satisfies fq_priv;
  qdisc_watchdog_init(q);
}

/** No flow is left; the watchdog may still run out, and finds nothing. */
export function fq_reset(cpu: Cpu, q: Qdisc): void {
  const priv = q.priv as fq_priv;
  fq_flow_purge(cpu, priv.internal);
  for (const key in priv.flows) fq_flow_purge(cpu, priv.flows[key]!);
  priv.flows = {};
  priv.delayed = [];
  for (const band of priv.bands) {
    band.new_flows = [];
    band.old_flows = [];
    band.pkt_count = 0;
  }
}

function fq_flow_purge(cpu: Cpu, flow: fq_flow): void {
  while (flow.queue.length > 0) rtnl_kfree_skbs(cpu, flow.queue.shift()!.skb);
}

/** @helper */
function someWait(flows: readonly fq_flow[]): boolean {
  for (const flow of flows) if (flow.queue.length > 0) return true;
  return false;
}

/** Nothing that waits may go now, so this packet need not wait in a queue of its own. */
function fq_fastpath_check(cpu: Cpu, q: Qdisc, skb: sk_buff, time_to_send: number): boolean {
  const priv = q.priv as fq_priv;
  if (time_to_send > cpu.now || priv.flow_max_rate !== SK_PACING_UNLIMITED) return false;
  if (q.q.qlen !== 0) {
    for (const band of priv.bands) if (someWait(band.new_flows) || someWait(band.old_flows)) return false;
    if (priv.internal.queue.length >= 8 || (priv.delayed.length > 0 && priv.delayed[0]!.time_next_packet <= cpu.now)) return false;
  }
  return skb.sk === null || skb.sk.tcp !== null || skb.sk.sk_max_pacing_rate === SK_PACING_UNLIMITED;
}

/** The packet's flow: its socket's, else by hash. TCP hears that its departures are kept here. */
function fq_classify(cpu: Cpu, q: Qdisc, skb: sk_buff, time_to_send: number): fq_flow {
  const priv = q.priv as fq_priv;
  const sk = skb.sk;
  if ((skb.priority & TC_PRIO_MAX) === TC_PRIO_CONTROL) return priv.internal;
  const full = sk !== null && sk.sk_state !== TCP_LISTEN && sk.sk_state !== TCP_CLOSE;
  if (fq_fastpath_check(cpu, q, skb, time_to_send)) {
    priv.stat_fastpath_packets++;
    if (full && sk.tcp !== null) sk.sk_pacing_status = SK_PACING_FQ;
    return priv.internal;
  }
  if (full) sk.sk_pacing_status = SK_PACING_FQ;
  const key = full ? `s${sk.id}` : `h${skb_get_hash(cpu, skb) & ORPHAN_MASK}`;
  priv.flows[key] ??= createFlow(priv.initial_quantum);
  return priv.flows[key];
}

export function fq_enqueue(cpu: Cpu, skb: sk_buff, q: Qdisc): number {
  spend(cpu, cpu.costs.qdisc_enqueue);
  const priv = q.priv as fq_priv;
  const number = prio2band[skb.priority & TC_PRIO_MAX]!;
  const band = priv.bands[number]!;
  const time_to_send = skb.tstamp === 0 ? cpu.now : skb.tstamp;
  if (band.pkt_count >= q.limit) {
    priv.stat_band_drops++;
    return qdisc_drop_reason(cpu, skb, q, 'FQ_BAND_LIMIT', { condition: 'q->band_pkt_count[band] >= sch->limit', values: { band: number, pkt_count: band.pkt_count, limit: q.limit } });
  }
  if (time_to_send > cpu.now + priv.horizon) {
    priv.stat_horizon_drops++;
    return qdisc_drop_reason(cpu, skb, q, 'FQ_HORIZON_LIMIT', { condition: 'fq_packet_beyond_horizon(skb, q, now)', values: { tstamp: skb.tstamp, now: cpu.now, horizon: priv.horizon } });
  }
  const flow = fq_classify(cpu, q, skb, time_to_send);
  if (flow !== priv.internal) {
    if (flow.queue.length >= priv.flow_plimit) {
      priv.stat_flows_plimit++;
      return qdisc_drop_reason(cpu, skb, q, 'FQ_FLOW_LIMIT', { condition: 'f->qlen >= q->flow_plimit', values: { qlen: flow.queue.length, flow_plimit: priv.flow_plimit } });
    }
    if (flow.state === 0) {
      flow.state = WAITS_TURN;
      band.new_flows.push(flow);
      if (jiffies(cpu) > flow.age + FLOW_REFILL_DELAY) flow.credit = Math.max(flow.credit, priv.quantum);
    }
    flow.band = number;
    band.pkt_count++;
  }
  flow_queue_add(cpu, flow, { skb, time_to_send, band: number });
  qdisc_qstats_backlog_inc(q, skb);
  q.q.qlen++;
  return NET_XMIT_SUCCESS;
}

/** Behind those that are to go before it. */
function flow_queue_add(_cpu: Cpu, flow: fq_flow, packet: fq_flow['queue'][number]): void {
  let at = flow.queue.length;
  while (at > 0 && flow.queue[at - 1]!.time_to_send > packet.time_to_send) at--;
  flow.queue.splice(at, 0, packet);
}

/** The time of a flow's first packet has not come: it is put aside until then. */
function fq_flow_set_throttled(_cpu: Cpu, priv: fq_priv, flow: fq_flow): void {
  let at = priv.delayed.length;
  while (at > 0 && priv.delayed[at - 1]!.time_next_packet > flow.time_next_packet) at--;
  priv.delayed.splice(at, 0, flow);
  flow.state = WAITS_TIME;
  priv.stat_throttled++;
}

/** An old flow that is empty leaves its list. */
function fq_flow_set_detached(cpu: Cpu, flow: fq_flow): void {
  flow.state = 0;
  flow.age = jiffies(cpu);
}

/** Flows whose time has come wait for their turn again, with the old ones. */
function fq_check_throttled(cpu: Cpu, priv: fq_priv): void {
  while (priv.delayed.length > 0 && priv.delayed[0]!.time_next_packet <= cpu.now) {
    const flow = priv.delayed.shift()!;
    flow.state = WAITS_TURN;
    priv.bands[flow.band]!.old_flows.push(flow);
  }
}

/** The band whose turn it is, by weight, among those with flows; null: none has any. @helper */
function nextBand(priv: fq_priv): fq_band | null {
  let retry = 0;
  for (;;) {
    const band = priv.bands[priv.band_nr]!;
    if (band.credit > 0 && band.new_flows.length + band.old_flows.length > 0) return band;
    let next: fq_band;
    do {
      if (++retry > priv.bands.length) return null;
      priv.band_nr = (priv.band_nr + 1) % priv.bands.length;
      next = priv.bands[priv.band_nr]!;
      next.credit = Math.min(next.credit + next.quantum, next.quantum);
      if (next.credit <= 0) retry = 0;
    } while (next.credit <= 0);
  }
}

/** A packet leaves its queue and the books. @helper */
function take(q: Qdisc, flow: fq_flow): sk_buff {
  const { skb } = flow.queue.shift()!;
  q.q.qlen--;
  qdisc_qstats_backlog_dec(q, skb);
  qdisc_bstats_update(q, skb);
  return skb;
}

export function fq_dequeue(cpu: Cpu, q: Qdisc): sk_buff | null {
  spend(cpu, cpu.costs.qdisc_dequeue);
  const priv = q.priv as fq_priv;
  if (q.q.qlen === 0) return null;
  if (priv.internal.queue.length > 0) return take(q, priv.internal);
  fq_check_throttled(cpu, priv);
  for (let band = nextBand(priv); band !== null; band = nextBand(priv)) {
    const fresh = band.new_flows.length > 0;
    const list = fresh ? band.new_flows : band.old_flows;
    const flow = list.shift()!;
    if (flow.credit <= 0) {
      flow.credit += priv.quantum;
      band.old_flows.push(flow);
      continue;
    }
    const first = flow.queue[0];
    if (first === undefined) {
      if (fresh) band.old_flows.push(flow);
      else fq_flow_set_detached(cpu, flow);
      continue;
    }
    const due = Math.max(first.time_to_send, flow.time_next_packet);
    if (due > cpu.now) {
      flow.time_next_packet = due;
      fq_flow_set_throttled(cpu, priv, flow);
      continue;
    }
    if (cpu.now - due > priv.ce_threshold && INET_ECN_set_ce(first.skb)) priv.stat_ce_mark++;
    list.unshift(flow);
    band.pkt_count--;
    const skb = take(q, flow);
    payFor(cpu, priv, band, flow, skb);
    return skb;
  }
  if (priv.delayed.length > 0) qdisc_watchdog_schedule_range_ns(cpu, q, priv.delayed[0]!.time_next_packet);
  return null;
}

/** Credit is spent, and where a rate binds that TCP does not keep itself, the flow's next packet is put off. @helper */
function payFor(cpu: Cpu, priv: fq_priv, band: fq_band, flow: fq_flow, skb: sk_buff): void {
  let plen = qdisc_pkt_len(skb);
  flow.credit -= plen;
  band.credit -= plen;
  let rate = priv.flow_max_rate;
  if (skb.tstamp === 0) {
    if (skb.sk !== null) rate = Math.min(skb.sk.sk_max_pacing_rate, rate);
    if (rate <= LOW_RATE) {
      flow.credit = 0;
    } else {
      plen = Math.max(plen, priv.quantum);
      if (flow.credit > 0) return;
    }
  }
  if (rate >= SK_PACING_UNLIMITED) return;
  let len = Math.min(Math.floor((plen * NSEC_PER_SEC) / Math.max(rate, 1)), NSEC_PER_SEC);
  if (flow.time_next_packet !== 0) len -= Math.min(Math.floor(len / 2), cpu.now - flow.time_next_packet);
  flow.time_next_packet = cpu.now + len;
}
