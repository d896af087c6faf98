/** A device without carrier knows no neighbours (net/core/neighbour.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { net_device } from '../../../include/linux/netdevice.ts';
import { NUD_NOARP, NUD_NONE, NUD_PERMANENT, NUD_VALID } from '../../../include/net/neighbour.ts';
import type { neigh_table, neighbour } from '../../../include/net/neighbour.ts';
import { skb_queue_purge } from '../skbuff/queue.ts';
import { neigh_del_timer } from './event.ts';
import { neigh_cleanup_and_release } from './gc.ts';

export function neigh_carrier_down(cpu: Cpu, tbl: neigh_table, dev: net_device): void {
  __neigh_ifdown(cpu, tbl, dev, true);
}

function __neigh_ifdown(cpu: Cpu, tbl: neigh_table, dev: net_device, skip_perm: boolean): void {
  neigh_flush_dev(cpu, tbl, dev, skip_perm);
}

/** All entries of the device go, permanent ones apart. One that is still referred to forgets its address and what waits in it. */
function neigh_flush_dev(cpu: Cpu, tbl: neigh_table, dev: net_device, skip_perm: boolean): void {
  for (const n of tbl.entries.slice()) {
    if (n.dev !== dev || (skip_perm && (n.nud_state & NUD_PERMANENT) !== 0)) continue;
    neigh_del_timer(cpu, n);
    neigh_mark_dead(n);
    if (n.refcnt !== 1) makeStray(cpu, n);
    neigh_cleanup_and_release(cpu, n);
  }
}

function neigh_mark_dead(n: neighbour): void {
  const { entries } = n.tbl;
  entries.splice(entries.indexOf(n), 1);
  n.dead = true;
}

/** @helper */
function makeStray(cpu: Cpu, n: neighbour): void {
  skb_queue_purge(cpu, n.arp_queue);
  n.arp_queue_len_bytes = 0;
  n.output = 'neigh_blackhole';
  n.nud_state = (n.nud_state & NUD_VALID) !== 0 ? NUD_NOARP : NUD_NONE;
}
