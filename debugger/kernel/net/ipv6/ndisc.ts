/** Neighbour discovery: who has which link-layer address (net/ipv6/ndisc.c, RFC 4861). Routers are not looked for, redirects not heeded. */
import { seed_of } from '../../../machine/random.ts';
import type { Cpu } from '../../../machine/types.ts';
import type { Host } from '../../include/linux/host.ts';
import { in6Words, ipv6_addr_is_multicast } from '../../include/linux/in6.ts';
import type { In6Addr } from '../../include/linux/in6.ts';
import { IFF_LOOPBACK, IFF_NOARP } from '../../include/linux/netdevice.ts';
import { NUD_NOARP } from '../../include/net/neighbour.ts';
import type { neighbour } from '../../include/net/neighbour.ts';
import { HZ } from '../../kernel/time/jiffies.ts';

export { ndisc_error_report, ndisc_solicit } from './ndisc/solicit.ts';
export { ndisc_send_na, ndisc_send_ns } from './ndisc/send.ts';

/** A host's neighbour parameters, from net.ipv6.neigh.default.*. */
export function ndisc_init(host: Host): void {
  const value = (name: string): number => host.sysctl[`net.ipv6.neigh.default.${name}`]![0] as number;
  const tbl = host.nd_tbl;
  const p = tbl.parms;
  p.retrans_time = Math.ceil((value('retrans_time_ms') * HZ) / 1000);
  p.base_reachable_time = Math.ceil((value('base_reachable_time_ms') * HZ) / 1000);
  p.delay_probe_time = value('delay_first_probe_time') * HZ;
  p.ucast_probes = value('ucast_solicit');
  p.mcast_probes = value('mcast_solicit');
  p.app_probes = value('app_solicit');
  p.queue_len_bytes = value('unres_qlen_bytes');
  p.gc_staletime = value('gc_stale_time') * HZ;
  p.locktime = 0;
  p.reachable_time = (seed_of(host.world.seed, `${host.name} nd_tbl`) % p.base_reachable_time) + (p.base_reachable_time >> 1);
  tbl.gc_thresh2 = value('gc_thresh2');
  tbl.gc_thresh3 = value('gc_thresh3');
}

/** Groups and loopback need no asking. */
export function ndisc_constructor(_cpu: Cpu, neigh: neighbour): void {
  const { dev } = neigh;
  const addr = neigh.primary_key as In6Addr;
  if (ipv6_addr_is_multicast(addr)) {
    neigh.nud_state = NUD_NOARP;
    neigh.ha = ipv6_eth_mc_map(addr);
  } else if ((dev.flags & (IFF_NOARP | IFF_LOOPBACK)) !== 0) {
    neigh.nud_state = NUD_NOARP;
    neigh.ha = dev.dev_addr.slice();
  }
  neigh.output = 'neigh_resolve_output';
}

/** 33:33 and the last four bytes of the group (include/net/if_inet6.h). @helper */
function ipv6_eth_mc_map(addr: In6Addr): number[] {
  const words = in6Words(addr);
  return [0x33, 0x33, words[6]! >>> 8, words[6]! & 255, words[7]! >>> 8, words[7]! & 255];
}
