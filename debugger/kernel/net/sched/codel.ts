/** CoDel: packets that stand longer than `target` for a whole `interval` are dropped, ever more often (include/net/codel_impl.h; RFC 8289). */
import type { Cpu } from '../../../machine/types.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import type { Qdisc } from '../../include/net/sch_generic.ts';
import { qdisc_drop_reason } from './drop.ts';
import { fqCodelTakeHead } from './sch_fq_codel.ts';
import type { fq_codel_flow, fq_codel_priv } from './sch_fq_codel.ts';

export interface codel_vars {
  count: number;
  lastcount: number;
  dropping: boolean;
  /** 1/sqrt(count) as a fraction of 2^16. */
  rec_inv_sqrt: number;
  /** ns */
  first_above_time: number;
  drop_next: number;
  ldelay: number;
}

const ONE = 0x10000;

export function createCodelVars(): codel_vars {
  return { count: 0, lastcount: 0, dropping: false, rec_inv_sqrt: ONE - 1, first_above_time: 0, drop_next: 0, ldelay: 0 };
}

/** One Newton step towards 1/sqrt(count), in 16-bit fixed point. */
export function codel_Newton_step(vars: codel_vars): void {
  const square = Math.floor((vars.rec_inv_sqrt * vars.rec_inv_sqrt) / ONE);
  const value = 3 * ONE - vars.count * square;
  vars.rec_inv_sqrt = Math.max(1, Math.min(ONE - 1, Math.floor((vars.rec_inv_sqrt * value) / (2 * ONE))));
}

/** When to drop next: interval / sqrt(count) after `time`. */
export function codel_control_law(time: number, interval: number, rec_inv_sqrt: number): number {
  return time + Math.floor((interval * rec_inv_sqrt) / ONE);
}

/** Whether a packet that stood since `enqueued` may be dropped now. */
export function codel_should_drop(cpu: Cpu, q: Qdisc, priv: fq_codel_priv, vars: codel_vars, enqueued: number): boolean {
  vars.ldelay = cpu.now - enqueued;
  if (vars.ldelay < priv.target || q.q.backlog <= q.dev!.mtu) {
    vars.first_above_time = 0;
    return false;
  }
  if (vars.first_above_time === 0) {
    vars.first_above_time = cpu.now + priv.interval;
    return false;
  }
  return cpu.now > vars.first_above_time;
}

interface Head { skb: sk_buff; enqueued: number }

/** The flow's next packet, after dropping what CoDel wants dropped; null when the flow is empty. */
export function codel_dequeue(cpu: Cpu, q: Qdisc, priv: fq_codel_priv, flow: fq_codel_flow): sk_buff | null {
  const vars = flow.cvars;
  let head = fqCodelTakeHead(q, flow);
  if (head === null) {
    vars.dropping = false;
    return null;
  }
  let drop = codel_should_drop(cpu, q, priv, vars, head.enqueued);
  if (vars.dropping) {
    if (!drop) vars.dropping = false;
    while (head !== null && vars.dropping && cpu.now >= vars.drop_next) {
      head = dropAndTake(cpu, q, priv, flow, head);
      drop = head !== null && codel_should_drop(cpu, q, priv, vars, head.enqueued);
      if (!drop) vars.dropping = false;
      else vars.drop_next = codel_control_law(vars.drop_next, priv.interval, vars.rec_inv_sqrt);
    }
  } else if (drop) {
    head = startDropping(cpu, q, priv, flow, head);
  }
  return head === null ? null : head.skb;
}

/** @helper */
function dropAndTake(cpu: Cpu, q: Qdisc, priv: fq_codel_priv, flow: fq_codel_flow, head: Head): Head | null {
  const vars = flow.cvars;
  vars.count++;
  codel_Newton_step(vars);
  dropHead(cpu, q, priv, head, vars);
  return fqCodelTakeHead(q, flow);
}

/** Enters the dropping state; when it was left only lately the rate is taken up again. @helper */
function startDropping(cpu: Cpu, q: Qdisc, priv: fq_codel_priv, flow: fq_codel_flow, head: Head): Head | null {
  const vars = flow.cvars;
  dropHead(cpu, q, priv, head, vars);
  const next = fqCodelTakeHead(q, flow);
  if (next !== null) codel_should_drop(cpu, q, priv, vars, next.enqueued);
  vars.dropping = true;
  const delta = vars.count - vars.lastcount;
  if (delta > 1 && cpu.now - vars.drop_next < 16 * priv.interval) {
    vars.count = delta;
    codel_Newton_step(vars);
  } else {
    vars.count = 1;
    vars.rec_inv_sqrt = ONE - 1;
  }
  vars.lastcount = vars.count;
  vars.drop_next = codel_control_law(cpu.now, priv.interval, vars.rec_inv_sqrt);
  return next;
}

/** @helper */
function dropHead(cpu: Cpu, q: Qdisc, priv: fq_codel_priv, head: Head, vars: codel_vars): void {
  qdisc_drop_reason(cpu, head.skb, q, 'QDISC_CONGESTED', { condition: 'sojourn time > target for an interval', values: { ldelay: vars.ldelay, target: priv.target, interval: priv.interval, count: vars.count } });
}
