/** Two packets become one, or one two, by moving pieces instead of bytes (net/core/skbuff.c). */
import type { Cpu } from '../../../../machine/types.ts';
import {
  CHECKSUM_PARTIAL, MAX_SKB_FRAGS, SIZEOF_SK_BUFF, SIZEOF_SKB_SHARED_INFO, SKBFL_PURE_ZEROCOPY, SKBFL_SHARED_FRAG, SKB_DATA_ALIGN, SKB_TRUESIZE,
} from '../../../include/linux/skbuff.ts';
import type { sk_buff, skb_frag } from '../../../include/linux/skbuff.ts';
import { skb_unclone_keeptruesize } from './clone.ts';
import { skb_zcopy, skb_zerocopy_clone } from './zerocopy.ts';
import { skb_cloned, skb_copy_bits, skb_headlen, skb_put } from './data.ts';

/** What skb_try_coalesce did: the head became a frag of the other, and how much more the other costs. */
export interface CoalesceResult { stolen: boolean; delta: number }

/**
 * Moves all of `from` behind `to` where that takes no copy of the payload (or fits the tailroom). Answers null when it cannot be done;
 * the caller then frees `from` by kfree_skb_partial.
 */
export function skb_try_coalesce(_cpu: Cpu, to: sk_buff, from: sk_buff): CoalesceResult | null {
  if (skb_cloned(to) || to.pfmemalloc !== from.pfmemalloc) return null;
  const len = from.len;
  const tailroom = to.data_len !== 0 ? 0 : to.head.length - to.tail;
  if (len <= tailroom) {
    if (len > 0) skb_copy_bits(from, 0, to.head, skb_put(to, len), len);
    return { stolen: false, delta: 0 };
  }
  if (skb_zcopy(to) !== null || skb_zcopy(from) !== null) return null;
  const to_shinfo = to.shinfo;
  const from_shinfo = from.shinfo;
  if (to_shinfo.frag_list.length > 0 || from_shinfo.frag_list.length > 0) return null;
  let delta: number;
  let stolen = false;
  if (skb_headlen(from) !== 0) {
    if (to_shinfo.frags.length + from_shinfo.frags.length >= MAX_SKB_FRAGS || !from.head_frag || skb_cloned(from)) return null;
    delta = from.truesize - SKB_DATA_ALIGN(SIZEOF_SK_BUFF);
    to_shinfo.frags.push({ page: from.head, offset: from.data, size: skb_headlen(from) });
    stolen = true;
  } else {
    if (to_shinfo.frags.length + from_shinfo.frags.length > MAX_SKB_FRAGS) return null;
    delta = from.truesize - SKB_TRUESIZE(from.head.length);
  }
  for (const frag of from_shinfo.frags) to_shinfo.frags.push({ page: frag.page, offset: frag.offset, size: frag.size });
  if (!skb_cloned(from)) from_shinfo.frags.length = 0;
  to.truesize += delta;
  to.len += len;
  to.data_len += len;
  return { stolen, delta };
}

/** Cuts `skb` at `len`: what follows goes to the empty `skb1`. */
export function skb_split(skb: sk_buff, skb1: sk_buff, len: number): void {
  const pos = skb_headlen(skb);
  if (skb.shinfo.flags !== 0) {
    skb1.shinfo.flags |= skb.shinfo.flags & (SKBFL_SHARED_FRAG | SKBFL_PURE_ZEROCOPY);
    skb_zerocopy_clone(skb1, skb);
  }
  if (len < pos) skb_split_inside_header(skb, skb1, len, pos);
  else skb_split_no_header(skb, skb1, len, pos);
}

/** @helper */
function skb_split_inside_header(skb: sk_buff, skb1: sk_buff, len: number, pos: number): void {
  skb_copy_bits(skb, len, skb1.head, skb_put(skb1, pos - len), pos - len);
  for (const frag of skb.shinfo.frags) skb1.shinfo.frags.push({ page: frag.page, offset: frag.offset, size: frag.size });
  skb.shinfo.frags = [];
  skb1.data_len = skb.data_len;
  skb1.len += skb1.data_len;
  skb.data_len = 0;
  skb.len = len;
  skb.tail = skb.data + len;
}

/** @helper */
function skb_split_no_header(skb: sk_buff, skb1: sk_buff, len: number, headlen: number): void {
  const frags = skb.shinfo.frags;
  const kept: skb_frag[] = [];
  skb1.data_len = skb.len - len;
  skb1.len = skb1.data_len;
  skb.len = len;
  skb.data_len = len - headlen;
  let start = headlen;
  for (const frag of frags) {
    const end = start + frag.size;
    if (start < len) kept.push({ page: frag.page, offset: frag.offset, size: Math.min(frag.size, len - start) });
    if (end > len) {
      const skip = Math.max(0, len - start);
      skb1.shinfo.frags.push({ page: frag.page, offset: frag.offset + skip, size: frag.size - skip });
    }
    start = end;
  }
  skb.shinfo.frags = kept;
}

/**
 * Moves up to `shiftlen` bytes from the front of `skb` behind `tgt`, both of paged data only (TCP joins what SACK has acknowledged).
 * Answers the bytes moved: 0 when it cannot be done whole.
 */
export function skb_shift(cpu: Cpu, tgt: sk_buff, skb: sk_buff, shiftlen: number): number {
  if (shiftlen > skb.len || skb_headlen(skb) !== 0 || skb_headlen(tgt) !== 0) return 0;
  if (skb_zcopy(tgt) !== null || skb_zcopy(skb) !== null) return 0;
  skb_unclone_keeptruesize(cpu, skb);
  skb_unclone_keeptruesize(cpu, tgt);
  const from = skb.shinfo.frags;
  const to = tgt.shinfo.frags;
  let pieces = 0;
  for (let n = 0; n < shiftlen; pieces++) n += from[pieces]!.size;
  if (to.length + pieces > MAX_SKB_FRAGS) return 0;
  let todo = shiftlen;
  while (todo > 0) {
    const frag = from[0]!;
    const n = Math.min(todo, frag.size);
    const last = to.length === 0 ? null : to[to.length - 1]!;
    if (last !== null && last.page === frag.page && last.offset + last.size === frag.offset) last.size += n;
    else to.push({ page: frag.page, offset: frag.offset, size: n });
    frag.offset += n;
    frag.size -= n;
    if (frag.size === 0) from.shift();
    todo -= n;
  }
  tgt.ip_summed = CHECKSUM_PARTIAL;
  skb.ip_summed = CHECKSUM_PARTIAL;
  skb.len -= shiftlen;
  skb.data_len -= shiftlen;
  skb.truesize -= shiftlen;
  tgt.len += shiftlen;
  tgt.data_len += shiftlen;
  tgt.truesize += shiftlen;
  return shiftlen;
}

/** Gives back the unused part of a small packet's buffer: its bytes move into the head when they fit. */
export function skb_condense(skb: sk_buff): void {
  if (skb.data_len !== 0) {
    if (skb.data_len > skb.head.length - skb.tail || skb_cloned(skb) || skb.shinfo.frag_list.length > 0) return;
    const headlen = skb_headlen(skb);
    skb_copy_bits(skb, headlen, skb.head, skb.tail, skb.data_len);
    skb.tail += skb.data_len;
    skb.data_len = 0;
    skb.shinfo.frags = [];
  }
  skb.truesize = skb.head.length + SKB_DATA_ALIGN(SIZEOF_SK_BUFF) + SKB_DATA_ALIGN(SIZEOF_SKB_SHARED_INFO);
}
