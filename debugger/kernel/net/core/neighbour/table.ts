/** The neighbour table: look-up, birth, permanent entries (net/core/neighbour.c). */
import { seed_of } from '../../../../machine/random.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { Host } from '../../../include/linux/host.ts';
import { IFF_LOOPBACK, IFF_NOARP } from '../../../include/linux/netdevice.ts';
import type { net_device } from '../../../include/linux/netdevice.ts';
import { ipv4_is_multicast } from '../../../include/linux/ip.ts';
import { NUD_CONNECTED, NUD_NOARP, NUD_NONE, NUD_PERMANENT, NUD_VALID } from '../../../include/net/neighbour.ts';
import type { neigh_table, neighbour } from '../../../include/net/neighbour.ts';
import { HZ, jiffies, timer_delete, timer_setup } from '../../../kernel/time/timer.ts';
import { inet_addr_type } from '../../ipv4/fib_frontend.ts';
import { kfree_skb_reason } from '../skbuff/free.ts';

const RTN_BROADCAST = 3;
const QUEUE_LEN_BYTES = 212992;

/** arp_tbl at boot: parameters in jiffies. */
export function createNeighTable(): neigh_table {
  const base_reachable_time = 30 * HZ;
  return {
    entries: [],
    parms: {
      retrans_time: HZ, base_reachable_time, reachable_time: neigh_rand_reach_time(base_reachable_time), delay_probe_time: 5 * HZ,
      ucast_probes: 3, mcast_probes: 3, app_probes: 0, queue_len_bytes: QUEUE_LEN_BYTES, gc_staletime: 60 * HZ, locktime: HZ,
    },
    stats: { allocs: 0, destroys: 0, lookups: 0, hits: 0, res_failed: 0, unres_discards: 0 },
  };
}

/** Between half and one and a half times the base: drawn once, since the table's clock of 300 s outlives every run. */
export function neigh_rand_reach_time(base: number): number {
  return (seed_of(base, 'arp_tbl') % base) + (base >> 1);
}

export function neigh_lookup(cpu: Cpu, pkey: number, dev: net_device): neighbour | null {
  const table = cpu.host.arp_tbl;
  table.stats.lookups++;
  const n = __ipv4_neigh_lookup_noref(cpu, dev, pkey);
  if (n !== null) table.stats.hits++;
  return n;
}

/** @helper */
export function __ipv4_neigh_lookup_noref(cpu: Cpu, dev: net_device, key: number): neighbour | null {
  for (const n of cpu.host.arp_tbl.entries) if (n.primary_key === key && n.dev === dev && !n.dead) return n;
  return null;
}

/** @helper The entry of an output path's next hop; on loopback one entry serves all addresses. */
export function ip_neigh_for_gw(cpu: Cpu, dev: net_device, gw: number): neighbour {
  const key = (dev.flags & IFF_LOOPBACK) !== 0 ? 0 : gw;
  return __ipv4_neigh_lookup_noref(cpu, dev, key) ?? __neigh_create(cpu, key, dev);
}

export function __neigh_create(cpu: Cpu, pkey: number, dev: net_device): neighbour {
  cpu.host.arp_tbl.stats.allocs++;
  const n = createNeighbour(pkey, dev, jiffies(cpu));
  arp_constructor(cpu, n);
  n.confirmed = jiffies(cpu) - (cpu.host.arp_tbl.parms.base_reachable_time << 1);
  cpu.host.arp_tbl.entries.push(n);
  return n;
}

/** @helper The one literal of struct neighbour. */
function createNeighbour(pkey: number, dev: net_device, now: number): neighbour {
  const n: neighbour = {
    dev, primary_key: pkey, nud_state: NUD_NONE, ha: [0, 0, 0, 0, 0, 0], output: 'neigh_blackhole', hh_len: 0, arp_queue: [],
    arp_queue_len_bytes: 0, timer: timer_setup('neigh_timer_handler', null), used: now, confirmed: now, updated: now, probes: 0, dead: false, refcnt: 1,
  };
  n.timer.data = n;
  return n;
}

/** What is known of an address without asking: broadcast, multicast and loopback need no ARP (net/ipv4/arp.c). */
export function arp_constructor(cpu: Cpu, n: neighbour): void {
  const dev = n.dev;
  if (ipv4_is_multicast(n.primary_key)) {
    n.nud_state = NUD_NOARP;
    n.ha = [0x01, 0x00, 0x5e, (n.primary_key >>> 16) & 0x7f, (n.primary_key >>> 8) & 0xff, n.primary_key & 0xff];
  } else if ((dev.flags & (IFF_NOARP | IFF_LOOPBACK)) !== 0) {
    n.nud_state = NUD_NOARP;
    n.ha = [...dev.dev_addr];
  } else if (inet_addr_type(cpu, n.primary_key) === RTN_BROADCAST) {
    n.nud_state = NUD_NOARP;
    n.ha = [...dev.broadcast];
  }
  n.output = 'neigh_resolve_output';
}

/** ip neighbour add `address` lladdr `mac` nud permanent. @helper */
export function neigh_add_permanent(host: Host, dev: net_device, address: number, mac: readonly number[]): void {
  const n = createNeighbour(address, dev, 0);
  n.nud_state = NUD_PERMANENT;
  n.ha = [...mac];
  n.output = 'neigh_resolve_output';
  host.arp_tbl.entries.push(n);
}

/** @helper */
export function neigh_is_connected(n: neighbour): boolean {
  return (n.nud_state & NUD_CONNECTED) !== 0;
}

/** @helper */
export function neigh_is_valid(n: neighbour): boolean {
  return (n.nud_state & NUD_VALID) !== 0;
}

/** Forgets an entry and what waits for it. */
export function neigh_destroy(cpu: Cpu, n: neighbour): void {
  n.dead = true;
  timer_delete(cpu, n.timer);
  const at = cpu.host.arp_tbl.entries.indexOf(n);
  if (at >= 0) cpu.host.arp_tbl.entries.splice(at, 1);
  cpu.host.arp_tbl.stats.destroys++;
  neigh_purge_queue(cpu, n);
}

/** @helper */
export function neigh_purge_queue(cpu: Cpu, n: neighbour): void {
  const waiting = n.arp_queue;
  n.arp_queue = [];
  n.arp_queue_len_bytes = 0;
  for (const skb of waiting) kfree_skb_reason(cpu, skb, 'NEIGH_FAILED', { condition: 'neighbour unresolved', values: { nud_state: n.nud_state } });
}
