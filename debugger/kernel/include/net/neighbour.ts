/** struct neighbour (include/net/neighbour.h). */
import type { IpAddress } from '../linux/in6.ts';
import type { net_device } from '../linux/netdevice.ts';
import type { sk_buff } from '../linux/skbuff.ts';
import type { timer_list } from '../linux/timer.ts';

export const NUD_INCOMPLETE = 0x01;
export const NUD_REACHABLE = 0x02;
export const NUD_STALE = 0x04;
export const NUD_DELAY = 0x08;
export const NUD_PROBE = 0x10;
export const NUD_FAILED = 0x20;
export const NUD_NOARP = 0x40;
export const NUD_PERMANENT = 0x80;
export const NUD_NONE = 0x00;
export const NUD_IN_TIMER = NUD_INCOMPLETE | NUD_REACHABLE | NUD_DELAY | NUD_PROBE;
export const NUD_VALID = NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE | NUD_PROBE | NUD_STALE | NUD_DELAY;
export const NUD_CONNECTED = NUD_PERMANENT | NUD_NOARP | NUD_REACHABLE;

export interface neighbour {
  tbl: neigh_table;
  dev: net_device;
  /** An address of the table's family. */
  primary_key: IpAddress;
  nud_state: number;
  ha: number[];
  /** Name in the table of neighbour outputs: neigh_resolve_output, neigh_connected_output, neigh_direct_output, neigh_blackhole. */
  output: string;
  /** Whether hh_cache holds a header. */
  hh_len: number;
  arp_queue: sk_buff[];
  arp_queue_len_bytes: number;
  timer: timer_list;
  /** jiffies */
  used: number; confirmed: number; updated: number;
  probes: number;
  dead: boolean;
  refcnt: number;
}

/** struct neigh_parms and statistics of arp_tbl and nd_tbl, one of each a host. `protocol`: ETH_P_IP or ETH_P_IPV6, of the packets to its neighbours. */
export interface neigh_table {
  family: number; protocol: number;
  entries: neighbour[];
  /** Entries, in jiffies: collected above thresh2 when that was not done for 5 s, none more than thresh3. */
  gc_thresh2: number; gc_thresh3: number; last_flush: number;
  parms: {
    retrans_time: number; base_reachable_time: number; reachable_time: number; delay_probe_time: number;
    ucast_probes: number; mcast_probes: number; app_probes: number; queue_len_bytes: number; gc_staletime: number; locktime: number;
  };
  stats: { forced_gc_runs: number; table_fulls: number; allocs: number; destroys: number; lookups: number; hits: number; res_failed: number; unres_discards: number };
}
