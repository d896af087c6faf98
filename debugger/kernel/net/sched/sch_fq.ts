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
import { TCP_CLOSE, TCP_LISTEN, TCP_NEW_SYN_RECV, TCP_TIME_WAIT } from '../../include/net/sock.ts';
import type { sock } from '../../include/net/sock.ts';
import { SK_PACING_FQ, SK_PACING_UNLIMITED } from '../../include/net/tcp.ts';
import { HZ, jiffies } from '../../kernel/time/jiffies.ts';
import { hash_32 } from '../../include/linux/hash.ts';
import { skb_get_hash } from '../core/flow_dissector.ts';
import { skb_orphan } from '../core/skbuff/destructors.ts';
import { rtnl_kfree_skbs } from '../core/rtnetlink.ts';
import { qdisc_drop_reason } from './drop.ts';
import type { QdiscOptions } from './qdisc_ops.ts';
import { qdisc_watchdog_init, qdisc_watchdog_schedule_range_ns } from './qdisc_watchdog.ts';
import { qdisc_bstats_update, qdisc_pkt_len, qdisc_qstats_backlog_dec, qdisc_qstats_backlog_inc } from './sch_generic.ts';

/**
 * `sk`: stands for the socket's address, or for a hash (odd). `band`: a packet's priority stands for one of three. `state`: 0 in no list, 1 waits for its turn, 2 for a time.
 * `age`: jiffies at which it left its list. Times in ns.
 */
export interface fq_flow {
  queue: { skb: sk_buff; time_to_send: number; band: number }[]; sk: number; credit: number; band: number; state: number; age: number; time_next_packet: number;
}

interface fq_perband_flows { new_flows: fq_flow[]; old_flows: fq_flow[]; credit: number; quantum: number; pkt_count: number }

export interface fq_priv {
  /** Flows by bucket; the kernel has a tree in each. */
  fq_root: Record<number, fq_flow[]>;
  internal: fq_flow;
  band_flows: fq_perband_flows[];
  band_nr: number;
  /** Those that wait for a time, the next one first, and when that is (FAR: none does). */
  delayed: fq_flow[];
  time_next_delayed_flow: number;
  /** How late they get their turn, a moving average, ns. */
  unthrottle_latency_ns: number;
  flows: number; inactive_flows: number; throttled_flows: number;
  quantum: number;
  initial_quantum: number;
  flow_plimit: number;
  /** bytes/s */
  flow_max_rate: number;
  horizon: number;
  ce_threshold: number;
  stat_fastpath_packets: number;
  stat_throttled: number; stat_gc_flows: number; stat_flows_plimit: number; stat_horizon_drops: number; stat_band_drops: number; stat_ce_mark: number; stat_pkts_too_long: number;
}

const WAITS_TURN = 1;
const WAITS_TIME = 2;
const ORPHAN_MASK = 1023;
const FQ_TREES_LOG = 10;
const FAR = Number.MAX_SAFE_INTEGER;
const TC_PRIO_MAX = 15;
const prio2band = [1, 2, 2, 2, 1, 2, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1];
const WEIGHTS = [589_824, 196_608, 65_536];
/** A flow that rested so long begins with a full quantum, jiffies: 40 ms. */
const FLOW_REFILL_DELAY = 10;
/** A flow without packets for so long is forgotten when its bucket is next looked through, jiffies. */
const FQ_GC_AGE = 3 * HZ;
/** Default of ce_threshold, ns: as many us as 32 bits hold. */
const CE_THRESHOLD = 0xffffffff * 1000;
/** Of rates below it each packet waits its time, bytes/s. */
const LOW_RATE = 550_000 / 8;
const NSEC_PER_SEC = 1_000_000_000;
/** The watchdog may be so late, ns. */
const TIMER_SLACK = 10_000;

function createFlow(sk: number, credit: number, age: number): fq_flow {
  return { queue: [], sk, credit, band: 0, state: 0, age, time_next_packet: 0 };
}

