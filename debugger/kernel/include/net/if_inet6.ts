/** struct inet6_dev and inet6_ifaddr (include/net/if_inet6.h). */
import type { In6Addr } from '../linux/in6.ts';

/** IFA_LINK, IFA_HOST, 0: everywhere. */
export interface inet6_ifaddr { addr: In6Addr; prefix_len: number; scope: number }

export interface inet6_dev {
  addr_list: inet6_ifaddr[];
  /** net.ipv6.conf.DEV.* */
  cnf: { forwarding: number; hop_limit: number; ndisc_tclass: number; ndisc_evict_nocarrier: number; ignore_routes_with_linkdown: number };
}
