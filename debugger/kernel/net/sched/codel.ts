/**
 * CoDel: packets that stand longer than `target` for a whole `interval` are dropped (or marked), ever more often
 * (include/net/codel_impl.h; RFC 8289). Times are in units of 1024 ns, as the kernel has them.
 */
import type { Cpu } from '../../../machine/types.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { INET_ECN_set_ce } from '../../include/net/inet_ecn.ts';
import type { Qdisc } from '../../include/net/sch_generic.ts';
import { qdisc_drop_reason } from './drop.ts';
import { qdisc_pkt_len } from './sch_generic.ts';
import { fqCodelTakeHead } from './sch_fq_codel.ts';
import type { fq_codel_flow, fq_codel_priv } from './sch_fq_codel.ts';

export interface codel_vars {
  count: number;
  lastcount: number;
  dropping: boolean;
  /** 1/sqrt(count) as a fraction of 2^16. */
  rec_inv_sqrt: number;
  first_above_time: number;
  drop_next: number;
  ldelay: number;
}

const CODEL_UNIT_NS = 1024;
const REC_INV_SQRT_MAX = 0xffff;
const TWO_32 = 0x100000000;

export function createCodelVars(): codel_vars {
  return { count: 0, lastcount: 0, dropping: false, rec_inv_sqrt: 0, first_above_time: 0, drop_next: 0, ldelay: 0 };
}

/** @helper ns in CoDel's unit. */
export function codelTime(ns: number): number {
  return Math.floor(ns / CODEL_UNIT_NS);
}

/** One Newton step towards 1/sqrt(count): x * (3 - count * x^2) / 2, x a fraction of 2^16, the square one of 2^32. */
export function codel_Newton_step(vars: codel_vars): void {
  const x = vars.rec_inv_sqrt;
  const value = Math.floor(Math.max(0, 3 * TWO_32 - vars.count * (x * x)) / 4);
  vars.rec_inv_sqrt = Math.floor((value * x) / 0x80000000) & REC_INV_SQRT_MAX;
}

/** When to drop next: interval / sqrt(count) after `time`. */
export function codel_control_law(time: number, interval: number, rec_inv_sqrt: number): number {
  return time + Math.floor((interval * rec_inv_sqrt) / 0x10000);
}

/** Whether a packet that stood since `enqueued` (ns) may be dropped now. */
export function codel_should_drop(q: Qdisc, priv: fq_codel_priv, vars: codel_vars, head: Head | null, now: number): boolean {
  if (head === null) {
    vars.first_above_time = 0;
    return false;
  }
  vars.ldelay = now - codelTime(head.enqueued);
  const len = qdisc_pkt_len(head.skb);
  if (len > priv.maxpacket) priv.maxpacket = len;
  if (vars.ldelay < codelTime(priv.target) || q.q.backlog <= q.dev!.mtu + q.dev!.hard_header_len) {
    vars.first_above_time = 0;
    return false;
  }
  if (vars.first_above_time === 0) {
    vars.first_above_time = now + codelTime(priv.interval);
    return false;
  }
  return now > vars.first_above_time;
}

interface Head { skb: sk_buff; enqueued: number }

/** The flow's next packet, after dropping what CoDel wants dropped, marked if it stood longer than ce_threshold; null when the flow is empty. */
export function codel_dequeue(cpu: Cpu, q: Qdisc, priv: fq_codel_priv, flow: fq_codel_flow): sk_buff | null {
  const vars = flow.cvars;
  let head = fqCodelTakeHead(q, flow);
  if (head === null) {
    vars.dropping = false;
    return null;
  }
  const now = codelTime(cpu.now);
  const drop = codel_should_drop(q, priv, vars, head, now);
  if (vars.dropping && !drop) vars.dropping = false;
  else if (vars.dropping) head = keepDropping(cpu, q, priv, flow, head, now);
  else if (drop) head = startDropping(cpu, q, priv, flow, head, now);
  if (head === null) return null;
  if (vars.ldelay > codelTime(priv.ce_threshold) && INET_ECN_set_ce(head.skb)) priv.ce_mark++;
  return head.skb;
}

/** Drops (or marks one) as often as it is due; leaves the state when packets no longer stand too long. @helper */
function keepDropping(cpu: Cpu, q: Qdisc, priv: fq_codel_priv, flow: fq_codel_flow, first: Head, now: number): Head | null {
  const vars = flow.cvars;
  const interval = codelTime(priv.interval);
  let head: Head | null = first;
  while (vars.dropping && head !== null && now >= vars.drop_next) {
    vars.count++;
    codel_Newton_step(vars);
    if (priv.ecn && INET_ECN_set_ce(head.skb)) {
      priv.ecn_mark++;
      vars.drop_next = codel_control_law(vars.drop_next, interval, vars.rec_inv_sqrt);
      return head;
    }
    dropHead(cpu, q, priv, head, vars);
    head = fqCodelTakeHead(q, flow);
    if (!codel_should_drop(q, priv, vars, head, now)) vars.dropping = false;
    else vars.drop_next = codel_control_law(vars.drop_next, interval, vars.rec_inv_sqrt);
  }
  return head;
}

/** Enters the dropping state; when it was left only lately the rate is taken up again. @helper */
function startDropping(cpu: Cpu, q: Qdisc, priv: fq_codel_priv, flow: fq_codel_flow, first: Head, now: number): Head | null {
  const vars = flow.cvars;
  const interval = codelTime(priv.interval);
  let head: Head | null = first;
  if (priv.ecn && INET_ECN_set_ce(first.skb)) priv.ecn_mark++;
  else {
    dropHead(cpu, q, priv, first, vars);
    head = fqCodelTakeHead(q, flow);
    codel_should_drop(q, priv, vars, head, now);
  }
  vars.dropping = true;
  const delta = vars.count - vars.lastcount;
  if (delta > 1 && now - vars.drop_next < 16 * interval) {
    vars.count = delta;
    codel_Newton_step(vars);
  } else {
    vars.count = 1;
    vars.rec_inv_sqrt = REC_INV_SQRT_MAX;
  }
  vars.lastcount = vars.count;
  vars.drop_next = codel_control_law(now, interval, vars.rec_inv_sqrt);
  return head;
}

/** @helper */
function dropHead(cpu: Cpu, q: Qdisc, priv: fq_codel_priv, head: Head, vars: codel_vars): void {
  qdisc_drop_reason(cpu, head.skb, q, 'QDISC_DROP_CONGESTED', { condition: 'sojourn time > target for an interval', values: { ldelay: vars.ldelay * CODEL_UNIT_NS, target: priv.target, interval: priv.interval, count: vars.count } });
}
