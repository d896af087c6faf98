/** TCP's checksum over IPv6 (net/ipv6/tcp_ipv6.c). */
import type { Cpu } from '../../../../machine/types.ts';
import { put_unaligned_be16 } from '../../../include/asm-generic/unaligned.ts';
import type { In6Addr } from '../../../include/linux/in6.ts';
import { CHECKSUM_COMPLETE, CHECKSUM_PARTIAL, CHECKSUM_UNNECESSARY } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { IPPROTO_TCP } from '../../../include/net/sock.ts';
import type { sock } from '../../../include/net/sock.ts';
import { csum_add, csum_fold, skb_csum_unnecessary } from '../../core/skbuff/checksum.ts';
import { csum_ipv6_magic, ip6_compute_pseudo } from '../ip6_checksum.ts';

const CHECK_OFFSET = 16;

/** The pseudo-header's part; the device, or the last stage before it, does the rest. */
export function __tcp_v6_send_check(_cpu: Cpu, skb: sk_buff, saddr: In6Addr, daddr: In6Addr): void {
  put_unaligned_be16(~csum_ipv6_magic(saddr, daddr, skb.len, IPPROTO_TCP, 0) & 0xffff, skb.head, skb.transport_header + CHECK_OFFSET);
  skb.ip_summed = CHECKSUM_PARTIAL;
  skb.csum_start = skb.transport_header;
  skb.csum_offset = CHECK_OFFSET;
}

export function tcp_v6_send_check(cpu: Cpu, sk: sock, skb: sk_buff): void {
  __tcp_v6_send_check(cpu, skb, sk.inet.pinet6!.saddr, sk.sk_v6_daddr!);
}

/** A received segment: is its checksum known to be right? If not, skb.csum gets what __skb_checksum_complete() starts from. */
export function tcp_v6_csum_init(_cpu: Cpu, skb: sk_buff): void {
  if (skb_csum_unnecessary(skb)) return;
  const psum = ip6_compute_pseudo(skb, skb.len, IPPROTO_TCP);
  if (skb.ip_summed === CHECKSUM_COMPLETE && csum_fold(csum_add(psum, skb.csum)) === 0) skb.ip_summed = CHECKSUM_UNNECESSARY;
  else skb.csum = psum;
}
