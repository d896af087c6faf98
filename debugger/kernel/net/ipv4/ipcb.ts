/** IPCB(skb): what the network layer keeps in skb.cb (struct inet_skb_parm). Most packets need none (include/net/ip.h). */
import type { sk_buff } from '../../include/linux/skbuff.ts';

/** The sender should take another way: it is told. */
export const IPSKB_DOREDIRECT = 32;
/** Put together from fragments that may not be fragmented further. */
export const IPSKB_FRAG_PMTU = 64;

export interface inet_skb_parm { kind: 'inet'; frag_max_size: number; flags: number }

/** @helper The largest fragment that the packet was put together from: it is not to leave in larger ones. 0 for other packets. */
export function IPCB_frag_max_size(skb: sk_buff): number {
  const cb = skb.cb as inet_skb_parm | null;
  return cb !== null && cb.kind === 'inet' ? cb.frag_max_size : 0;
}

/** @helper IPSKB_* */
export function IPCB_flags(skb: sk_buff): number {
  const cb = skb.cb as inet_skb_parm | null;
  return cb !== null && cb.kind === 'inet' ? cb.flags : 0;
}

/** @helper */
export function IPCB_set_flag(skb: sk_buff, flag: number): void {
  skb.cb = { kind: 'inet', frag_max_size: IPCB_frag_max_size(skb), flags: IPCB_flags(skb) | flag } satisfies inet_skb_parm;
}