export function fq_init(q: Qdisc, options: QdiscOptions): void {
  const quantum = options.quantum ?? 2 * (q.dev!.mtu + 14);
  q.limit = options.limit ?? 10_000;
  q.priv = {
    fq_root: {}, internal: createFlow(0, 0, 0), band_flows: WEIGHTS.map((weight) => ({ new_flows: [], old_flows: [], credit: 0, quantum: weight, pkt_count: 0 })), band_nr: 0,
    delayed: [], time_next_delayed_flow: FAR, unthrottle_latency_ns: 0, flows: 0, inactive_flows: 0, throttled_flows: 0,
    quantum, initial_quantum: options.initial_quantum ?? 10 * (q.dev!.mtu + 14), flow_plimit: options.flow_limit ?? 100,
    flow_max_rate: options.maxrate === undefined ? SK_PACING_UNLIMITED : Math.floor(options.maxrate / 8), horizon: options.horizon ?? 10 * NSEC_PER_SEC,
    ce_threshold: options.ce_threshold ?? CE_THRESHOLD, stat_fastpath_packets: 0,
    stat_throttled: 0, stat_gc_flows: 0, stat_flows_plimit: 0, stat_horizon_drops: 0, stat_band_drops: 0, stat_ce_mark: 0, stat_pkts_too_long: 0,
  } satisfies fq_priv;
  qdisc_watchdog_init(q);
}

/** No flow is left; the watchdog may still run out, and finds nothing. */
export function fq_reset(cpu: Cpu, q: Qdisc): void {
  const priv = q.priv as fq_priv;
  fq_flow_purge(cpu, priv.internal);
  for (const bucket in priv.fq_root) for (const flow of priv.fq_root[bucket]!) fq_flow_purge(cpu, flow);
  priv.fq_root = {};
  for (const band of priv.band_flows) {
    band.new_flows = [];
    band.old_flows = [];
    band.pkt_count = 0;
  }
  priv.delayed = [];
  priv.flows = 0;
  priv.inactive_flows = 0;
  priv.throttled_flows = 0;
}

function fq_flow_purge(cpu: Cpu, flow: fq_flow): void {
  while (flow.queue.length > 0) rtnl_kfree_skbs(cpu, flow.queue.shift()!.skb);
}

/** Has it been without packets for long? */
function fq_gc_candidate(cpu: Cpu, flow: fq_flow): boolean {
  return flow.state === 0 && jiffies(cpu) > flow.age + FQ_GC_AGE;
}

/** Forgets flows of a bucket on the way to that of `sk`. (The kernel meets those above it in the tree; which, hangs on addresses. Here it is all others.) */
function fq_gc(cpu: Cpu, priv: fq_priv, root: number, sk: number): void {
  const bucket = priv.fq_root[root]!;
  const kept = bucket.filter((flow) => flow.sk === sk || !fq_gc_candidate(cpu, flow));
  const fcnt = bucket.length - kept.length;
  if (fcnt === 0) return;
  priv.fq_root[root] = kept;
  priv.flows -= fcnt;
  priv.inactive_flows -= fcnt;
  priv.stat_gc_flows += fcnt;
}

/**
 * A packet that may go at once need not wait in a flow of its own: none is held, or those that are wait for a later time and the short queue is short; and no rate binds
 * that this discipline has to keep.
 */
function fq_fastpath_check(cpu: Cpu, q: Qdisc, skb: sk_buff, time_to_send: number): boolean {
  const priv = q.priv as fq_priv;
  if (time_to_send > cpu.now) return false;
  if (q.q.qlen !== 0) {
    if (priv.flows !== priv.inactive_flows + priv.throttled_flows) return false;
    if (priv.internal.queue.length >= 8) return false;
    if (priv.time_next_delayed_flow <= cpu.now) return false;
  }
  const sk = skb.sk;
  if (sk !== null && fullsock(sk) && sk.tcp === null && sk.sk_max_pacing_rate !== SK_PACING_UNLIMITED) return false;
  return priv.flow_max_rate === SK_PACING_UNLIMITED;
}

