/** struct napi_gro_cb (include/net/gro.h): what GRO knows of a packet while it has it, in skb->cb. */
import { get_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import type { Lineage, sk_buff } from '../../../include/linux/skbuff.ts';

export interface napi_gro_cb {
  /** Bytes of headers passed so far. */
  data_offset: number;
  /** Not to be merged with what comes. */
  flush: boolean;
  same_flow: boolean;
  /** Packets merged into this one. */
  count: number;
  /** NAPI_GRO_FREE or NAPI_GRO_FREE_STOLEN_HEAD: what is left of it is free to go. */
  free: number;
  /** jiffies at which it was held first. */
  age: number;
  /** The last skb of its frag_list, itself while there is none. */
  last: sk_buff | null;
  ip_fixedid: boolean;
  /** Checksums that the device has verified. */
  csum_cnt: number;
  /** The bucket of its flow. */
  bucket: number;
  network_offset: number;
  /** Lineages of the packets merged, the first its own. */
  pieces: Lineage[] | null;
}

export const NAPI_GRO_FREE = 1;
export const NAPI_GRO_FREE_STOLEN_HEAD = 2;
export const MAX_GRO_SKBS = 8;
export const GRO_HASH_BUCKETS = 8;

export const GRO_MERGED = 0;
export const GRO_MERGED_FREE = 1;
export const GRO_HELD = 2;
export const GRO_NORMAL = 3;

/** @helper */
export function createGroCb(): napi_gro_cb {
  return {
    data_offset: 0, flush: false, same_flow: false, count: 1, free: 0, age: 0, last: null, ip_fixedid: false, csum_cnt: 0, bucket: 0,
    network_offset: 0, pieces: null,
  };
}

/** @helper */
export function NAPI_GRO_CB(skb: sk_buff): napi_gro_cb {
  return skb.cb as napi_gro_cb;
}

/** @helper Bytes behind the headers passed so far. */
export function skb_gro_len(skb: sk_buff): number {
  return skb.len - (skb.cb as napi_gro_cb).data_offset;
}

/** @helper */
export function skb_gro_offset(skb: sk_buff): number {
  return (skb.cb as napi_gro_cb).data_offset;
}

/** @helper */
export function skb_gro_pull(skb: sk_buff, len: number): void {
  (skb.cb as napi_gro_cb).data_offset += len;
}

/** @helper The held packet with the same ports; the others are of other flows. */
export function heldWithPorts(head: readonly sk_buff[], skb: sk_buff): sk_buff | null {
  const ports = get_unaligned_be32(skb.head, skb.transport_header);
  for (let i = 0; i < head.length; i++) {
    const p = head[i]!;
    const held = NAPI_GRO_CB(p);
    if (!held.same_flow) continue;
    if (get_unaligned_be32(p.head, p.transport_header) === ports) return p;
    held.same_flow = false;
  }
  return null;
}
