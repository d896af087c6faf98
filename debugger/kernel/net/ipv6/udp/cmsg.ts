/** What recvmsg() tells of a datagram to a socket of AF_INET6 (net/ipv6/datagram.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { ETH_P_IP } from '../../../include/linux/if_ether.ts';
import { mappedIn6Addr } from '../../../include/linux/in6.ts';
import { iph_daddr, iph_saddr, iph_tos, iph_ttl } from '../../../include/linux/ip.ts';
import { ipv6_daddr, ipv6_get_dsfield, ipv6_hop_limit, ipv6_saddr } from '../../../include/linux/ipv6.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { IPV6_HOPLIMIT, IPV6_PKTINFO, IPV6_TCLASS, SOL_IPV6 } from '../../../include/linux/socket.ts';
import { uh_source } from '../../../include/linux/udp.ts';
import { AF_INET6 } from '../../../include/net/sock.ts';
import type { msghdr, sock } from '../../../include/net/sock.ts';
import { put_cmsg } from '../../core/scm.ts';

/** The sender's address; an IPv4 one as ::ffff:a.b.c.d. @helper */
export function nameSender6(msg: msghdr, skb: sk_buff): void {
  const name = msg.msg_name;
  if (name === null) return;
  name.family = AF_INET6;
  name.sin6_addr = skb.protocol === ETH_P_IP ? mappedIn6Addr(iph_saddr(skb)) : ipv6_saddr(skb);
  name.port = uh_source(skb);
}

/** IPV6_PKTINFO, IPV6_HOPLIMIT and IPV6_TCLASS, as far as the socket has asked for them. */
export function ip6_datagram_recv_ctl(_cpu: Cpu, msg: msghdr, sk: sock, skb: sk_buff): void {
  const { rxinfo, rxhlim, rxtclass } = sk.inet.pinet6!.rxopt;
  const ipv4 = skb.protocol === ETH_P_IP;
  if (rxinfo) {
    const ipi6_addr = ipv4 ? mappedIn6Addr(iph_daddr(skb)) : ipv6_daddr(skb);
    put_cmsg(msg, SOL_IPV6, IPV6_PKTINFO, { ipi6_addr, ipi6_ifindex: skb.skb_iif });
  }
  if (rxhlim) put_cmsg(msg, SOL_IPV6, IPV6_HOPLIMIT, ipv4 ? iph_ttl(skb) : ipv6_hop_limit(skb));
  if (rxtclass) put_cmsg(msg, SOL_IPV6, IPV6_TCLASS, ipv4 ? iph_tos(skb) : ipv6_get_dsfield(skb));
}
