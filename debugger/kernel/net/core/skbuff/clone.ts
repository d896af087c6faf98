/** A second skb for the same bytes, or for a copy of them (net/core/skbuff.c). */
import { perKib } from '../../../../machine/costs.ts';
import { take_bytes } from '../../../../machine/memory.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { HEADER_UNSET, SKB_WITH_OVERHEAD } from '../../../include/linux/skbuff.ts';
import type { sk_buff, skb_frag } from '../../../include/linux/skbuff.ts';
import { copySkBuff, createSharedInfo, kmalloc_reserve } from './alloc.ts';
import { skb_release_all } from './free.ts';
import { pskb_may_pull } from './pull.ts';
import { copyBytes, skb_cloned, skb_copy_bits, skb_headlen } from './data.ts';
import { net_zcopy_get, skb_zerocopy_clone } from './zerocopy.ts';

/** Same bytes, another struct. The companion of a fast-clone pair is used when it is free. */
export function skb_clone(cpu: Cpu, skb: sk_buff): sk_buff {
  spend(cpu, cpu.costs.skb_clone);
  const n = copySkBuff(cpu, skb, 'clone');
  if (skb.fclone === 'original' && skb.fclone_partner === null) {
    n.fclone = 'clone';
    n.fclone_partner = skb;
    skb.fclone_partner = n;
  }
  return __skb_clone(n, skb);
}

/** @helper */
function __skb_clone(n: sk_buff, skb: sk_buff): sk_buff {
  skb.cloned = true;
  n.cloned = true;
  n.nohdr = false;
  n.peeked = false;
  skb.shinfo.dataref++;
  return n;
}

/** `dst` lets go of what it holds and becomes a clone of `src`; whose it is stays. */
export function skb_morph(cpu: Cpu, dst: sk_buff, src: sk_buff): sk_buff {
  skb_release_all(cpu, dst);
  const { id, fclone, fclone_partner, users, alloc_cpu, next } = dst;
  Object.assign(dst, src, { id, fclone, fclone_partner, users, alloc_cpu, next, sk: null, destructor: null });
  if (src._nfct !== null) src._nfct.use++;
  return __skb_clone(dst, src);
}

/** A head of its own with the same headers, and the same frags: what is sent when somebody else still has the headers. */
export function __pskb_copy_fclone(cpu: Cpu, skb: sk_buff, headroom: number, fclone: boolean): sk_buff {
  spend(cpu, cpu.costs.alloc_skb);
  const headlen = skb_headlen(skb);
  const usable = SKB_WITH_OVERHEAD(kmalloc_reserve(headlen + headroom));
  const n = copySkBuff(cpu, skb, 'clone');
  n.fclone = fclone ? 'original' : 'unavailable';
  const shift = headroom - skb.data;
  n.head = take_bytes(cpu.world.memory, usable);
  copyBytes(skb.head, skb.data, n.head, headroom, headlen);
  move_offsets(n, shift);
  n.cloned = false;
  n.nohdr = false;
  n.head_frag = false;
  n.truesize = usable + 256 + 320 + skb.data_len;
  n.shinfo = createSharedInfo();
  n.shinfo.frags = copyFrags(skb.shinfo.frags);
  copyGso(n, skb);
  skb_zerocopy_clone(n, skb);
  for (const part of skb.shinfo.frag_list) n.shinfo.frag_list.push(skb_clone(cpu, part));
  return n;
}

export function __pskb_copy(cpu: Cpu, skb: sk_buff, headroom: number): sk_buff {
  return __pskb_copy_fclone(cpu, skb, headroom, false);
}

export function pskb_copy(cpu: Cpu, skb: sk_buff): sk_buff {
  return __pskb_copy(cpu, skb, skb.data);
}

/** Everything in a new linear buffer. */
export function skb_copy(cpu: Cpu, skb: sk_buff): sk_buff {
  return skb_copy_expand(cpu, skb, skb.data, 0);
}

export function skb_copy_expand(cpu: Cpu, skb: sk_buff, newheadroom: number, newtailroom: number): sk_buff {
  spend(cpu, cpu.costs.alloc_skb + perKib(cpu.costs.copy_from_user_kib, skb.len));
  const usable = SKB_WITH_OVERHEAD(kmalloc_reserve(newheadroom + skb.len + newtailroom));
  const n = copySkBuff(cpu, skb, 'clone');
  n.head = take_bytes(cpu.world.memory, usable);
  skb_copy_bits(skb, 0, n.head, newheadroom, skb.len);
  move_offsets(n, newheadroom - skb.data);
  n.tail = n.data + n.len;
  n.data_len = 0;
  n.cloned = false;
  n.nohdr = false;
  n.head_frag = false;
  n.truesize = usable + 256 + 320;
  n.shinfo = createSharedInfo();
  copyGso(n, skb);
  return n;
}

