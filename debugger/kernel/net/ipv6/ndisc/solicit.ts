/** What the neighbour table asks of IPv6 (net/ipv6/ndisc.c, nd_tbl): a question, and the end of one without an answer. */
import type { Cpu } from '../../../../machine/types.ts';
import { addrconf_addr_solict_mult } from '../../../include/linux/in6.ts';
import type { In6Addr } from '../../../include/linux/in6.ts';
import { ETH_P_IPV6 } from '../../../include/linux/if_ether.ts';
import { ipv6_saddr } from '../../../include/linux/ipv6.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { neighbour } from '../../../include/net/neighbour.ts';
import { kfree_skb_reason } from '../../core/skbuff/free.ts';
import { ipv6_chk_addr_and_flags } from '../addrconf.ts';
import { ip6_link_failure } from '../route/discard.ts';
import { ndisc_send_ns } from './send.ts';

/** Asks for the neighbour's address: those whose addresses end like its, or itself while what is known may still be right. In the name of the packet that waits. */
export function ndisc_solicit(cpu: Cpu, neigh: neighbour, skb: sk_buff | null): void {
  const { dev, tbl } = neigh;
  const target = neigh.primary_key as In6Addr;
  const own = skb !== null && skb.protocol === ETH_P_IPV6 && ipv6_chk_addr_and_flags(cpu, ipv6_saddr(skb), dev, false);
  const saddr = own ? ipv6_saddr(skb) : null;
  const from = skb === null ? null : skb.lineage;
  const probes = neigh.probes - tbl.parms.ucast_probes;
  if (probes < 0) ndisc_send_ns(cpu, dev, target, target, saddr, from);
  else if (probes >= tbl.parms.app_probes) ndisc_send_ns(cpu, dev, target, addrconf_addr_solict_mult(target), saddr, from);
}

/** A packet waited in vain for its next hop's address. */
export function ndisc_error_report(cpu: Cpu, neigh: neighbour, skb: sk_buff): void {
  ip6_link_failure(cpu, skb);
  kfree_skb_reason(cpu, skb, 'NEIGH_FAILED', {
    condition: 'atomic_read(&neigh->probes) >= neigh_max_probes(neigh)', values: { probes: neigh.probes, primary_key: neigh.primary_key },
  });
}
