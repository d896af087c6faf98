/** News of a neighbour: state changes, waiting packets go (net/core/neighbour.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { net_device } from '../../../include/linux/netdevice.ts';
import {
  NUD_CONNECTED, NUD_FAILED, NUD_INCOMPLETE, NUD_IN_TIMER, NUD_NOARP, NUD_PERMANENT, NUD_PROBE, NUD_REACHABLE, NUD_STALE, NUD_VALID,
} from '../../../include/net/neighbour.ts';
import type { neighbour } from '../../../include/net/neighbour.ts';
import { jiffies, mod_timer, timer_delete } from '../../../kernel/time/timer.ts';
import { neighOutputFunction } from './output.ts';
import { __neigh_create, neigh_lookup, neigh_purge_queue } from './table.ts';
import { neigh_invalidate } from './timer.ts';

export const NEIGH_UPDATE_F_OVERRIDE = 1;
export const NEIGH_UPDATE_F_WEAK_OVERRIDE = 2;
export const NEIGH_UPDATE_F_ADMIN = 0x80000000;

const EPERM = 1;
const EINVAL = 22;

export function neigh_update(cpu: Cpu, neigh: neighbour, lladdr: readonly number[] | null, state: number, flags: number): number {
  return __neigh_update(cpu, neigh, lladdr, state, flags);
}

/** A request told us its sender's address: learnt as STALE. */
export function neigh_event_ns(cpu: Cpu, lladdr: readonly number[], saddr: number, dev: net_device): neighbour {
  const neigh = neigh_lookup(cpu, saddr, dev) ?? __neigh_create(cpu, saddr, dev);
  __neigh_update(cpu, neigh, lladdr, NUD_STALE, NEIGH_UPDATE_F_OVERRIDE);
  return neigh;
}

/** Takes `state` and `lladdr` (null: unchanged) if they are allowed to replace what is known. */
export function __neigh_update(cpu: Cpu, neigh: neighbour, lladdr: readonly number[] | null, state: number, flags: number): number {
  const old = neigh.nud_state;
  if ((flags & NEIGH_UPDATE_F_ADMIN) === 0 && (old & (NUD_NOARP | NUD_PERMANENT)) !== 0) return -EPERM;
  if ((state & NUD_VALID) === 0) {
    giveUp(cpu, neigh, old, state);
    return 0;
  }
  if (lladdr === null && (old & NUD_VALID) === 0) return -EINVAL;
  const now = jiffies(cpu);
  const changed = lladdr !== null && !((old & NUD_VALID) !== 0 && sameAddress(lladdr, neigh.ha));
  let next = state;
  if ((state & NUD_CONNECTED) !== 0) neigh.confirmed = now;
  if ((old & NUD_VALID) !== 0) {
    if (changed && (flags & NEIGH_UPDATE_F_OVERRIDE) === 0) {
      if ((flags & NEIGH_UPDATE_F_WEAK_OVERRIDE) === 0 || (old & NUD_CONNECTED) === 0) return 0;
      next = NUD_STALE;
    } else if (!changed && state === NUD_STALE && (flags & NEIGH_UPDATE_F_ADMIN) === 0) next = old;
  }
  if (next !== old || changed) neigh.updated = now;
  if (next !== old) enterState(cpu, neigh, next);
  if (changed) {
    neigh.ha = [...lladdr];
    if ((next & NUD_CONNECTED) === 0) neigh.confirmed = now - (cpu.host.arp_tbl.parms.base_reachable_time << 1);
  }
  if (next !== old && (old & NUD_VALID) === 0) flushArpQueue(cpu, neigh);
  return 0;
}

/** @helper */
function sameAddress(a: readonly number[], b: readonly number[]): boolean {
  return a.every((byte, i) => byte === b[i]);
}

/** @helper */
function giveUp(cpu: Cpu, neigh: neighbour, old: number, state: number): void {
  timer_delete(cpu, neigh.timer);
  neigh.nud_state = state;
  if ((old & (NUD_INCOMPLETE | NUD_PROBE)) !== 0 && (state & NUD_FAILED) !== 0) neigh_invalidate(cpu, neigh);
}

/** @helper */
function enterState(cpu: Cpu, neigh: neighbour, state: number): void {
  timer_delete(cpu, neigh.timer);
  if ((state & NUD_PROBE) !== 0) neigh.probes = 0;
  if ((state & NUD_IN_TIMER) !== 0) {
    mod_timer(cpu, neigh.timer, jiffies(cpu) + ((state & NUD_REACHABLE) !== 0 ? cpu.host.arp_tbl.parms.reachable_time : 0));
  }
  neigh.nud_state = state;
}

/** The address is known at last: what waited for it goes. @helper */
function flushArpQueue(cpu: Cpu, neigh: neighbour): void {
  while ((neigh.nud_state & NUD_VALID) !== 0 && neigh.arp_queue.length > 0) {
    const skb = neigh.arp_queue.shift()!;
    neighOutputFunction(cpu, neigh, skb);
  }
  neigh_purge_queue(cpu, neigh);
}