/** @helper data, tail and headers move with the bytes. */
function move_offsets(n: sk_buff, shift: number): void {
  n.data += shift;
  n.tail += shift;
  if (n.mac_header !== HEADER_UNSET) n.mac_header += shift;
  if (n.transport_header !== HEADER_UNSET) n.transport_header += shift;
  n.network_header += shift;
  n.csum_start += shift;
}

/** @helper Descriptors of its own, the same pages. */
function copyFrags(frags: readonly skb_frag[]): skb_frag[] {
  const copies: skb_frag[] = [];
  for (const frag of frags) copies.push({ page: frag.page, offset: frag.offset, size: frag.size });
  return copies;
}

/** @helper */
function copyGso(n: sk_buff, skb: sk_buff): void {
  n.shinfo.gso_size = skb.shinfo.gso_size;
  n.shinfo.gso_segs = skb.shinfo.gso_segs;
  n.shinfo.gso_type = skb.shinfo.gso_type;
  n.shinfo.tx_flags = skb.shinfo.tx_flags;
  n.shinfo.tskey = skb.shinfo.tskey;
}

/** Gives the skb a head of its own, `nhead` bytes longer in front and `ntail` behind. Its users must be one. */
export function pskb_expand_head(cpu: Cpu, skb: sk_buff, nhead: number, ntail: number): void {
  spend(cpu, cpu.costs.alloc_skb + perKib(cpu.costs.copy_from_user_kib, skb_headlen(skb)));
  const size = SKB_WITH_OVERHEAD(kmalloc_reserve(skb.head.length + nhead + ntail));
  const head = take_bytes(cpu.world.memory, size);
  copyBytes(skb.head, 0, head, nhead, skb.tail);
  const osize = skb.head.length;
  if (skb_cloned(skb)) {
    const shinfo = createSharedInfo();
    shinfo.frags = copyFrags(skb.shinfo.frags);
    shinfo.frag_list = skb.shinfo.frag_list.slice();
    for (const part of shinfo.frag_list) part.users++;
    skb.shinfo.dataref--;
    const old = skb.shinfo;
    skb.shinfo = shinfo;
    shinfo.gso_size = old.gso_size;
    shinfo.gso_segs = old.gso_segs;
    shinfo.gso_type = old.gso_type;
    shinfo.tx_flags = old.tx_flags;
    shinfo.tskey = old.tskey;
    shinfo.flags = old.flags;
    shinfo.destructor_arg = old.destructor_arg;
    if (old.destructor_arg !== null) net_zcopy_get(old.destructor_arg);
  }
  skb.head = head;
  skb.head_frag = false;
  move_offsets(skb, nhead);
  skb.cloned = false;
  skb.nohdr = false;
  if (skb.sk === null || skb.destructor === 'sock_edemux') skb.truesize += size - osize;
}

export function skb_cow(cpu: Cpu, skb: sk_buff, headroom: number): void {
  const delta = headroom > skb.data ? headroom - skb.data : 0;
  if (delta > 0 || skb_cloned(skb)) pskb_expand_head(cpu, skb, (delta + 63) & ~63, 0);
}

/** Whether a clone may write into its headers: TCP, which keeps the original, has given them away (__skb_header_release). */
export function skb_clone_writable(skb: sk_buff): boolean {
  return skb.fclone === 'clone' && skb.fclone_partner !== null;
}

/** The first `write_len` bytes are this packet's alone, in one piece; false: it is shorter. */
export function skb_ensure_writable(cpu: Cpu, skb: sk_buff, write_len: number): boolean {
  if (!pskb_may_pull(cpu, skb, write_len)) return false;
  if (skb_cloned(skb) && !skb_clone_writable(skb)) pskb_expand_head(cpu, skb, 0, 0);
  return true;
}

/** Bytes of its own, no longer shared with a clone. */
export function skb_unclone(cpu: Cpu, skb: sk_buff): void {
  if (skb_cloned(skb)) pskb_expand_head(cpu, skb, 0, 0);
}

/** As skb_unclone, without a change of truesize (its socket has been charged already). */
export function __skb_unclone_keeptruesize(cpu: Cpu, skb: sk_buff): void {
  const truesize = skb.truesize;
  pskb_expand_head(cpu, skb, 0, 0);
  skb.truesize = truesize;
}

export function skb_unclone_keeptruesize(cpu: Cpu, skb: sk_buff): void {
  if (skb_cloned(skb)) __skb_unclone_keeptruesize(cpu, skb);
}

/** Room for `headroom` bytes in front, in place when possible. */
export function skb_expand_head(cpu: Cpu, skb: sk_buff, headroom: number): sk_buff {
  const delta = headroom - skb.data;
  if (delta > 0) pskb_expand_head(cpu, skb, (delta + 63) & ~63, 0);
  return skb;
}
