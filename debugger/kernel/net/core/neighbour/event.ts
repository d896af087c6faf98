/** First packet to a neighbour whose address is unknown or stale; asking for it (net/core/neighbour.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { NUD_CONNECTED, NUD_DELAY, NUD_FAILED, NUD_INCOMPLETE, NUD_PROBE, NUD_STALE } from '../../../include/net/neighbour.ts';
import type { neighbour } from '../../../include/net/neighbour.ts';
import { local_bh_disable, local_bh_enable } from '../../../kernel/softirq.ts';
import { HZ, jiffies, mod_timer, timer_delete } from '../../../kernel/time/timer.ts';
import { arp_solicit } from '../../ipv4/arp/solicit.ts';
import { skb_clone } from '../skbuff/clone.ts';
import { consume_skb, kfree_skb_reason } from '../skbuff/free.ts';

/** At least 10 ms between probes. */
const SHORTEST = Math.ceil(HZ / 100);

/** True: the packet was queued until the address is known, or dropped; false: it may go (the entry is usable). */
export function __neigh_event_send(cpu: Cpu, neigh: neighbour, skb: sk_buff | null): boolean {
  if (neigh.dead) {
    if (skb !== null) kfree_skb_reason(cpu, skb, 'NEIGH_DEAD', { condition: 'neigh->dead', values: { nud_state: neigh.nud_state } });
    return true;
  }
  const parms = cpu.host.arp_tbl.parms;
  local_bh_disable(cpu);
  let rc = false;
  let immediate_probe = false;
  if ((neigh.nud_state & (NUD_CONNECTED | NUD_DELAY | NUD_PROBE)) === 0) {
    if ((neigh.nud_state & (NUD_STALE | NUD_INCOMPLETE)) === 0) {
      if (parms.mcast_probes + parms.app_probes > 0) {
        startAsking(cpu, neigh);
        immediate_probe = true;
      } else {
        failAtOnce(cpu, neigh, skb);
        local_bh_enable(cpu);
        return true;
      }
    } else if ((neigh.nud_state & NUD_STALE) !== 0) {
      neigh.nud_state = NUD_DELAY;
      neigh.updated = jiffies(cpu);
      mod_timer(cpu, neigh.timer, jiffies(cpu) + parms.delay_probe_time);
    }
    if (neigh.nud_state === NUD_INCOMPLETE) {
      if (skb !== null) waitForAddress(cpu, neigh, skb);
      rc = true;
    }
  }
  if (immediate_probe) neigh_probe(cpu, neigh);
  local_bh_enable(cpu);
  return rc;
}

/** @helper */
function startAsking(cpu: Cpu, neigh: neighbour): void {
  const parms = cpu.host.arp_tbl.parms;
  neigh.probes = parms.ucast_probes;
  timer_delete(cpu, neigh.timer);
  neigh.nud_state = NUD_INCOMPLETE;
  neigh.updated = jiffies(cpu);
  mod_timer(cpu, neigh.timer, jiffies(cpu) + Math.max(parms.retrans_time, SHORTEST));
}

/** @helper */
function failAtOnce(cpu: Cpu, neigh: neighbour, skb: sk_buff | null): void {
  neigh.nud_state = NUD_FAILED;
  neigh.updated = jiffies(cpu);
  if (skb !== null) kfree_skb_reason(cpu, skb, 'NEIGH_FAILED', { condition: 'no probes allowed', values: { mcast_probes: 0 } });
}

/** The queue is bounded in bytes: the oldest packets make room. @helper */
function waitForAddress(cpu: Cpu, neigh: neighbour, skb: sk_buff): void {
  const limit = cpu.host.arp_tbl.parms.queue_len_bytes;
  while (neigh.arp_queue_len_bytes + skb.truesize > limit && neigh.arp_queue.length > 0) {
    const oldest = neigh.arp_queue.shift()!;
    neigh.arp_queue_len_bytes -= oldest.truesize;
    cpu.host.arp_tbl.stats.unres_discards++;
    kfree_skb_reason(cpu, oldest, 'NEIGH_QUEUEFULL', { condition: 'arp_queue_len_bytes + skb->truesize > QUEUE_LEN_BYTES', values: { arp_queue_len_bytes: neigh.arp_queue_len_bytes, truesize: skb.truesize, limit } });
  }
  neigh.arp_queue.push(skb);
  neigh.arp_queue_len_bytes += skb.truesize;
}

/** Asks once; the newest waiting packet tells which source address to ask from. */
export function neigh_probe(cpu: Cpu, neigh: neighbour): void {
  const newest = neigh.arp_queue[neigh.arp_queue.length - 1];
  const skb = newest === undefined ? null : skb_clone(cpu, newest);
  arp_solicit(cpu, neigh, skb);
  neigh.probes++;
  if (skb !== null) consume_skb(cpu, skb);
}
