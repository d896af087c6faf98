/** MSG_ZEROCOPY: pages of a user as frags, and word to him when the last skb has let go of them (net/core/skbuff.c, datagram.c). */
import { spend } from '../../../../machine/spend.ts';
import { take_bytes } from '../../../../machine/memory.ts';
import { perKib } from '../../../../machine/costs.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { SKB_EXT_ERR, SO_EE_CODE_ZEROCOPY_COPIED, SO_EE_ORIGIN_ZEROCOPY, createExtendedErr } from '../../../include/linux/errqueue.ts';
import type { sock_exterr_skb } from '../../../include/linux/errqueue.ts';
import { MAX_SKB_FRAGS, SKBFL_ALL_ZEROCOPY, SKBFL_PURE_ZEROCOPY, SKBFL_ZEROCOPY_ENABLE, SKBFL_ZEROCOPY_FRAG, SKB_TRUESIZE } from '../../../include/linux/skbuff.ts';
import type { sk_buff, ubuf_info_msgzc } from '../../../include/linux/skbuff.ts';
import { PAGE_SIZE } from '../../../include/net/sock.ts';
import type { msghdr, sock } from '../../../include/net/sock.ts';
import { currentSegment } from '../../../lib/iov_iter.ts';
import { EEXIST, EFAULT, EMSGSIZE } from '../../../include/uapi/asm-generic/errno.ts';
import { sk_mem_charge } from '../sock/memory.ts';
import { sock_hold, sock_put } from '../sock/create.ts';
import { sk_error_report } from '../sock/callbacks.ts';
import { alloc_skb } from './alloc.ts';
import { skb_unclone } from './clone.ts';
import { consume_skb } from './free.ts';
import { ___pskb_trim } from './pull.ts';

/** Most bytes that one notification stands for, and most calls. */
const BYTE_LIMIT = 1 << 19;
const USHRT_MAX = 0xffff;

/** Whose pages the frags are; null: the kernel's own. */
export function skb_zcopy(skb: sk_buff): ubuf_info_msgzc | null {
  return (skb.shinfo.flags & SKBFL_ZEROCOPY_ENABLE) !== 0 ? skb.shinfo.destructor_arg : null;
}

export function skb_zcopy_pure(skb: sk_buff): boolean {
  return (skb.shinfo.flags & SKBFL_PURE_ZEROCOPY) !== 0;
}

/** An skb that belongs to a socket beside its buffers: null when net.core.optmem_max has no room for it. */
function sock_omalloc(cpu: Cpu, sk: sock, size: number): sk_buff | null {
  if (sk.sk_omem_alloc + SKB_TRUESIZE(size) > cpu.host.knobs.sysctl_optmem_max!) return null;
  const skb = alloc_skb(cpu, size);
  sk.sk_omem_alloc += skb.truesize;
  skb.sk = sk;
  skb.destructor = 'sock_ofree';
  return skb;
}

export function sock_ofree(_cpu: Cpu, skb: sk_buff): void {
  skb.sk!.sk_omem_alloc -= skb.truesize;
}

function msg_zerocopy_alloc(cpu: Cpu, sk: sock, size: number): ubuf_info_msgzc | null {
  const skb = sock_omalloc(cpu, sk, 0);
  if (skb === null) return null;
  const uarg: ubuf_info_msgzc = { refcnt: 1, id: sk.sk_zckey, len: 1, bytelen: size, zerocopy: true, skb };
  sk.sk_zckey = (sk.sk_zckey + 1) >>> 0;
  sock_hold(sk);
  return uarg;
}

