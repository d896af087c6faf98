/** What a datagram keeps in skb.cb for its reader: struct sock_skb_cb (include/net/sock.h) and struct in_pktinfo (PKTINFO_SKB_CB). Most need none. */
import type { In6Addr } from './in6.ts';
import type { sk_buff } from './skbuff.ts';

/** `dropcount`: sk_drops when it was queued. `ipi_ifindex` 0: IP_PKTINFO was off then. */
export interface sock_skb_cb { kind: 'sock'; dropcount: number; ipi_ifindex: number; ipi_spec_dst: number }

/** The datagram's, made when it is first needed. */
export function SOCK_SKB_CB(skb: sk_buff): sock_skb_cb {
  const cb = skb.cb as sock_skb_cb | null;
  if (cb !== null && cb.kind === 'sock') return cb;
  const made: sock_skb_cb = { kind: 'sock', dropcount: 0, ipi_ifindex: 0, ipi_spec_dst: 0 };
  skb.cb = made;
  return made;
}

/** struct in_pktinfo: the device (0: none given), the own address of the packet, and where it was sent to. */
export interface in_pktinfo { ipi_ifindex: number; ipi_spec_dst: number; ipi_addr: number }

/** struct in6_pktinfo: where the packet was sent to, and the device it came by. */
export interface in6_pktinfo { ipi6_addr: In6Addr; ipi6_ifindex: number }