/** @helper Neither a request nor one in TIME_WAIT. */
function fullsock(sk: sock): boolean {
  return sk.sk_state !== TCP_NEW_SYN_RECV && sk.sk_state !== TCP_TIME_WAIT;
}

/** @helper What waits for its peer or has lost it; what it sends is of no flow (sk_listener_or_tw). */
function sk_listener_or_tw(sk: sock): boolean {
  return sk.sk_state === TCP_LISTEN || !fullsock(sk);
}

/** The packet's flow: its socket's, where it has one that is connected, else by hash. TCP hears that its departures are kept here. */
function fq_classify(cpu: Cpu, q: Qdisc, skb: sk_buff, time_to_send: number): fq_flow {
  const priv = q.priv as fq_priv;
  const owner = skb.sk;
  const orphan = owner === null || sk_listener_or_tw(owner) || owner.sk_state === TCP_CLOSE;
  const sk = orphan ? ((skb_get_hash(cpu, skb) & ORPHAN_MASK) << 1) | 1 : owner.id * 2;
  if (owner !== null && sk_listener_or_tw(owner)) skb_orphan(cpu, skb);
  if (fq_fastpath_check(cpu, q, skb, time_to_send)) {
    priv.stat_fastpath_packets++;
    if (!orphan) owner.sk_pacing_status = SK_PACING_FQ;
    return priv.internal;
  }
  const root = hash_32(sk, FQ_TREES_LOG);
  const bucket = priv.fq_root[root];
  if (bucket === undefined) priv.fq_root[root] = [];
  else fq_gc(cpu, priv, root, sk);
  for (const flow of priv.fq_root[root]!) if (flow.sk === sk) return flow;
  const flow = createFlow(sk, priv.initial_quantum, jiffies(cpu));
  if (!orphan) owner.sk_pacing_status = SK_PACING_FQ;
  priv.fq_root[root]!.push(flow);
  priv.flows++;
  priv.inactive_flows++;
  return flow;
}