/** For a send of `size` bytes: joins the calls before it, whose `uarg` the last skb has, or begins anew. Null: no memory. */
export function msg_zerocopy_realloc(cpu: Cpu, sk: sock, size: number, uarg: ubuf_info_msgzc | null): ubuf_info_msgzc | null {
  if (uarg === null) return msg_zerocopy_alloc(cpu, sk, size);
  const bytelen = uarg.bytelen + size;
  const follows = (uarg.id + uarg.len) >>> 0 === sk.sk_zckey;
  if (uarg.len === USHRT_MAX - 1 || bytelen > BYTE_LIMIT || !follows) return msg_zerocopy_alloc(cpu, sk, size);
  uarg.len++;
  uarg.bytelen = bytelen;
  sk.sk_zckey = (sk.sk_zckey + 1) >>> 0;
  net_zcopy_get(uarg);
  return uarg;
}

export function net_zcopy_get(uarg: ubuf_info_msgzc): void {
  uarg.refcnt++;
}

export function net_zcopy_put(cpu: Cpu, uarg: ubuf_info_msgzc): void {
  msg_zerocopy_complete(cpu, uarg, true);
}

/** The call took no bytes: its number is given back. */
export function msg_zerocopy_put_abort(cpu: Cpu, sk: sock, uarg: ubuf_info_msgzc): void {
  sk.sk_zckey = (sk.sk_zckey - 1) >>> 0;
  uarg.len--;
  msg_zerocopy_complete(cpu, uarg, true);
}

/** A reference less; `success`: the pages were not copied. */
export function msg_zerocopy_complete(cpu: Cpu, uarg: ubuf_info_msgzc, success: boolean): void {
  if (!success) uarg.zerocopy = false;
  if (--uarg.refcnt === 0) __msg_zerocopy_callback(cpu, uarg);
}

/** Whether the calls `lo` and on follow those that the notification stands for, which then stands for these as well. */
function skb_zerocopy_notify_extend(skb: sk_buff, lo: number, len: number): boolean {
  const { ee } = SKB_EXT_ERR(skb);
  if (ee.ee_origin !== SO_EE_ORIGIN_ZEROCOPY || lo !== (ee.ee_data + 1) >>> 0) return false;
  ee.ee_data = (ee.ee_data + len) >>> 0;
  return true;
}

/** Nobody needs the pages any more: the notification goes to the error queue. */
function __msg_zerocopy_callback(cpu: Cpu, uarg: ubuf_info_msgzc): void {
  const skb = uarg.skb;
  const sk = skb.sk!;
  let extended = true;
  if (uarg.len > 0 && !sk.sk_dead) {
    const cb: sock_exterr_skb = { ee: createExtendedErr(0, SO_EE_ORIGIN_ZEROCOPY, 0, uarg.zerocopy ? 0 : SO_EE_CODE_ZEROCOPY_COPIED, uarg.id), daddr: 0, port: 0, opt_stats: false };
    cb.ee.ee_data = (uarg.id + uarg.len - 1) >>> 0;
    skb.cb = cb;
    const queue = sk.sk_error_queue;
    const tail = queue[queue.length - 1];
    extended = tail !== undefined && skb_zerocopy_notify_extend(tail, uarg.id, uarg.len);
    if (!extended) queue.push(skb);
    sk_error_report(cpu, sk);
  }
  if (extended) consume_skb(cpu, skb);
  sock_put(cpu, sk);
}

/** The skb's frags are pages of `uarg`. */
export function skb_zcopy_set(skb: sk_buff, uarg: ubuf_info_msgzc): void {
  if (skb_zcopy(skb) !== null) return;
  net_zcopy_get(uarg);
  skb.shinfo.destructor_arg = uarg;
  skb.shinfo.flags |= SKBFL_ZEROCOPY_FRAG;
}

/** They are no longer. */
export function skb_zcopy_clear(cpu: Cpu, skb: sk_buff, zerocopy_success: boolean): void {
  const uarg = skb_zcopy(skb);
  if (uarg === null) return;
  skb.shinfo.flags &= ~SKBFL_ALL_ZEROCOPY;
  skb.shinfo.destructor_arg = null;
  msg_zerocopy_complete(cpu, uarg, zerocopy_success);
}

