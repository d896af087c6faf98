/** Cuts a packet into packets of gso_size bytes with the same headers (net/core/skbuff.c skb_segment). */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { NETIF_F_CSUM_MASK, NETIF_F_SG, net_gso_ok } from '../../../include/linux/netdevice.ts';
import { SKB_GSO_DODGY } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { __alloc_skb } from './alloc.ts';
import { copyBytes, skb_copy_bits, skb_headlen } from './data.ts';
import { createLineage } from './lineage.ts';
import { skb_zerocopy_clone } from './zerocopy.ts';

/**
 * `head_skb.data` stands behind all headers. Answers the segments, linked by next, each from its Ethernet header on. Their frags share
 * the pages when the device gathers pieces, else the payload is copied. A packet that only its frag_list keeps from a device that could cut it
 * itself is cut between the packets of that list: the segments are then GSO packets themselves.
 */
export function skb_segment(cpu: Cpu, head_skb: sk_buff, features: number): sk_buff {
  const partial_segs = partialSegs(head_skb, features);
  const mss = head_skb.shinfo.gso_size * Math.max(partial_segs, 1);
  const doffset = head_skb.data - head_skb.mac_header;
  const headroom = head_skb.mac_header;
  const sg = (features & NETIF_F_SG) !== 0;
  const payload = head_skb.len;
  let first: sk_buff | null = null;
  let tail: sk_buff | null = null;
  for (let offset = 0; offset < payload; offset += mss) {
    const len = Math.min(mss, payload - offset);
    const nskb = oneSegment(cpu, head_skb, headroom, doffset, offset, len, sg);
    if (tail === null) first = nskb;
    else tail.next = nskb;
    tail = nskb;
  }
  if (partial_segs > 0) stayGso(first!, head_skb, partial_segs, doffset);
  return first!;
}

/** @helper Segments that one packet of the frag_list holds, when all but the last hold as many as the head; else 0. */
function partialSegs(head_skb: sk_buff, features: number): number {
  const { frag_list, gso_size, gso_type } = head_skb.shinfo;
  if (frag_list.length === 0 || (features & NETIF_F_SG) === 0 || (features & NETIF_F_CSUM_MASK) === 0 || !net_gso_ok(features, gso_type)) return 0;
  const frag_len = frag_list[0]!.len;
  let len = head_skb.len;
  for (let i = 0; i < frag_list.length; i++) {
    const iter = frag_list[i]!;
    if ((iter.len !== frag_len && i < frag_list.length - 1) || (skb_headlen(iter) > 0 && !iter.head_frag)) return 0;
    len -= iter.len;
  }
  const segs = Math.floor(len / gso_size);
  return len === frag_len && segs > 1 ? segs : 0;
}

/** @helper What the device needs to know of each, the last of which may be shorter, or a single segment. */
function stayGso(segs: sk_buff, head_skb: sk_buff, partial_segs: number, doffset: number): void {
  const { gso_size, gso_type } = head_skb.shinfo;
  for (let iter: sk_buff | null = segs; iter !== null; iter = iter.next) {
    const len = iter.len - doffset;
    iter.shinfo.gso_size = iter.next === null && len <= gso_size ? 0 : gso_size;
    iter.shinfo.gso_segs = iter.next === null && iter !== segs ? Math.ceil(len / gso_size) : partial_segs;
    iter.shinfo.gso_type = gso_type & ~SKB_GSO_DODGY;
  }
}

/** @helper Bytes to be copied behind the headers: of the head, or of the packet of the frag_list that begins here, what is in its linear part. */
function linearPart(head_skb: sk_buff, offset: number, len: number): number {
  let start = head_skb.len;
  for (const part of head_skb.shinfo.frag_list) start -= part.len;
  if (offset < start) return Math.min(Math.max(skb_headlen(head_skb) - offset, 0), len);
  for (const part of head_skb.shinfo.frag_list) {
    if (offset === start) return Math.min(skb_headlen(part), len);
    start += part.len;
  }
  return 0;
}

