/** A segment's socket before its route (net/ipv4/tcp_ipv4.c): a connection remembers the route of what it receives. */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { iph_daddr, iph_saddr } from '../../../include/linux/ip.ts';
import { PACKET_HOST } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { tcp_hdrlen, th_dest, th_source } from '../../../include/linux/tcp.ts';
import { TCP_NEW_SYN_RECV, TCP_TIME_WAIT } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { SIZEOF_TCPHDR } from '../../../include/net/tcp.ts';
import { ipv4_dst_check } from '../route.ts';
import { __inet_lookup_established } from '../inet_hashtables.ts';
import type { AnySock } from '../inet_hashtables.ts';
import { pskb_may_pull } from '../../core/skbuff/pull.ts';

/** A socket, and not only a request or a TIME-WAIT sock. @helper */
export function sk_fullsock(sk: AnySock): sk is sock {
  return sk.sk_state !== TCP_NEW_SYN_RECV && sk.sk_state !== TCP_TIME_WAIT;
}

export function tcp_v4_early_demux(cpu: Cpu, skb: sk_buff): void {
  spend(cpu, cpu.costs.early_demux);
  if (skb.pkt_type !== PACKET_HOST) return;
  if (!pskb_may_pull(cpu, skb, skb.transport_header - skb.data + SIZEOF_TCPHDR)) return;
  if (tcp_hdrlen(skb) < SIZEOF_TCPHDR) return;
  const sk = __inet_lookup_established(cpu, iph_saddr(skb), th_source(skb), iph_daddr(skb), th_dest(skb));
  if (sk === null) return;
  skb.sk = sk as sock;
  skb.destructor = 'sock_efree';
  if (!sk_fullsock(sk) || sk.sk_rx_dst === null) return;
  const dst = ipv4_dst_check(cpu, sk.sk_rx_dst);
  if (dst !== null && sk.sk_rx_dst_ifindex === skb.skb_iif) skb.dst = dst;
}
