/** What a socket learns from its route's device (net/core/sock.c sk_setup_caps). */
import type { Cpu } from '../../../../machine/types.ts';
import { NETIF_F_GSO, NETIF_F_GSO_SOFTWARE, NETIF_F_HW_CSUM, NETIF_F_SG, NETIF_F_TSO } from '../../../include/linux/netdevice.ts';
import { SKB_GSO_TCPV4, SKB_GSO_TCPV6 } from '../../../include/linux/skbuff.ts';
import { RTAX_QUICKACK } from '../../../include/linux/rtnetlink.ts';
import { dst_metric } from '../../../include/net/dst.ts';
import type { dst_entry } from '../../../include/net/dst.ts';
import type { sock } from '../../../include/net/sock.ts';
import { sk_dst_set } from '../dst.ts';
import { MAX_TCP_HEADER } from '../skbuff/alloc.ts';

/** @helper Whether packets of this socket may be larger than a segment. */
export function sk_can_gso(sk: sock): boolean {
  return (sk.sk_gso_type & (SKB_GSO_TCPV4 | SKB_GSO_TCPV6)) !== 0 && (sk.sk_route_caps & NETIF_F_TSO) !== 0;
}

/** From now on this socket's packets are no larger than a segment. */
export function sk_gso_disable(sk: sock): void {
  sk.sk_gso_disabled = true;
  sk.sk_route_caps &= ~(NETIF_F_GSO | NETIF_F_GSO_SOFTWARE);
}

/** Takes over the route, and its device's abilities; TCP also whether the route wants ACKs at once. */
export function sk_setup_caps(_cpu: Cpu, sk: sock, dst: dst_entry): void {
  sk_dst_set(sk, dst);
  sk.sk_route_caps = dst.dev.features;
  if (sk.tcp !== null) {
    sk.sk_route_caps |= NETIF_F_GSO;
    sk.icsk!.icsk_ack.dst_quick_ack = dst_metric(dst, RTAX_QUICKACK) !== 0;
  }
  if ((sk.sk_route_caps & NETIF_F_GSO) !== 0) sk.sk_route_caps |= NETIF_F_GSO_SOFTWARE;
  if (sk.sk_gso_disabled) sk.sk_route_caps &= ~(NETIF_F_GSO | NETIF_F_GSO_SOFTWARE);
  let max_segs = 1;
  if (sk_can_gso(sk)) {
    sk.sk_route_caps |= NETIF_F_SG | NETIF_F_HW_CSUM;
    sk.sk_gso_max_size = dst.dev.gso_max_size - (MAX_TCP_HEADER + 1);
    max_segs = Math.max(dst.dev.gso_max_segs, 1);
  }
  sk.sk_gso_max_segs = max_segs;
}
