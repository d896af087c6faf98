/** Bytes moved between frags and the linear part; packets cut short (net/core/skbuff.c). */
import { perKib } from '../../../../machine/costs.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { CHECKSUM_COMPLETE, CHECKSUM_NONE } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { csum_partial, csum_sub, sumPacket } from './checksum.ts';
import { pskb_expand_head, skb_unclone } from './clone.ts';
import { __skb_trim, skb_cloned, skb_copy_bits, skb_headlen } from './data.ts';
import { consume_skb } from './free.ts';
import { skb_zcopy_clear } from './zerocopy.ts';

/** Whether the first `len` bytes can be made to lie in the linear part; they do afterwards. */
export function pskb_may_pull(cpu: Cpu, skb: sk_buff, len: number): boolean {
  if (len <= skb.len - skb.data_len) return true;
  if (len > skb.len) return false;
  return __pskb_pull_tail(cpu, skb, len - skb_headlen(skb));
}

/** Takes `delta` bytes out of the frags into the linear part. */
export function __pskb_pull_tail(cpu: Cpu, skb: sk_buff, delta: number): boolean {
  const room = skb.head.length - skb.tail;
  if (room < delta || skb_cloned(skb)) pskb_expand_head(cpu, skb, 0, room < delta ? delta - room + 128 : 0);
  spend(cpu, perKib(cpu.costs.copy_from_user_kib, delta));
  if (!skb_copy_bits(skb, skb_headlen(skb), skb.head, skb.tail, delta)) return false;
  drop_front(cpu, skb, delta);
  skb.tail += delta;
  skb.data_len -= delta;
  if (skb.data_len === 0 && skb.shinfo.destructor_arg !== null) skb_zcopy_clear(cpu, skb, false);
  return true;
}

/** @helper Forgets the first `delta` bytes outside the linear part. */
function drop_front(cpu: Cpu, skb: sk_buff, delta: number): void {
  const shinfo = skb.shinfo;
  let left = delta;
  while (left > 0 && shinfo.frags.length > 0) {
    const frag = shinfo.frags[0]!;
    const n = Math.min(left, frag.size);
    frag.offset += n;
    frag.size -= n;
    left -= n;
    if (frag.size === 0) shinfo.frags.shift();
  }
  while (left > 0 && shinfo.frag_list.length > 0) {
    const part = shinfo.frag_list[0]!;
    if (part.len > left) {
      pskb_pull(cpu, part, left);
      return;
    }
    left -= part.len;
    shinfo.frag_list.shift();
    consume_skb(cpu, part);
  }
}

/** Takes `len` bytes off the front, of the linear part or of frags. */
export function pskb_pull(cpu: Cpu, skb: sk_buff, len: number): boolean {
  if (!pskb_may_pull(cpu, skb, len)) return false;
  skb.len -= len;
  skb.data += len;
  return true;
}

/** All in the linear part. */
export function __skb_linearize(cpu: Cpu, skb: sk_buff): boolean {
  return skb.data_len === 0 || __pskb_pull_tail(cpu, skb, skb.data_len);
}

/** Cuts the packet to `len` bytes. */
export function pskb_trim(cpu: Cpu, skb: sk_buff, len: number): void {
  if (len < skb.len) __pskb_trim(cpu, skb, len);
}

export function __pskb_trim(cpu: Cpu, skb: sk_buff, len: number): void {
  if (skb.data_len !== 0) ___pskb_trim(cpu, skb, len);
  else __skb_trim(skb, len);
}

export function ___pskb_trim(cpu: Cpu, skb: sk_buff, len: number): void {
  skb_unclone(cpu, skb);
  const headlen = skb_headlen(skb);
  const shinfo = skb.shinfo;
  let start = headlen;
  let keep = 0;
  for (const frag of shinfo.frags) {
    if (start >= len) break;
    if (start + frag.size > len) frag.size = len - start;
    start += frag.size;
    keep++;
  }
  shinfo.frags.length = keep;
  trim_frag_list(cpu, skb, start, len);
  if (len > headlen) {
    skb.data_len -= skb.len - len;
    skb.len = len;
  } else {
    skb.data_len = 0;
    __skb_trim(skb, len);
  }
}

/** @helper */
function trim_frag_list(cpu: Cpu, skb: sk_buff, first: number, len: number): void {
  const list = skb.shinfo.frag_list;
  let start = first;
  let keep = 0;
  for (const part of list) {
    if (start >= len) break;
    if (start + part.len > len) pskb_trim(cpu, part, len - start);
    start += part.len;
    keep++;
  }
  for (let i = keep; i < list.length; i++) consume_skb(cpu, list[i]!);
  list.length = keep;
}

/** As pskb_trim for a received packet: a sum over all of it is corrected or given up. */
export function pskb_trim_rcsum(cpu: Cpu, skb: sk_buff, len: number): void {
  if (len >= skb.len) return;
  if (skb.ip_summed === CHECKSUM_COMPLETE) pskb_trim_rcsum_slow(cpu, skb, len);
  else __pskb_trim(cpu, skb, len);
}

export function pskb_trim_rcsum_slow(cpu: Cpu, skb: sk_buff, len: number): void {
  const cut = skb.len - len;
  skb.csum = csum_sub(skb.csum, sumPacket(skb, len, cut, 0));
  if (cut === 0) skb.ip_summed = CHECKSUM_NONE;
  __pskb_trim(cpu, skb, len);
}

/** Pulls `len` bytes that a CHECKSUM_COMPLETE sum had counted. */
export function skb_pull_rcsum(skb: sk_buff, len: number): void {
  if (skb.ip_summed === CHECKSUM_COMPLETE) skb.csum = csum_sub(skb.csum, csum_partial(skb.head, skb.data, len, 0));
  skb.len -= len;
  skb.data += len;
}

/** Pads a packet with zeroes to `len` bytes. */
export function skb_put_padto(cpu: Cpu, skb: sk_buff, len: number): void {
  if (skb.len >= len) return;
  const pad = len - skb.len;
  if (skb.data_len !== 0) __skb_linearize(cpu, skb);
  if (skb_cloned(skb) || skb.head.length - skb.tail < pad) {
    pskb_expand_head(cpu, skb, 0, Math.max(0, skb.tail + pad - skb.head.length));
  }
  skb.head.fill(0, skb.tail, skb.tail + pad);
  skb.tail += pad;
  skb.len += pad;
}
