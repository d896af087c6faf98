/** The end of entries: when the table is full, those that nobody refers to make room (net/core/neighbour.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { NUD_FAILED, NUD_NOARP, NUD_PERMANENT } from '../../../include/net/neighbour.ts';
import type { neigh_table, neighbour } from '../../../include/net/neighbour.ts';
import { HZ, jiffies } from '../../../kernel/time/timer.ts';
import { skb_queue_purge } from '../skbuff/queue.ts';
import { __neigh_notify } from './notify.ts';

/** @helper */
export function neigh_hold(n: neighbour): void {
  n.refcnt++;
}

/** @helper A reference less: of the table, of a pending timer. */
export function neigh_release(cpu: Cpu, n: neighbour): void {
  if (--n.refcnt === 0) neigh_destroy(cpu, n);
}

/** Nobody refers to the entry any more; what waits in it will not be sent. */
export function neigh_destroy(cpu: Cpu, neigh: neighbour): void {
  neigh.tbl.stats.destroys++;
  skb_queue_purge(cpu, neigh.arp_queue);
}

/** @helper Entries that may be collected: not those that `ip neighbour add` made permanent. */
export function gcEntries(tbl: neigh_table): number {
  return tbl.entries.reduce((sum, n) => sum + Number((n.nud_state & NUD_PERMANENT) === 0), 0);
}

/** Takes as many entries away as are above gc_thresh2, the oldest first: failed ones, and those that have not changed for 5 s. Answers how many. */
export function neigh_forced_gc(cpu: Cpu, tbl: neigh_table): number {
  const max_clean = gcEntries(tbl) - tbl.gc_thresh2;
  const tref = jiffies(cpu) - 5 * HZ;
  let shrunk = 0;
  for (const n of tbl.entries.slice()) {
    if (n.refcnt !== 1 || (n.nud_state & NUD_PERMANENT) !== 0) continue;
    const remove = (n.nud_state & (NUD_FAILED | NUD_NOARP)) !== 0 || n.updated < tref;
    if (remove && neigh_remove_one(cpu, n)) shrunk++;
    if (shrunk >= max_clean) break;
  }
  tbl.last_flush = jiffies(cpu);
  return shrunk;
}

/** Out of the table, if nobody else holds it. */
function neigh_remove_one(cpu: Cpu, n: neighbour): boolean {
  if (n.refcnt !== 1) return false;
  const { entries } = n.tbl;
  entries.splice(entries.indexOf(n), 1);
  n.dead = true;
  neigh_cleanup_and_release(cpu, n);
  return true;
}

export function neigh_cleanup_and_release(cpu: Cpu, neigh: neighbour): void {
  __neigh_notify(cpu, neigh);
  neigh_release(cpu, neigh);
}