/** @helper Headers and `len` bytes of payload from `offset`. */
function oneSegment(cpu: Cpu, head_skb: sk_buff, headroom: number, doffset: number, offset: number, len: number, sg: boolean): sk_buff {
  spend(cpu, cpu.costs.skb_segment);
  const linear = sg ? linearPart(head_skb, offset, len) : len;
  const nskb = __alloc_skb(cpu, headroom + doffset + linear, 0, head_skb.lineage);
  nskb.lineage = createLineage(cpu, 'segment', nskb.id, [head_skb.lineage], head_skb.lineage.offset + offset, len);
  copyHeader(nskb, head_skb);
  nskb.data = headroom;
  nskb.tail = headroom + doffset + linear;
  nskb.len = doffset + linear;
  copyBytes(head_skb.head, head_skb.mac_header, nskb.head, headroom, doffset);
  if (linear > 0) skb_copy_bits(head_skb, offset, nskb.head, headroom + doffset, linear);
  if (linear < len) shareFrags(nskb, head_skb, offset + linear, len - linear);
  nskb.mac_header = headroom;
  nskb.network_header = headroom + (head_skb.network_header - head_skb.mac_header);
  nskb.transport_header = headroom + (head_skb.transport_header - head_skb.mac_header);
  return nskb;
}

/** @helper Pieces of the packet's frags, and of the packets in its frag_list, for `len` bytes at `offset` behind the headers. */
function shareFrags(nskb: sk_buff, head_skb: sk_buff, offset: number, len: number): void {
  let start = shareOf(nskb, head_skb, skb_headlen(head_skb), offset, len);
  for (const part of head_skb.shinfo.frag_list) {
    const headlen = skb_headlen(part);
    if (headlen > 0) sharePiece(nskb, part.head, part.data, headlen, start, offset, len);
    start = shareOf(nskb, part, start + headlen, offset, len);
  }
  skb_zerocopy_clone(nskb, head_skb);
  nskb.data_len += len;
  nskb.len += len;
  nskb.truesize += len;
}

/** @helper Of the frags of one packet, the first of which begins at `start`; answers where they end. */
function shareOf(nskb: sk_buff, skb: sk_buff, start: number, offset: number, len: number): number {
  let at = start;
  for (const frag of skb.shinfo.frags) {
    sharePiece(nskb, frag.page, frag.offset, frag.size, at, offset, len);
    at += frag.size;
  }
  return at;
}

/** @helper Of `size` bytes that begin at `start`, those from `offset` on, as far as `len` goes. */
function sharePiece(nskb: sk_buff, page: Uint8Array, pageOffset: number, size: number, start: number, offset: number, len: number): void {
  const from = Math.max(offset, start);
  const to = Math.min(offset + len, start + size);
  if (from < to) nskb.shinfo.frags.push({ page, offset: pageOffset + (from - start), size: to - from });
}

/** @helper What all segments have from the packet (__copy_skb_header). */
function copyHeader(nskb: sk_buff, skb: sk_buff): void {
  nskb.dev = skb.dev;
  nskb.skb_iif = skb.skb_iif;
  nskb.dst = skb.dst;
  nskb.protocol = skb.protocol;
  nskb.pkt_type = skb.pkt_type;
  nskb.ip_summed = skb.ip_summed;
  nskb.csum_offset = skb.csum_offset;
  nskb.csum_level = skb.csum_level;
  nskb.csum_valid = skb.csum_valid;
  nskb.hash = skb.hash;
  nskb.l4_hash = skb.l4_hash;
  nskb.queue_mapping = skb.queue_mapping;
  nskb.priority = skb.priority;
  nskb.mark = skb.mark;
  nskb._nfct = skb._nfct;
  nskb.ctinfo = skb.ctinfo;
  if (skb._nfct !== null) skb._nfct.use++;
  nskb.tstamp = skb.tstamp;
  nskb.skb_mstamp_ns = skb.skb_mstamp_ns;
  nskb.mac_len = skb.mac_len;
  nskb.ignore_df = skb.ignore_df;
}