/** `nskb` has got frags of `orig`. */
export function skb_zerocopy_clone(nskb: sk_buff, orig: sk_buff): void {
  const uarg = skb_zcopy(orig);
  if (uarg !== null) skb_zcopy_set(nskb, uarg);
}

/** Received on this very host: whoever reads may be slow, so the pages are copied and given back. */
export function skb_copy_ubufs(cpu: Cpu, skb: sk_buff): void {
  skb_unclone(cpu, skb);
  spend(cpu, cpu.costs.alloc_skb + perKib(cpu.costs.copy_from_user_kib, skb.data_len));
  for (const frag of skb.shinfo.frags) {
    const page = take_bytes(cpu.world.memory, frag.size);
    page.set(frag.page.subarray(frag.offset, frag.offset + frag.size));
    frag.page = page;
    frag.offset = 0;
  }
  skb_zcopy_clear(cpu, skb, false);
}

export function skb_orphan_frags_rx(cpu: Cpu, skb: sk_buff): void {
  if (skb_zcopy(skb) !== null) skb_copy_ubufs(cpu, skb);
}

/** Pages of the user's next `length` bytes, pinned, become frags: -EMSGSIZE when the skb can hold no more of them, -EFAULT when there are none. Pieces of memory have pages of their own. */
function zerocopy_fill_skb_from_iter(cpu: Cpu, skb: sk_buff, msg: msghdr, length: number): number {
  const iter = msg.iter;
  const frags = skb.shinfo.frags;
  let left = length;
  while (left > 0) {
    if (frags.length === MAX_SKB_FRAGS) return -EMSGSIZE;
    const segment = currentSegment(iter);
    const base = segment === null ? 0 : segment.iov_base;
    if (base === null) return -EFAULT;
    const end = segment === null ? iter.bytes.length : base + segment.iov_len;
    const start = (iter.offset - base) % PAGE_SIZE;
    const size = Math.min(left, PAGE_SIZE - start, end - iter.offset);
    const at = iter.offset - start;
    spend(cpu, cpu.costs.pin_page);
    frags.push({ page: iter.bytes.subarray(at, Math.min(at + PAGE_SIZE, end)), offset: start, size });
    skb.len += size;
    skb.data_len += size;
    skb.truesize += PAGE_SIZE;
    iter.offset += size;
    iter.count -= size;
    left -= size;
  }
  return 0;
}

/** As above, with the socket's books: pages of an skb that has no others are queued, but not charged. */
function __zerocopy_sg_from_iter(cpu: Cpu, sk: sock, skb: sk_buff, msg: msghdr, length: number): number {
  const orig_size = skb.truesize;
  const err = zerocopy_fill_skb_from_iter(cpu, skb, msg, length);
  const truesize = skb.truesize - orig_size;
  sk.sk_wmem_queued += truesize;
  if (!skb_zcopy_pure(skb)) sk_mem_charge(sk, truesize);
  return err;
}

/** Puts up to `len` bytes of the user into the skb; how many, -EEXIST when its frags are those of another notification, -EMSGSIZE when it is full, -EFAULT without memory. */
export function skb_zerocopy_iter_stream(cpu: Cpu, sk: sock, skb: sk_buff, msg: msghdr, len: number, uarg: ubuf_info_msgzc): number {
  const orig_uarg = skb_zcopy(skb);
  const orig_len = skb.len;
  if (orig_uarg !== null && uarg !== orig_uarg) return -EEXIST;
  const err = __zerocopy_sg_from_iter(cpu, sk, skb, msg, len);
  if (err === -EFAULT || (err === -EMSGSIZE && skb.len === orig_len)) {
    const put = skb.len - orig_len;
    if (put > 0) ___pskb_trim(cpu, skb, orig_len);
    msg.iter.offset -= put;
    msg.iter.count += put;
    return err;
  }
  skb_zcopy_set(skb, uarg);
  return skb.len - orig_len;
}
