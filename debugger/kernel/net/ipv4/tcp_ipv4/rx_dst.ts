/** The route of received packets, kept with the socket (net/ipv4/tcp_ipv4.c, af_inet.c). */
import type { Cpu } from '../../../../machine/types.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';

export function inet_sk_rx_dst_set(_cpu: Cpu, sk: sock, skb: sk_buff): void {
  if (skb.dst === null) return;
  sk.sk_rx_dst = skb.dst;
  sk.sk_rx_dst_ifindex = skb.skb_iif;
}
