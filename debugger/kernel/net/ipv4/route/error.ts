/** Telling senders that there is no way (net/ipv4/route.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, ICMP_NET_UNREACH } from '../../../include/linux/icmp.ts';
import { iph_daddr, iph_saddr } from '../../../include/linux/ip.ts';
import type { sk_buff, skb_drop_reason } from '../../../include/linux/skbuff.ts';
import { ENETUNREACH } from '../../../include/uapi/asm-generic/errno.ts';
import { jiffies, HZ } from '../../../kernel/time/jiffies.ts';
import { kfree_skb_reason } from '../../core/skbuff/free.ts';
import { icmp_send } from '../icmp/send.ts';
import { inet_getpeer, inet_peer_xrlim_allow } from '../inetpeer.ts';

/** Input of a packet without a route: a router answers the sender, a mere host drops it silently. */
export function ip_error(cpu: Cpu, skb: sk_buff): number {
  const rt = skb.dst!;
  const mib = cpu.host.mib;
  const unreachable = rt.error === ENETUNREACH;
  const forwarding = skb.dev!.ip_ptr.cnf.forwarding !== 0;
  const reason: skb_drop_reason = unreachable ? 'IP_INNOROUTES' : forwarding ? 'NOT_SPECIFIED' : 'IP_INADDRERRORS';
  if (unreachable) mib.IpExt.InNoRoutes++;
  else if (!forwarding) mib.Ip.InAddrErrors++;
  const peer = forwarding ? inet_getpeer(cpu, iph_saddr(skb)) : null;
  if (peer !== null && inet_peer_xrlim_allow(cpu, peer, HZ)) {
    icmp_send(cpu, skb, ICMP_DEST_UNREACH, unreachable ? ICMP_NET_UNREACH : ICMP_HOST_UNREACH, 0);
  }
  kfree_skb_reason(cpu, skb, reason, {
    condition: 'fib_lookup(net, &fl4, res, 0) != 0', values: { saddr: iph_saddr(skb), daddr: iph_daddr(skb), forwarding: Number(forwarding) },
  });
  return 0;
}

/** The neighbour did not answer: the packet's sender is told, and the path is no longer trusted. */
export function ipv4_link_failure(cpu: Cpu, skb: sk_buff): void {
  ipv4_send_dest_unreach(cpu, skb);
  const rt = skb.dst;
  if (rt !== null && rt.rt_pmtu !== 0) rt.expires = jiffies(cpu);
}

export function ipv4_send_dest_unreach(cpu: Cpu, skb: sk_buff): void {
  icmp_send(cpu, skb, ICMP_DEST_UNREACH, ICMP_HOST_UNREACH, 0);
}
