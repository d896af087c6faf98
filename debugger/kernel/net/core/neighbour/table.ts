/** The neighbour table (net/core/neighbour.c): who has which link-layer address. */
import { roll } from '../../../../machine/random.ts';
import type { Cpu } from '../../../../machine/types.ts';
import type { Host } from '../../../include/linux/host.ts';
import { ipv4_is_multicast } from '../../../include/linux/ip.ts';
import { IFF_LOOPBACK, IFF_NOARP } from '../../../include/linux/netdevice.ts';
import type { In6Addr, IpAddress } from '../../../include/linux/in6.ts';
import type { net_device } from '../../../include/linux/netdevice.ts';
import { NUD_NOARP, NUD_NONE, NUD_PERMANENT } from '../../../include/net/neighbour.ts';
import type { neigh_table, neighbour } from '../../../include/net/neighbour.ts';
import { RTN_BROADCAST } from '../../../include/net/dst.ts';
import { gcEntries, neigh_forced_gc } from './gc.ts';
import { HZ, jiffies, timer_setup } from '../../../kernel/time/timer.ts';
import { inet_addr_type_dev_table } from '../../ipv4/fib_frontend.ts';
import { AF_INET6 } from '../../../include/net/sock.ts';
import { ndisc_constructor } from '../../ipv6/ndisc.ts';

/** An empty table with the kernel's defaults; arp_init() and ndisc_init() put the host's own parameters in. */
export function createNeighTable(family: number, protocol: number): neigh_table {
  return {
    family, protocol, entries: [], gc_thresh2: 512, gc_thresh3: 1024, last_flush: 0,
    parms: {
      retrans_time: HZ, base_reachable_time: 30 * HZ, reachable_time: 30 * HZ, delay_probe_time: 5 * HZ, ucast_probes: 3, mcast_probes: 3,
      app_probes: 0, queue_len_bytes: 212992, gc_staletime: 60 * HZ, locktime: HZ,
    },
    stats: { forced_gc_runs: 0, table_fulls: 0, allocs: 0, destroys: 0, lookups: 0, hits: 0, res_failed: 0, unres_discards: 0 },
  };
}

/** How long an entry counts as reachable after its last confirmation: half to one and a half times the base, by chance. */
export function neigh_rand_reach_time(host: Host, base: number): number {
  return base === 0 ? 0 : roll(host, base) + (base >> 1);
}

/** @helper struct neighbour. */
function createNeighbour(tbl: neigh_table, now: number, dev: net_device, primary_key: IpAddress, confirmed: number): neighbour {
  const n: neighbour = {
    tbl, dev, primary_key, nud_state: NUD_NONE, ha: [0, 0, 0, 0, 0, 0], output: 'neigh_blackhole', hh_len: 0, arp_queue: [], arp_queue_len_bytes: 0,
    timer: timer_setup('neigh_timer_handler', null), used: now, confirmed, updated: now, probes: 0, dead: true, refcnt: 1,
  };
  n.timer.data = n;
  return n;
}

/** @helper The entry, without statistics or a reference. */
function findNeighbour(tbl: neigh_table, dev: net_device, key: IpAddress): neighbour | null {
  const entries = tbl.entries;
  for (let i = 0; i < entries.length; i++) {
    const n = entries[i]!;
    if (n.primary_key === key && n.dev === dev) return n;
  }
  return null;
}

/** @helper __ipv4_neigh_lookup_noref() */
export function ipv4NeighLookup(cpu: Cpu, dev: net_device, key: number): neighbour | null {
  return findNeighbour(cpu.host.arp_tbl, dev, key);
}

/** @helper __ipv6_neigh_lookup_noref() */
export function ipv6NeighLookup(cpu: Cpu, dev: net_device, key: In6Addr): neighbour | null {
  return findNeighbour(cpu.host.nd_tbl, dev, key);
}

export function neigh_lookup(_cpu: Cpu, tbl: neigh_table, pkey: IpAddress, dev: net_device): neighbour | null {
  tbl.stats.lookups++;
  const n = findNeighbour(tbl, dev, pkey);
  if (n !== null) tbl.stats.hits++;
  return n;
}

/** @helper Looks up, and makes the entry when asked to. */
export function __neigh_lookup(cpu: Cpu, tbl: neigh_table, pkey: IpAddress, dev: net_device, creat: boolean): neighbour | null {
  const n = neigh_lookup(cpu, tbl, pkey, dev);
  return n !== null || !creat ? n : ___neigh_create(cpu, tbl, pkey, dev);
}

/** A new struct; null when the table is full, and nothing in it can go ("neighbor table overflow!"). */
function neigh_alloc(cpu: Cpu, tbl: neigh_table, dev: net_device, pkey: IpAddress): neighbour | null {
  const now = jiffies(cpu);
  if (tbl.entries.length >= tbl.gc_thresh2) {
    const entries = gcEntries(tbl);
    if (entries >= tbl.gc_thresh3 || (entries >= tbl.gc_thresh2 && now > tbl.last_flush + 5 * HZ)) {
      tbl.stats.forced_gc_runs++;
      if (neigh_forced_gc(cpu, tbl) === 0 && entries >= tbl.gc_thresh3) {
        tbl.stats.table_fulls++;
        return null;
      }
    }
  }
  tbl.stats.allocs++;
  return createNeighbour(tbl, now, dev, pkey, now - (tbl.parms.base_reachable_time << 1));
}

/** A new entry, in whatever state its address and device give it; null: no room. */
export function ___neigh_create(cpu: Cpu, tbl: neigh_table, pkey: IpAddress, dev: net_device): neighbour | null {
  const n = neigh_alloc(cpu, tbl, dev, pkey);
  if (n === null) return null;
  if (tbl.family === AF_INET6) ndisc_constructor(cpu, n);
  else arp_constructor(cpu, n);
  n.dead = false;
  tbl.entries.push(n);
  return n;
}

export function __neigh_create(cpu: Cpu, tbl: neigh_table, pkey: IpAddress, dev: net_device): neighbour | null {
  return ___neigh_create(cpu, tbl, pkey, dev);
}

/** Broadcasts, multicasts and loopback need no asking (net/ipv4/arp.c). */
export function arp_constructor(cpu: Cpu, neigh: neighbour): void {
  const dev = neigh.dev;
  const addr = neigh.primary_key as number;
  if (ipv4_is_multicast(addr)) {
    neigh.nud_state = NUD_NOARP;
    neigh.ha = [0x01, 0x00, 0x5e, (addr >>> 16) & 0x7f, (addr >>> 8) & 0xff, addr & 0xff];
  } else if ((dev.flags & (IFF_NOARP | IFF_LOOPBACK)) !== 0) {
    neigh.nud_state = NUD_NOARP;
    neigh.ha = dev.dev_addr.slice();
  } else if (inet_addr_type_dev_table(cpu, dev, addr) === RTN_BROADCAST) {
    neigh.nud_state = NUD_NOARP;
    neigh.ha = dev.broadcast.slice();
  }
  neigh.output = 'neigh_resolve_output';
}

/** ip neighbour add `address` lladdr `mac` dev `dev` nud permanent. */
export function neigh_add_permanent(host: Host, dev: net_device, address: IpAddress, mac: readonly number[]): neighbour {
  const tbl = typeof address === 'string' ? host.nd_tbl : host.arp_tbl;
  const n = createNeighbour(tbl, 0, dev, address, 0);
  n.nud_state = NUD_PERMANENT;
  n.ha = mac.slice();
  n.output = 'neigh_resolve_output';
  n.dead = false;
  tbl.entries.push(n);
  return n;
}
