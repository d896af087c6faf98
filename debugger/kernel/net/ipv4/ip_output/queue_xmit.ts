/** A segment of a connected socket gets its IP header (net/ipv4/ip_output.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { IP_DF, SIZEOF_IPHDR } from '../../../include/linux/ip.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import { EHOSTUNREACH } from '../../../include/uapi/asm-generic/errno.ts';
import { __sk_dst_check } from '../../core/dst.ts';
import { skb_push, skb_reset_network_header } from '../../core/skbuff/data.ts';
import { kfree_skb_reason } from '../../core/skbuff/free.ts';
import { sk_setup_caps } from '../../core/sock/caps.ts';
import { createFlowi4, ip_route_output_flow } from '../route/output.ts';
import { ip_dont_fragment, ip_select_ident_segs, ip_select_ttl, writeIpHeader } from './ident.ts';
import { ip_local_out } from './local_out.ts';

export function ip_queue_xmit(cpu: Cpu, sk: sock, skb: sk_buff): number {
  return __ip_queue_xmit(cpu, sk, skb, sk.inet.tos);
}

/** The route is the socket's while it is good. */
export function __ip_queue_xmit(cpu: Cpu, sk: sock, skb: sk_buff, tos: number): number {
  const inet = sk.inet;
  if (skb.dst === null) {
    let rt = __sk_dst_check(cpu, sk);
    if (rt === null) {
      const fl4 = createFlowi4(
        sk.sk_protocol, sk.sk_bound_dev_if, inet.tos, inet.inet_saddr, inet.inet_daddr, inet.inet_sport, inet.inet_dport,
      );
      const found = ip_route_output_flow(cpu, fl4, sk);
      if (typeof found === 'number') {
        cpu.host.mib.Ip.OutNoRoutes++;
        kfree_skb_reason(cpu, skb, 'IP_OUTNOROUTES', { condition: 'IS_ERR(rt)', values: { daddr: inet.inet_daddr, err: found } });
        return -EHOSTUNREACH;
      }
      rt = found;
      sk_setup_caps(cpu, sk, rt);
    }
    skb.dst = rt;
  }
  skb_push(skb, SIZEOF_IPHDR);
  skb_reset_network_header(skb);
  const df = ip_dont_fragment(sk, skb.dst!) && !skb.ignore_df;
  writeIpHeader(skb, tos & 0xff, df ? IP_DF : 0, ip_select_ttl(cpu, inet), sk.sk_protocol, inet.inet_saddr, inet.inet_daddr);
  const segs = skb.shinfo.gso_segs;
  ip_select_ident_segs(cpu, skb, sk, segs === 0 ? 1 : segs);
  skb.priority = sk.sk_priority;
  skb.mark = sk.sk_mark;
  return ip_local_out(cpu, sk, skb);
}
