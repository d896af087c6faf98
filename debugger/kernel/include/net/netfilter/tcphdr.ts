/** struct tcphdr (include/uapi/linux/tcp.h) as netfilter reads it: out of any skb, wherever its bytes lie (skb_header_pointer). */
import { skb_copy_bits } from '../../../net/core/skbuff/data.ts';
import { get_unaligned_be16, get_unaligned_be32 } from '../../asm-generic/unaligned.ts';
import type { sk_buff } from '../../linux/skbuff.ts';

/** `doff` in words of four bytes; `flags`: the low eight bits (TCPHDR_*); `options`: what stands behind the first 20 bytes. */
export interface tcphdr { source: number; dest: number; seq: number; ack_seq: number; doff: number; flags: number; window: number; options: Uint8Array }

const SIZEOF_TCPHDR = 20;

/** `len` bytes at `offset` of a packet's data; null when it is shorter. @helper */
export function skb_header_pointer(skb: sk_buff, offset: number, len: number): Uint8Array | null {
  if (offset < 0 || offset + len > skb.len) return null;
  if (offset + len <= skb.len - skb.data_len) return skb.head.subarray(skb.data + offset, skb.data + offset + len);
  const bytes = new Uint8Array(len);
  return skb_copy_bits(skb, offset, bytes, 0, len) ? bytes : null;
}

/** The TCP header at `dataoff` of a packet's data; null when the packet is shorter than a header. @helper */
export function readTcphdr(skb: sk_buff, dataoff: number): tcphdr | null {
  const b = skb_header_pointer(skb, dataoff, SIZEOF_TCPHDR);
  if (b === null) return null;
  const doff = b[12]! >> 4;
  const options = doff > 5 ? skb_header_pointer(skb, dataoff + SIZEOF_TCPHDR, doff * 4 - SIZEOF_TCPHDR) : null;
  return {
    source: get_unaligned_be16(b, 0), dest: get_unaligned_be16(b, 2), seq: get_unaligned_be32(b, 4), ack_seq: get_unaligned_be32(b, 8),
    doff, flags: b[13]!, window: get_unaligned_be16(b, 14), options: options ?? new Uint8Array(0),
  };
}
