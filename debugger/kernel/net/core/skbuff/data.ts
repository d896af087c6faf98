/** The linear part of an skb and its offsets (include/linux/skbuff.h, net/core/skbuff.c). All of these are small accessors. */
import { take_bytes } from '../../../../machine/memory.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { HEADER_UNSET, SKBFL_ZEROCOPY_ENABLE } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';

/** @helper */
export function skb_headroom(skb: sk_buff): number {
  return skb.data;
}

/** @helper */
export function skb_tailroom(skb: sk_buff): number {
  return skb.data_len !== 0 ? 0 : skb.head.length - skb.tail;
}

/** @helper Usable bytes of the head: skb_end_offset(). */
export function skb_end_offset(skb: sk_buff): number {
  return skb.head.length;
}

/** @helper Bytes in the linear part. */
export function skb_headlen(skb: sk_buff): number {
  return skb.len - skb.data_len;
}

/** @helper */
export function skb_is_nonlinear(skb: sk_buff): boolean {
  return skb.data_len !== 0;
}

/** @helper */
export function skb_reserve(skb: sk_buff, len: number): void {
  skb.data += len;
  skb.tail += len;
}

/** @helper Makes room behind the tail; answers the offset of the new bytes in head. */
export function skb_put(skb: sk_buff, len: number): number {
  const at = skb.tail;
  skb.tail += len;
  skb.len += len;
  return at;
}

/** @helper Opens `len` bytes before the data; answers the new data offset. */
export function skb_push(skb: sk_buff, len: number): number {
  skb.data -= len;
  skb.len += len;
  return skb.data;
}

/** @helper */
export function __skb_push(skb: sk_buff, len: number): number {
  skb.data -= len;
  skb.len += len;
  return skb.data;
}

/** @helper */
export function __skb_pull(skb: sk_buff, len: number): number {
  skb.len -= len;
  skb.data += len;
  return skb.data;
}

/** @helper Cuts a linear skb to `len` bytes. */
export function __skb_trim(skb: sk_buff, len: number): void {
  skb.len = len;
  skb.tail = skb.data + len;
}

/** @helper */
export function skb_trim(skb: sk_buff, len: number): void {
  if (skb.len > len) __skb_trim(skb, len);
}

/** @helper */
export function skb_reset_mac_header(skb: sk_buff): void {
  skb.mac_header = skb.data;
}

/** @helper */
export function skb_reset_mac_len(skb: sk_buff): void {
  skb.mac_len = skb.network_header - skb.mac_header;
}

/** @helper */
export function skb_reset_network_header(skb: sk_buff): void {
  skb.network_header = skb.data;
}

/** @helper */
export function skb_reset_transport_header(skb: sk_buff): void {
  skb.transport_header = skb.data;
}

/** @helper */
export function skb_transport_header_was_set(skb: sk_buff): boolean {
  return skb.transport_header !== HEADER_UNSET;
}

/** @helper */
export function skb_network_offset(skb: sk_buff): number {
  return skb.network_header - skb.data;
}

/** @helper */
export function skb_transport_offset(skb: sk_buff): number {
  return skb.transport_header - skb.data;
}

/** @helper */
export function skb_is_gso(skb: sk_buff): boolean {
  return skb.shinfo.gso_size !== 0;
}

/** @helper */
export function skb_has_frag_list(skb: sk_buff): boolean {
  return skb.shinfo.frag_list.length > 0;
}

/** @helper */
export function skb_shared(skb: sk_buff): boolean {
  return skb.users !== 1;
}

/** @helper The bytes belong to more than this skb. */
export function skb_cloned(skb: sk_buff): boolean {
  return skb.cloned && skb.shinfo.dataref !== 1;
}

/** @helper Gives up a reference; true when it was the last. */
export function skb_unref(skb: sk_buff): boolean {
  if (skb.users === 1) return true;
  skb.users--;
  return skb.users === 0;
}

/** @helper One more piece of `size` bytes of `page`, with the accounting of skb_add_rx_frag. */
export function skb_add_rx_frag(skb: sk_buff, page: Uint8Array, offset: number, size: number, truesize: number): void {
  skb.shinfo.frags.push({ page, offset, size });
  skb.len += size;
  skb.data_len += size;
  skb.truesize += truesize;
}