export function fq_enqueue(cpu: Cpu, skb: sk_buff, q: Qdisc): number {
  spend(cpu, cpu.costs.qdisc_enqueue);
  const priv = q.priv as fq_priv;
  const number = prio2band[skb.priority & TC_PRIO_MAX]!;
  const band = priv.band_flows[number]!;
  const time_to_send = skb.tstamp === 0 ? cpu.now : skb.tstamp;
  if (band.pkt_count >= q.limit) {
    priv.stat_band_drops++;
    return qdisc_drop_reason(cpu, skb, q, 'QDISC_DROP_BAND_LIMIT', { condition: 'q->band_pkt_count[band] >= sch->limit', values: { band: number, pkt_count: band.pkt_count, limit: q.limit } });
  }
  if (time_to_send > cpu.now + priv.horizon) {
    priv.stat_horizon_drops++;
    return qdisc_drop_reason(cpu, skb, q, 'QDISC_DROP_HORIZON_LIMIT', { condition: 'fq_packet_beyond_horizon(skb, q, now)', values: { tstamp: skb.tstamp, now: cpu.now, horizon: priv.horizon } });
  }
  const flow = fq_classify(cpu, q, skb, time_to_send);
  if (flow !== priv.internal) {
    if (flow.queue.length >= priv.flow_plimit) {
      priv.stat_flows_plimit++;
      return qdisc_drop_reason(cpu, skb, q, 'QDISC_DROP_FLOW_LIMIT', { condition: 'f->qlen >= q->flow_plimit', values: { qlen: flow.queue.length, flow_plimit: priv.flow_plimit } });
    }
    if (flow.state === 0) {
      flow.state = WAITS_TURN;
      priv.band_flows[flow.band]!.new_flows.push(flow);
      if (jiffies(cpu) > flow.age + FLOW_REFILL_DELAY) flow.credit = Math.max(flow.credit, priv.quantum);
    }
    flow.band = number;
    band.pkt_count++;
    if (flow.queue.length === 0) priv.inactive_flows--;
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
  priv.throttled_flows++;
  priv.stat_throttled++;
  if (priv.time_next_delayed_flow > flow.time_next_packet) priv.time_next_delayed_flow = flow.time_next_packet;
}

function fq_flow_unset_throttled(_cpu: Cpu, priv: fq_priv): void {
  const flow = priv.delayed.shift()!;
  priv.throttled_flows--;
  flow.state = WAITS_TURN;
  priv.band_flows[flow.band]!.old_flows.push(flow);
}

/** An old flow that is empty leaves its list. */
function fq_flow_set_detached(cpu: Cpu, flow: fq_flow): void {
  flow.state = 0;
  flow.age = jiffies(cpu);
}

/** Flows whose time has come wait for their turn again, with the old ones. */
function fq_check_throttled(cpu: Cpu, priv: fq_priv): void {
  const sample = cpu.now - priv.time_next_delayed_flow;
  if (sample < 0) return;
  if (sample > 0) priv.unthrottle_latency_ns += Math.floor(sample / 8) - Math.floor(priv.unthrottle_latency_ns / 8);
  priv.time_next_delayed_flow = FAR;
  while (priv.delayed.length > 0) {
    const { time_next_packet } = priv.delayed[0]!;
    if (time_next_packet > cpu.now) {
      priv.time_next_delayed_flow = time_next_packet;
      return;
    }
    fq_flow_unset_throttled(cpu, priv);
  }
}

/** The band whose turn it is, by weight, among those with flows; null: none has any. @helper */
function nextBand(priv: fq_priv): fq_perband_flows | null {
  let retry = 0;
  for (;;) {
    const band = priv.band_flows[priv.band_nr]!;
    if (band.credit > 0 && band.new_flows.length + band.old_flows.length > 0) return band;
    let next: fq_perband_flows;
    do {
      if (++retry > priv.band_flows.length) return null;
      priv.band_nr = (priv.band_nr + 1) % priv.band_flows.length;
      next = priv.band_flows[priv.band_nr]!;
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
    list.unshift(flow);
    const skb = take(q, flow);
    if (cpu.now - due > priv.ce_threshold) {
      INET_ECN_set_ce(skb);
      priv.stat_ce_mark++;
    }
    if (flow.queue.length === 0) priv.inactive_flows++;
    priv.band_flows[first.band]!.pkt_count--;
    payFor(cpu, priv, band, flow, skb);
    return skb;
  }
  if (priv.time_next_delayed_flow !== FAR) qdisc_watchdog_schedule_range_ns(cpu, q, priv.time_next_delayed_flow, TIMER_SLACK);
  return null;
}

/** Credit is spent, and where a rate binds that TCP does not keep itself, the flow's next packet is put off. @helper */
function payFor(cpu: Cpu, priv: fq_priv, band: fq_perband_flows, flow: fq_flow, skb: sk_buff): void {
  let plen = qdisc_pkt_len(skb);
  flow.credit -= plen;
  band.credit -= plen;
  let rate = priv.flow_max_rate;
  if (skb.tstamp === 0) {
    if (skb.sk !== null) rate = Math.min(skb.sk.sk_pacing_rate, rate);
    if (rate <= LOW_RATE) {
      flow.credit = 0;
    } else {
      plen = Math.max(plen, priv.quantum);
      if (flow.credit > 0) return;
    }
  }
  if (rate >= SK_PACING_UNLIMITED) return;
  let len = Math.floor((plen * NSEC_PER_SEC) / Math.max(rate, 1));
  if (len > NSEC_PER_SEC) {
    len = NSEC_PER_SEC;
    priv.stat_pkts_too_long++;
  }
  if (flow.time_next_packet !== 0) len -= Math.min(Math.floor(len / 2), cpu.now - flow.time_next_packet);
  flow.time_next_packet = cpu.now + len;
}
