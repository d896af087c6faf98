/** SYN cookies over IPv6 (net/ipv6/syncookies.c): made and checked as those of IPv4 are, with other sizes. */
import type { Cpu } from '../../../machine/types.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import type { sock } from '../../include/net/sock.ts';
import { checkCookie } from '../ipv4/syncookies.ts';

/** An ACK for a listener: the new socket when it bears a good cookie, `sk` itself when it bears none, null when it was dropped. */
export function cookie_v6_check(cpu: Cpu, sk: sock, skb: sk_buff): sock | null {
  return checkCookie(cpu, sk, skb);
}
