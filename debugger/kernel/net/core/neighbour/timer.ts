/** The neighbour's timer: reachability ages, probes repeat, hope ends (net/core/neighbour.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { timer_list } from '../../../include/linux/timer.ts';
import {
  NUD_DELAY, NUD_FAILED, NUD_INCOMPLETE, NUD_IN_TIMER, NUD_PROBE, NUD_REACHABLE, NUD_STALE,
} from '../../../include/net/neighbour.ts';
import type { neighbour } from '../../../include/net/neighbour.ts';
import { HZ, jiffies, mod_timer } from '../../../kernel/time/timer.ts';
import { arp_error_report } from '../../ipv4/arp/solicit.ts';
import { neigh_probe } from './event.ts';
import { neigh_purge_queue } from './table.ts';

const SHORTEST = Math.ceil(HZ / 100);

/** Probes that may go unanswered before the neighbour counts as gone. */
export function neigh_max_probes(cpu: Cpu, n: neighbour): number {
  const parms = cpu.host.arp_tbl.parms;
  return parms.ucast_probes + parms.app_probes + ((n.nud_state & NUD_PROBE) !== 0 ? 0 : parms.mcast_probes);
}

export function neigh_timer_handler(cpu: Cpu, timer: timer_list): void {
  const neigh = timer.data as neighbour;
  const now = jiffies(cpu);
  if ((neigh.nud_state & NUD_IN_TIMER) === 0) return;
  const next = nextState(cpu, neigh, now);
  if ((neigh.nud_state & (NUD_INCOMPLETE | NUD_PROBE)) !== 0 && neigh.probes >= neigh_max_probes(cpu, neigh)) {
    neigh.nud_state = NUD_FAILED;
    neigh_invalidate(cpu, neigh);
    return;
  }
  if ((neigh.nud_state & NUD_IN_TIMER) !== 0) mod_timer(cpu, neigh.timer, Math.max(next, now + SHORTEST));
  if ((neigh.nud_state & (NUD_INCOMPLETE | NUD_PROBE)) !== 0) neigh_probe(cpu, neigh);
}

/** Moves on in the state machine; answers the jiffy of the next look. @helper */
function nextState(cpu: Cpu, neigh: neighbour, now: number): number {
  const parms = cpu.host.arp_tbl.parms;
  if ((neigh.nud_state & NUD_REACHABLE) !== 0) return ageReachable(cpu, neigh, now);
  const probing = now + Math.max(parms.retrans_time, SHORTEST);
  if ((neigh.nud_state & NUD_DELAY) === 0) return probing;
  neigh.updated = now;
  if (now <= neigh.confirmed + parms.delay_probe_time) {
    neigh.nud_state = NUD_REACHABLE;
    return neigh.confirmed + parms.reachable_time;
  }
  neigh.nud_state = NUD_PROBE;
  neigh.probes = 0;
  return probing;
}

/** @helper */
function ageReachable(cpu: Cpu, neigh: neighbour, now: number): number {
  const parms = cpu.host.arp_tbl.parms;
  if (now <= neigh.confirmed + parms.reachable_time) return neigh.confirmed + parms.reachable_time;
  neigh.updated = now;
  if (now <= neigh.used + parms.delay_probe_time) {
    neigh.nud_state = NUD_DELAY;
    return now + parms.delay_probe_time;
  }
  neigh.nud_state = NUD_STALE;
  return now + HZ;
}

/** Nobody answered: each waiting packet's sender is told, the packets go. */
export function neigh_invalidate(cpu: Cpu, neigh: neighbour): void {
  cpu.host.arp_tbl.stats.res_failed++;
  neigh.updated = jiffies(cpu);
  while (neigh.nud_state === NUD_FAILED && neigh.arp_queue.length > 0) arp_error_report(cpu, neigh, neigh.arp_queue.shift()!);
  neigh_purge_queue(cpu, neigh);
}
