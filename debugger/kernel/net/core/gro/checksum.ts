/** Checksums of packets that GRO may merge: only what is known to be right is merged (include/net/gro.h, net/core/gro.c). */
import { ip6PseudoAt } from '../../ipv6/ip6_checksum.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { get_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import { CHECKSUM_NONE, CHECKSUM_PARTIAL, CHECKSUM_UNNECESSARY } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { csum_fold, csum_tcpudp_nofold, skb_checksum } from '../skbuff/checksum.ts';
import { NAPI_GRO_CB } from './gro_cb.ts';

/**
 * Whether the checksum of the transport header `off` bytes behind skb.data is right; one that the device has verified is consumed, one that is
 * summed here need not be summed again; that of a packet which never left the machine is not there yet. `absent`: the datagram has none.
 */
export function skb_gro_checksum_validate(cpu: Cpu, skb: sk_buff, off: number, proto: number, absent: boolean): boolean {
  const cb = NAPI_GRO_CB(skb);
  if (skb.ip_summed === CHECKSUM_PARTIAL) return true;
  if (cb.csum_cnt > 0) {
    cb.csum_cnt--;
    return true;
  }
  if (!absent && __skb_gro_checksum_complete(cpu, skb, off, proto) !== 0) return false;
  if (skb.ip_summed === CHECKSUM_NONE) skb.ip_summed = CHECKSUM_UNNECESSARY;
  return true;
}

/** The sum over pseudo-header, header and payload: 0 when the checksum is right. */
export function __skb_gro_checksum_complete(cpu: Cpu, skb: sk_buff, off: number, proto: number): number {
  const len = skb.len - off;
  return csum_fold(skb_checksum(cpu, skb, off, len, inet_gro_compute_pseudo(skb, len, proto)));
}

/** @helper The pseudo-header's sum for `len` bytes of `proto`. */
export function inet_gro_compute_pseudo(skb: sk_buff, len: number, proto: number): number {
  const at = skb.network_header;
  if (skb.head[at]! >> 4 === 6) return ip6PseudoAt(skb.head, at, len, proto);
  return csum_tcpudp_nofold(get_unaligned_be32(skb.head, at + 12), get_unaligned_be32(skb.head, at + 16), len, proto, 0);
}
