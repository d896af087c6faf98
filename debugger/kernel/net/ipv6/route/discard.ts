/** Packets that no route takes (net/ipv6/route.c): the sender is told. */
import type { Cpu } from '../../../../machine/types.ts';
import { ICMPV6_ADDR_UNREACH, ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE } from '../../../include/linux/icmpv6.ts';
import { ipv6_daddr, ipv6_saddr } from '../../../include/linux/ipv6.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import { jiffies } from '../../../kernel/time/jiffies.ts';
import { kfree_skb_reason } from '../../core/skbuff/free.ts';
import { icmpv6_send } from '../icmp/send.ts';

function ip6_pkt_drop(cpu: Cpu, skb: sk_buff, received: boolean): number {
  const mib = cpu.host.mib.Ip6;
  if (received && ipv6_daddr(skb) === '::') mib.InAddrErrors++;
  else if (received) mib.InNoRoutes++;
  else mib.OutNoRoutes++;
  icmpv6_send(cpu, skb, ICMPV6_DEST_UNREACH, ICMPV6_NOROUTE, 0);
  kfree_skb_reason(cpu, skb, received ? 'IP_INNOROUTES' : 'IP_OUTNOROUTES', {
    condition: 'rt == net->ipv6.ip6_null_entry', values: { saddr: ipv6_saddr(skb), daddr: ipv6_daddr(skb), error: skb.dst!.error },
  });
  return 0;
}

export function ip6_pkt_discard(cpu: Cpu, skb: sk_buff): number {
  return ip6_pkt_drop(cpu, skb, true);
}

export function ip6_pkt_discard_out(cpu: Cpu, _sk: sock | null, skb: sk_buff): number {
  return ip6_pkt_drop(cpu, skb, false);
}

/** The neighbour did not answer: the packet's sender is told, and the path is no longer trusted. */
export function ip6_link_failure(cpu: Cpu, skb: sk_buff): void {
  icmpv6_send(cpu, skb, ICMPV6_DEST_UNREACH, ICMPV6_ADDR_UNREACH, 0);
  const rt = skb.dst;
  if (rt !== null && rt.rt_pmtu !== 0) rt.expires = jiffies(cpu);
}
