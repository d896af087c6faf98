/** What happens to a neighbour entry that is used or fails (net/core/neighbour.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import {
  NUD_CONNECTED, NUD_DELAY, NUD_FAILED, NUD_INCOMPLETE, NUD_IN_TIMER, NUD_PROBE, NUD_STALE,
} from '../../../include/net/neighbour.ts';
import type { neighbour } from '../../../include/net/neighbour.ts';
import { local_bh_disable, local_bh_enable } from '../../../kernel/softirq.ts';
import { HZ, jiffies, mod_timer, timer_delete } from '../../../kernel/time/timer.ts';
import { neigh_hold, neigh_release } from './gc.ts';
import { arp_error_report, arp_solicit } from '../../ipv4/arp.ts';
import { ndisc_error_report, ndisc_solicit } from '../../ipv6/ndisc.ts';
import { AF_INET6 } from '../../../include/net/sock.ts';
import { skb_clone } from '../skbuff/clone.ts';
import { consume_skb, kfree_skb_reason } from '../skbuff/free.ts';
import { skb_queue_purge_reason } from '../skbuff/queue.ts';

/** Starts to resolve an entry that is not valid, to doubt one that is stale. 1 when `skb` waits for the answer or was dropped. */
export function __neigh_event_send(cpu: Cpu, neigh: neighbour, skb: sk_buff | null, immediate_ok: boolean): number {
  const parms = neigh.tbl.parms;
  let immediate_probe = false;
  local_bh_disable(cpu);
  if ((neigh.nud_state & (NUD_CONNECTED | NUD_DELAY | NUD_PROBE)) !== 0) return eventEnd(cpu, 0);
  if (neigh.dead) {
    if ((neigh.nud_state & NUD_STALE) !== 0) return eventEnd(cpu, 0);
    if (skb !== null) kfree_skb_reason(cpu, skb, 'NEIGH_DEAD', { condition: 'neigh->dead', values: { dead: 1 } });
    return eventEnd(cpu, 1);
  }
  if ((neigh.nud_state & (NUD_STALE | NUD_INCOMPLETE)) === 0) {
    if (parms.mcast_probes + parms.app_probes === 0) {
      neigh.nud_state = NUD_FAILED;
      neigh.updated = jiffies(cpu);
      if (skb !== null) {
        kfree_skb_reason(cpu, skb, 'NEIGH_FAILED', { condition: '!(MCAST_PROBES + APP_PROBES)', values: { mcast_probes: 0, app_probes: 0 } });
      }
      return eventEnd(cpu, 1);
    }
    neigh.probes = parms.ucast_probes;
    neigh_del_timer(cpu, neigh);
    neigh.nud_state = NUD_INCOMPLETE;
    neigh.updated = jiffies(cpu);
    immediate_probe = immediate_ok;
    neigh_add_timer(cpu, neigh, immediate_ok ? jiffies(cpu) + Math.max(parms.retrans_time, Math.floor(HZ / 100)) : jiffies(cpu) + 1);
  } else if ((neigh.nud_state & NUD_STALE) !== 0) {
    neigh_del_timer(cpu, neigh);
    neigh.nud_state = NUD_DELAY;
    neigh.updated = jiffies(cpu);
    neigh_add_timer(cpu, neigh, jiffies(cpu) + parms.delay_probe_time);
  }
  let rc = 0;
  if (neigh.nud_state === NUD_INCOMPLETE) {
    if (skb !== null) queuePacket(cpu, neigh, skb);
    rc = 1;
  }
  if (immediate_probe) neigh_probe(cpu, neigh);
  return eventEnd(cpu, rc);
}

/** @helper */
function eventEnd(cpu: Cpu, rc: number): number {
  local_bh_enable(cpu);
  return rc;
}

/** The packet waits on arp_queue; older ones make room. @helper */
function queuePacket(cpu: Cpu, neigh: neighbour, skb: sk_buff): void {
  const { tbl } = neigh;
  const limit = tbl.parms.queue_len_bytes;
  while (neigh.arp_queue_len_bytes + skb.truesize > limit && neigh.arp_queue.length > 0) {
    const buff = neigh.arp_queue.shift()!;
    const held = neigh.arp_queue_len_bytes;
    neigh.arp_queue_len_bytes -= buff.truesize;
    kfree_skb_reason(cpu, buff, 'NEIGH_QUEUEFULL', {
      condition: 'neigh->arp_queue_len_bytes + skb->truesize > QUEUE_LEN_BYTES', values: { arp_queue_len_bytes: held, truesize: skb.truesize, limit },
    });
    tbl.stats.unres_discards++;
  }
  neigh.arp_queue.push(skb);
  neigh.arp_queue_len_bytes += skb.truesize;
}

/** Asks for the address, in the name of the last packet that waits for it. */
export function neigh_probe(cpu: Cpu, neigh: neighbour): void {
  const waiting = neigh.arp_queue;
  const skb = waiting.length === 0 ? null : skb_clone(cpu, waiting[waiting.length - 1]!);
  if (neigh.tbl.family === AF_INET6) ndisc_solicit(cpu, neigh, skb);
  else arp_solicit(cpu, neigh, skb);
  neigh.probes++;
  consume_skb(cpu, skb);
}

export function neigh_add_timer(cpu: Cpu, n: neighbour, when: number): void {
  neigh_hold(n);
  mod_timer(cpu, n.timer, when);
}

export function neigh_del_timer(cpu: Cpu, n: neighbour): boolean {
  if ((n.nud_state & NUD_IN_TIMER) === 0 || !timer_delete(cpu, n.timer)) return false;
  neigh_release(cpu, n);
  return true;
}

/** The address is in doubt: no more sending by the cached header alone. */
export function neigh_suspect(_cpu: Cpu, neigh: neighbour): void {
  neigh.output = 'neigh_resolve_output';
}

/** For Ethernet the connected output is neigh_resolve_output, too (arp_hh_ops). */
export function neigh_connect(_cpu: Cpu, neigh: neighbour): void {
  neigh.output = 'neigh_resolve_output';
}

/** Nobody answered: each waiting packet's sender is told. */
export function neigh_invalidate(cpu: Cpu, neigh: neighbour): void {
  neigh.tbl.stats.res_failed++;
  neigh.updated = jiffies(cpu);
  while (neigh.nud_state === NUD_FAILED && neigh.arp_queue.length > 0) reportError(cpu, neigh, neigh.arp_queue.shift()!);
  skb_queue_purge_reason(cpu, neigh.arp_queue, 'NEIGH_FAILED');
  neigh.arp_queue_len_bytes = 0;
}

/** neigh->ops->error_report(neigh, skb) @helper */
function reportError(cpu: Cpu, neigh: neighbour, skb: sk_buff): void {
  if (neigh.tbl.family === AF_INET6) ndisc_error_report(cpu, neigh, skb);
  else arp_error_report(cpu, neigh, skb);
}

/** @helper Requests before giving up. An entry that once was valid gets no broadcasts (mcast_resolicit 0). */
export function neigh_max_probes(_cpu: Cpu, n: neighbour): number {
  const p = n.tbl.parms;
  return p.ucast_probes + p.app_probes + ((n.nud_state & NUD_PROBE) !== 0 ? 0 : p.mcast_probes);
}
