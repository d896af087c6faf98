/** From the driver to the protocol. */

import { spend } from '../world/spend.ts';
import type { Cpu, sk_buff } from '../world/types.ts';
import { csum_partial, kfree_skb } from './skbuff.ts';
import { icmp_rcv, udp_rcv } from './udp.ts';

export function netif_receive_skb(cpu: Cpu, skb: sk_buff): number {
  skb.protocol = eth_type_trans(cpu, skb);
  switch (skb.protocol) {
    case 0x0800:
      return ip_rcv(cpu, skb);
    default:
      kfree_skb(cpu, skb);
      return 1;
  }
}

export function eth_type_trans(cpu: Cpu, skb: sk_buff): number {
  spend(cpu, 5);
  return (skb.data[12]! << 8) | skb.data[13]!;
}

export function ip_rcv(cpu: Cpu, skb: sk_buff): number {
  const checked = ip_rcv_core(cpu, skb);
  if (checked === null) return 1;
  return ip_local_deliver(cpu, checked);
}

export function ip_rcv_core(cpu: Cpu, skb: sk_buff): sk_buff | null {
  let header = 14;
  const end = header + 20;
  spend(cpu, 15);
  while (header < end) {
    const word = skb.data[header]!;
    skb.csum = (skb.csum + word) & 0xffff;
    header += 4;
  }
  if (skb.csum === 0xffff) {
    kfree_skb(cpu, skb);
    return null;
  }
  return skb;
}

const protocols: Record<number, (cpu: Cpu, skb: sk_buff) => number> = { 1: icmp_rcv, 17: udp_rcv };

export function ip_local_deliver(cpu: Cpu, skb: sk_buff): number {
  const handler = protocols[skb.data[23]!];
  if (!handler || csum_partial(cpu, skb.data, 34, 64) + csum_partial(cpu, skb.data, 14, 34) < 0) {
    kfree_skb(cpu, skb);
    return 1;
  }
  return handler(cpu, skb);
}
