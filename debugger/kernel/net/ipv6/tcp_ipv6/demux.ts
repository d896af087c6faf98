/** A segment's socket before its route (net/ipv6/tcp_ipv6.c): a connection remembers the route of what it receives. */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { ipv6_daddr, ipv6_saddr } from '../../../include/linux/ipv6.ts';
import { PACKET_HOST } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import { tcp_hdrlen, th_dest, th_source } from '../../../include/linux/tcp.ts';
import { SIZEOF_TCPHDR } from '../../../include/net/tcp.ts';
import { pskb_may_pull } from '../../core/skbuff/pull.ts';
import { sk_fullsock } from '../../ipv4/tcp_ipv4/demux.ts';
import { __inet6_lookup_established } from '../inet6_hashtables.ts';
import { ip6_dst_check } from '../route/nexthop.ts';

export function tcp_v6_early_demux(cpu: Cpu, skb: sk_buff): void {
  spend(cpu, cpu.costs.early_demux);
  if (skb.pkt_type !== PACKET_HOST) return;
  if (!pskb_may_pull(cpu, skb, skb.transport_header - skb.data + SIZEOF_TCPHDR)) return;
  if (tcp_hdrlen(skb) < SIZEOF_TCPHDR) return;
  const sk = __inet6_lookup_established(cpu, ipv6_saddr(skb), th_source(skb), ipv6_daddr(skb), th_dest(skb));
  if (sk === null) return;
  skb.sk = sk as sock;
  skb.destructor = 'sock_efree';
  if (!sk_fullsock(sk)) return;
  const dst = sk.sk_rx_dst;
  if (dst !== null && sk.sk_rx_dst_ifindex === skb.skb_iif && ip6_dst_check(cpu, dst) !== null) skb.dst = dst;
}