/** @helper Whether `size` bytes at `offset` of `page` continue the last frag. */
export function skb_can_coalesce(skb: sk_buff, page: Uint8Array, offset: number): boolean {
  const frags = skb.shinfo.frags;
  if (frags.length === 0 || (skb.shinfo.flags & SKBFL_ZEROCOPY_ENABLE) !== 0) return false;
  const last = frags[frags.length - 1]!;
  return last.page === page && last.offset + last.size === offset;
}

/** Copies `len` bytes at `offset` of the packet, wherever they lie, to `to` at `at`. False when the packet is shorter. */
export function skb_copy_bits(skb: sk_buff, offset: number, to: Uint8Array, at: number, len: number): boolean {
  if (offset + len > skb.len) return false;
  const headlen = skb.len - skb.data_len;
  let left = len;
  let pos = offset;
  let out = at;
  if (pos < headlen) {
    const n = Math.min(headlen - pos, left);
    copyBytes(skb.head, skb.data + pos, to, out, n);
    left -= n;
    pos += n;
    out += n;
  }
  let start = headlen;
  for (const frag of skb.shinfo.frags) {
    if (left === 0) return true;
    const end = start + frag.size;
    if (pos < end) {
      const n = Math.min(end - pos, left);
      copyBytes(frag.page, frag.offset + (pos - start), to, out, n);
      left -= n;
      pos += n;
      out += n;
    }
    start = end;
  }
  for (const part of skb.shinfo.frag_list) {
    if (left === 0) return true;
    const end = start + part.len;
    if (pos < end) {
      const n = Math.min(end - pos, left);
      skb_copy_bits(part, pos - start, to, out, n);
      left -= n;
      pos += n;
      out += n;
    }
    start = end;
  }
  return left === 0;
}

const SHORT_COPY = 32;

/** @helper Short copies byte by byte: a view costs more than they do. */
export function copyBytes(from: Uint8Array, offset: number, to: Uint8Array, at: number, len: number): void {
  if (len <= SHORT_COPY) for (let i = 0; i < len; i++) to[at + i] = from[offset + i]!;
  else to.set(from.subarray(offset, offset + len), at);
}

/** Writes `len` bytes of `from` into the packet at `offset`. */
export function skb_store_bits(skb: sk_buff, offset: number, from: Uint8Array, at: number, len: number): boolean {
  if (offset + len > skb.len) return false;
  const headlen = skb.len - skb.data_len;
  let done = 0;
  if (offset < headlen) {
    done = Math.min(headlen - offset, len);
    copyBytes(from, at, skb.head, skb.data + offset, done);
  }
  let start = headlen;
  for (const frag of skb.shinfo.frags) {
    const pos = offset + done;
    if (done < len && pos < start + frag.size) {
      const n = Math.min(start + frag.size - pos, len - done);
      copyBytes(from, at + done, frag.page, frag.offset + (pos - start), n);
      done += n;
    }
    start += frag.size;
  }
  for (const part of skb.shinfo.frag_list) {
    const pos = offset + done;
    if (done < len && pos < start + part.len) {
      const n = Math.min(start + part.len - pos, len - done);
      skb_store_bits(part, pos - start, from, at + done, n);
      done += n;
    }
    start += part.len;
  }
  return done === len;
}

/** @helper All bytes of the packet in one new array. */
export function packetBytes(cpu: Cpu, skb: sk_buff, headroom: number, size: number): Uint8Array {
  const bytes = take_bytes(cpu.world.memory, size);
  skb_copy_bits(skb, 0, bytes, headroom, skb.len);
  return bytes;
}

/** @helper The companion of TCP's original has been sent and not freed yet: it waits in a qdisc or on the ring. */
export function skb_fclone_busy(sk: sk_buff['sk'], skb: sk_buff): boolean {
  return skb.fclone === 'original' && skb.fclone_partner !== null && skb.fclone_partner.sk === sk;
}
