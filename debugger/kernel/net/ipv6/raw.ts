/** Raw sockets of IPv6 (net/ipv6/raw.c), of which no host here has any. */
import type { Cpu } from '../../../machine/types.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';

/** Whether one of them took a copy of the packet. */
export function raw6_local_deliver(_cpu: Cpu, _skb: sk_buff, _nexthdr: number): boolean {
  return false;
}
