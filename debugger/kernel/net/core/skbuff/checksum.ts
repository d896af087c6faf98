/**
 * The Internet checksum (RFC 1071; include/net/checksum.h, lib/checksum.c, net/core/skbuff.c).
 * A partial sum is a plain number that need not be folded: only its value modulo 65535 (and zero or not) counts.
 */
import { fold_sum, sum_bytes } from '../../../../machine/frame_sum.ts';
import { perKib } from '../../../../machine/costs.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { CHECKSUM_COMPLETE, CHECKSUM_NONE, CHECKSUM_PARTIAL, CHECKSUM_UNNECESSARY } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import { get_unaligned_be16, put_unaligned_be16 } from '../../../include/asm-generic/unaligned.ts';

/** Adds `len` bytes at `at` to a partial sum. Charges nothing: see skb_checksum. */
export function csum_partial(bytes: Uint8Array, at: number, len: number, sum: number): number {
  return sum_bytes(bytes, at, len, 0) + sum;
}

/** The checksum of a partial sum: folded and inverted. */
export function csum_fold(sum: number): number {
  return ~fold_sum(sum) & 0xffff;
}

export function csum_add(sum: number, addend: number): number {
  return fold_sum(sum) + fold_sum(addend);
}

export function csum_sub(sum: number, addend: number): number {
  return fold_sum(sum) + (~fold_sum(addend) & 0xffff);
}

/** Adds the sum of a block that begins at `offset` of the whole: at an odd one its bytes are the other way round. */
export function csum_block_add(sum: number, addend: number, offset: number): number {
  const s = fold_sum(addend);
  return fold_sum(sum) + ((offset & 1) === 1 ? ((s & 0xff) << 8) | (s >>> 8) : s);
}

/** The pseudo-header's part of the sum (addresses in host order). */
export function csum_tcpudp_nofold(saddr: number, daddr: number, len: number, proto: number, sum: number): number {
  return (saddr >>> 16) + (saddr & 0xffff) + (daddr >>> 16) + (daddr & 0xffff) + len + proto + sum;
}

export function csum_tcpudp_magic(saddr: number, daddr: number, len: number, proto: number, sum: number): number {
  return csum_fold(csum_tcpudp_nofold(saddr, daddr, len, proto, sum));
}

/** Checksum of an IP header of `ihl` words; 0 when the header's own checksum is right. */
export function ip_fast_csum(bytes: Uint8Array, at: number, ihl: number): number {
  return csum_fold(csum_partial(bytes, at, ihl * 4, 0));
}

/** The sum of `len` bytes at `offset` of a packet; costs as the kernel's loop does. */
export function skb_checksum(cpu: Cpu, skb: sk_buff, offset: number, len: number, csum: number): number {
  spend(cpu, perKib(cpu.costs.csum_kib, len));
  return sumPacket(skb, offset, len, csum);
}

/** @helper */
export function sumPacket(skb: sk_buff, offset: number, len: number, csum: number): number {
  const headlen = skb.len - skb.data_len;
  let sum = csum;
  let pos = 0;
  let at = offset;
  if (at < headlen) {
    pos = Math.min(headlen - at, len);
    sum = csum_partial(skb.head, skb.data + at, pos, sum);
    at += pos;
  }
  if (pos === len) return sum;
  let start = headlen;
  for (const frag of skb.shinfo.frags) {
    const end = start + frag.size;
    if (at < end && pos < len) {
      const n = Math.min(end - at, len - pos);
      sum = csum_block_add(sum, csum_partial(frag.page, frag.offset + (at - start), n, 0), pos);
      pos += n;
      at += n;
    }
    start = end;
  }
  for (const part of skb.shinfo.frag_list) {
    const end = start + part.len;
    if (at < end && pos < len) {
      const n = Math.min(end - at, len - pos);
      sum = csum_block_add(sum, sumPacket(part, at - start, n, 0), pos);
      pos += n;
      at += n;
    }
    start = end;
  }
  return sum;
}

/** Does in software what CHECKSUM_PARTIAL asks of the device. */
export function skb_checksum_help(cpu: Cpu, skb: sk_buff): void {
  if (skb.ip_summed !== CHECKSUM_PARTIAL) return;
  const offset = skb.csum_start - skb.data;
  const csum = csum_fold(skb_checksum(cpu, skb, offset, skb.len - offset, 0));
  put_unaligned_be16(csum === 0 ? 0xffff : csum, skb.head, skb.csum_start + skb.csum_offset);
  skb.ip_summed = CHECKSUM_NONE;
}

/** Verifies the transport checksum in software (skb.csum holds the pseudo-header's sum); 0 when it is right. */
export function __skb_checksum_complete(cpu: Cpu, skb: sk_buff): number {
  const csum = skb_checksum(cpu, skb, 0, skb.len, 0);
  const sum = csum_fold(csum_add(skb.csum, csum));
  skb.csum = csum;
  skb.ip_summed = sum === 0 ? CHECKSUM_COMPLETE : CHECKSUM_NONE;
  skb.csum_valid = sum === 0;
  return sum;
}

export function skb_checksum_complete(cpu: Cpu, skb: sk_buff): number {
  return skb_csum_unnecessary(skb) ? 0 : __skb_checksum_complete(cpu, skb);
}

/** Nobody needs to verify: the device did, or the bytes never left this machine. */
export function skb_csum_unnecessary(skb: sk_buff): boolean {
  return skb.ip_summed === CHECKSUM_UNNECESSARY || skb.csum_valid
    || (skb.ip_summed === CHECKSUM_PARTIAL && skb.csum_start - skb.data >= 0);
}

/** After `len` bytes were pulled that a CHECKSUM_COMPLETE sum had counted. */
export function skb_postpull_rcsum(skb: sk_buff, at: number, len: number): void {
  if (skb.ip_summed === CHECKSUM_COMPLETE) skb.csum = csum_sub(skb.csum, csum_partial(skb.head, at, len, 0));
}

/** Replaces a 16-bit word `from` by `to` in a checksum (RFC 1624). */
export function csum_replace2(check: number, from: number, to: number): number {
  return csum_fold((~check & 0xffff) + (~from & 0xffff) + to);
}

/** The same for a 32-bit word. */
export function csum_replace4(check: number, from: number, to: number): number {
  return csum_fold(csum_add(csum_sub(~check & 0xffff, from), to));
}

/** A 32-bit word has changed that the transport checksum at `check` (an offset in skb.head) covers, in the packet or, `pseudohdr`, in the pseudo-header. */
export function inet_proto_csum_replace4(skb: sk_buff, check: number, from: number, to: number, pseudohdr: boolean): void {
  const sum = get_unaligned_be16(skb.head, check);
  if (skb.ip_summed === CHECKSUM_PARTIAL) {
    if (pseudohdr) put_unaligned_be16(~csum_fold(csum_add(csum_sub(sum, from), to)) & 0xffff, skb.head, check);
    return;
  }
  put_unaligned_be16(csum_replace4(sum, from, to), skb.head, check);
  if (skb.ip_summed === CHECKSUM_COMPLETE && pseudohdr) skb.csum = csum_sub(csum_add(skb.csum, from), to);
}

export function inet_proto_csum_replace2(skb: sk_buff, check: number, from: number, to: number, pseudohdr: boolean): void {
  inet_proto_csum_replace4(skb, check, from, to, pseudohdr);
}
