/** The state machine of a neighbour entry as time passes (net/core/neighbour.c; RFC 4861 §7.3). */
import type { Cpu } from '../../../../machine/types.ts';
import type { timer_list } from '../../../include/linux/timer.ts';
import {
  NUD_DELAY, NUD_FAILED, NUD_INCOMPLETE, NUD_IN_TIMER, NUD_PROBE, NUD_REACHABLE, NUD_STALE,
} from '../../../include/net/neighbour.ts';
import type { neighbour } from '../../../include/net/neighbour.ts';
import { HZ, jiffies, mod_timer } from '../../../kernel/time/timer.ts';
import { neigh_connect, neigh_invalidate, neigh_max_probes, neigh_probe, neigh_suspect } from './event.ts';
import { neigh_hold, neigh_release } from './gc.ts';
import { __neigh_notify } from './notify.ts';

const SOON = Math.floor(HZ / 100);

/** REACHABLE grows stale, DELAY turns to probing, probes are repeated until they are too many. */
export function neigh_timer_handler(cpu: Cpu, timer: timer_list): void {
  const neigh = timer.data as neighbour;
  const now = jiffies(cpu);
  const state = neigh.nud_state;
  if ((state & NUD_IN_TIMER) === 0) {
    neigh_release(cpu, neigh);
    return;
  }
  const { parms } = neigh.tbl;
  let next = now + HZ;
  let notify = false;
  if ((state & NUD_REACHABLE) !== 0) {
    if (now <= neigh.confirmed + parms.reachable_time) next = neigh.confirmed + parms.reachable_time;
    else if (now <= neigh.used + parms.delay_probe_time) {
      leaveReachable(cpu, neigh, NUD_DELAY);
      next = now + parms.delay_probe_time;
    } else {
      leaveReachable(cpu, neigh, NUD_STALE);
      notify = true;
    }
  } else if ((state & NUD_DELAY) !== 0) {
    notify = true;
    neigh.updated = now;
    if (now <= neigh.confirmed + parms.delay_probe_time) {
      neigh.nud_state = NUD_REACHABLE;
      neigh_connect(cpu, neigh);
      next = neigh.confirmed + parms.reachable_time;
    } else {
      neigh.nud_state = NUD_PROBE;
      neigh.probes = 0;
      next = now + Math.max(parms.retrans_time, SOON);
    }
  } else next = now + Math.max(parms.retrans_time, SOON);
  if ((neigh.nud_state & (NUD_INCOMPLETE | NUD_PROBE)) !== 0 && neigh.probes >= neigh_max_probes(cpu, neigh)) {
    neigh.nud_state = NUD_FAILED;
    neigh_invalidate(cpu, neigh);
    __neigh_notify(cpu, neigh);
    neigh_release(cpu, neigh);
    return;
  }
  if (notify) __neigh_notify(cpu, neigh);
  if ((neigh.nud_state & NUD_IN_TIMER) !== 0 && !mod_timer(cpu, neigh.timer, Math.max(next, now + SOON))) neigh_hold(neigh);
  if ((neigh.nud_state & (NUD_INCOMPLETE | NUD_PROBE)) !== 0) neigh_probe(cpu, neigh);
  neigh_release(cpu, neigh);
}

/** @helper */
function leaveReachable(cpu: Cpu, neigh: neighbour, state: number): void {
  neigh.nud_state = state;
  neigh.updated = jiffies(cpu);
  neigh_suspect(cpu, neigh);
}
