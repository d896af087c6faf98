/** Routing anew what netfilter has rewritten (net/ipv4/netfilter.c). */
import type { Cpu } from '../../../machine/types.ts';
import { iph_daddr, iph_saddr, iph_tos } from '../../include/linux/ip.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { FLOWI_FLAG_ANYSRC, RTN_LOCAL, RTN_UNICAST } from '../../include/net/dst.ts';
import type { sock } from '../../include/net/sock.ts';
import { pskb_expand_head } from '../core/skbuff/clone.ts';
import { skb_headroom } from '../core/skbuff/data.ts';
import { inet_addr_type_dev_table } from './fib_frontend.ts';
import { createFlowi4, ip_route_output_key } from './route/output.ts';

/** The route of a packet of this host by the addresses it has now; `addr_type` of its source, 0 (RTN_UNSPEC): look. 0, or a negative errno. */
export function ip_route_me_harder(cpu: Cpu, sk: sock | null, skb: sk_buff, addr_type: number): number {
  const dev = skb.dst!.dev;
  const type = addr_type === 0 ? inet_addr_type_dev_table(cpu, dev, iph_saddr(skb)) : addr_type;
  const ours = type === RTN_LOCAL || type === RTN_UNICAST;
  const fl4 = createFlowi4(0, sk === null ? 0 : sk.sk_bound_dev_if, iph_tos(skb), ours ? iph_saddr(skb) : 0, iph_daddr(skb), 0, 0);
  if (ours) fl4.flowi4_flags = FLOWI_FLAG_ANYSRC;
  const rt = ip_route_output_key(cpu, fl4);
  if (typeof rt === 'number') return rt;
  skb.dst = rt;
  const hh_len = rt.dev.hard_header_len;
  if (skb_headroom(skb) < hh_len) pskb_expand_head(cpu, skb, (hh_len - skb_headroom(skb) + 15) & ~15, 0);
  return 0;
}
