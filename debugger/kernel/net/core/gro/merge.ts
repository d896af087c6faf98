/** Appends a packet's payload to a held one without copying it (net/core/gro.c skb_gro_receive). */
import type { Cpu } from '../../../../machine/types.ts';
import { MAX_SKB_FRAGS, SIZEOF_SK_BUFF, SKB_DATA_ALIGN, SKB_TRUESIZE } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { __skb_pull, skb_headlen } from '../skbuff/data.ts';
import { NAPI_GRO_CB, NAPI_GRO_FREE, NAPI_GRO_FREE_STOLEN_HEAD, skb_gro_len, skb_gro_offset } from './gro_cb.ts';

/** As frags while there are fewer than MAX_SKB_FRAGS, then as a packet of the frag_list. False: it would grow too large. */
export function skb_gro_receive(_cpu: Cpu, p: sk_buff, skb: sk_buff): boolean {
  const cb = NAPI_GRO_CB(skb);
  const held = NAPI_GRO_CB(p);
  const len = skb_gro_len(skb);
  if (p.len + len >= p.dev!.gso_max_size || cb.flush) return false;
  let lp = held.last!;
  const delta_truesize = append_frags(lp, skb, skb_gro_offset(skb));
  let delta = delta_truesize;
  if (delta_truesize < 0) {
    delta = skb.truesize;
    append_packet(p, skb);
    lp = p;
  }
  held.count += cb.count;
  grow(p, len, delta);
  if (lp !== p) grow(lp, len, delta);
  if (held.pieces === null) held.pieces = [p.lineage];
  held.pieces.push(skb.lineage);
  cb.same_flow = true;
  return true;
}

/** @helper */
function grow(skb: sk_buff, len: number, truesize: number): void {
  skb.data_len += len;
  skb.truesize += truesize;
  skb.len += len;
}

/** @helper Moves the payload behind `offset` to lp's frags; answers the truesize that goes with it, or -1 when it cannot be done. */
function append_frags(lp: sk_buff, skb: sk_buff, offset: number): number {
  const headlen = skb_headlen(skb);
  const frags = lp.shinfo.frags;
  const more = skb.shinfo.frags;
  const cb = NAPI_GRO_CB(skb);
  let truesize: number;
  if (headlen <= offset) {
    if (frags.length + more.length > MAX_SKB_FRAGS) return -1;
    const skip = offset - headlen;
    more[0]!.offset += skip;
    more[0]!.size -= skip;
    truesize = SKB_TRUESIZE(skb.head.length);
    cb.free = NAPI_GRO_FREE;
  } else if (skb.head_frag) {
    if (frags.length + 1 + more.length > MAX_SKB_FRAGS) return -1;
    frags.push({ page: skb.head, offset: skb.data + offset, size: headlen - offset });
    truesize = SKB_DATA_ALIGN(SIZEOF_SK_BUFF);
    cb.free = NAPI_GRO_FREE_STOLEN_HEAD;
  } else return -1;
  for (const frag of more) frags.push(frag);
  skb.shinfo.frags = [];
  const delta = skb.truesize - truesize;
  skb.truesize = truesize;
  return delta;
}

/** @helper The whole packet, without its headers, joins the frag_list; what its sender is charged for it goes to the merged packet. */
function append_packet(p: sk_buff, skb: sk_buff): void {
  const held = NAPI_GRO_CB(p);
  __skb_pull(skb, skb_gro_offset(skb));
  p.shinfo.frag_list.push(skb);
  held.last = skb;
  skb.nohdr = true;
  skb.destructor = null;
  skb.sk = null;
}
