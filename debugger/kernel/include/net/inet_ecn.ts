/** Explicit congestion notification in the IP header (include/net/inet_ecn.h; RFC 3168). */
import { get_unaligned_be16, put_unaligned_be16 } from '../asm-generic/unaligned.ts';
import { ETH_P_IP } from '../linux/if_ether.ts';
import type { sk_buff } from '../linux/skbuff.ts';

export const INET_ECN_NOT_ECT = 0;
export const INET_ECN_ECT_1 = 1;
export const INET_ECN_ECT_0 = 2;
export const INET_ECN_CE = 3;
export const INET_ECN_MASK = 3;

/** @helper Marks a packet of an ECN-capable transport as having met congestion; false when its transport is not. */
export function INET_ECN_set_ce(skb: sk_buff): boolean {
  if (skb.protocol !== ETH_P_IP) return false;
  const at = skb.network_header;
  const b = skb.head;
  const ecn = b[at + 1]! & INET_ECN_MASK;
  if (ecn === INET_ECN_NOT_ECT) return false;
  if (ecn === INET_ECN_CE) return true;
  b[at + 1] = b[at + 1]! | INET_ECN_CE;
  let sum = (~get_unaligned_be16(b, at + 10) & 0xffff) + (INET_ECN_CE - ecn);
  if (sum > 0xffff) sum -= 0xffff;
  put_unaligned_be16(~sum & 0xffff, b, at + 10);
  return true;
}
