/** IPCB(skb): what the network layer keeps in skb.cb (struct inet_skb_parm). Most packets need none (include/net/ip.h). */
import type { sk_buff } from '../../include/linux/skbuff.ts';

export interface inet_skb_parm { kind: 'inet'; frag_max_size: number }

/** @helper The largest fragment that the packet was put together from: it is not to leave in larger ones. 0 for other packets. */
export function IPCB_frag_max_size(skb: sk_buff): number {
  const cb = skb.cb as inet_skb_parm | null;
  return cb !== null && cb.kind === 'inet' ? cb.frag_max_size : 0;
}
