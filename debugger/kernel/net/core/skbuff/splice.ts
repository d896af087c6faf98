/** Pages of others in an skb (net/core/skbuff.c). */
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { MAX_SKB_FRAGS } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { iov_iter } from '../../../include/net/sock.ts';
import { EMSGSIZE } from '../../../include/uapi/asm-generic/errno.ts';
import { iov_iter_advance } from '../../../lib/iov_iter.ts';
import { skb_can_coalesce } from './data.ts';
import { appendLineage } from './lineage.ts';

/** A piece of a page behind the others; -EMSGSIZE when there is no place for it. */
export function skb_append_pagefrags(skb: sk_buff, page: Uint8Array, offset: number, size: number): number {
  const frags = skb.shinfo.frags;
  if (skb_can_coalesce(skb, page, offset)) frags[frags.length - 1]!.size += size;
  else if (frags.length < MAX_SKB_FRAGS) frags.push({ page, offset, size });
  else return -EMSGSIZE;
  return 0;
}

/** Up to `maxsize` bytes of pages become frags; how many, -EMSGSIZE when not even one has a place. */
export function skb_splice_from_iter(cpu: Cpu, skb: sk_buff, iter: iov_iter, maxsize: number): number {
  let spliced = 0;
  while (spliced < maxsize) {
    const { bv_page, bv_offset, bv_len, lineage, at } = iter.bvec![0]!;
    const part = Math.min(maxsize - spliced, bv_len);
    if (skb_append_pagefrags(skb, bv_page, bv_offset, part) !== 0) break;
    spend(cpu, cpu.costs.splice_frag);
    iov_iter_advance(iter, part);
    spliced += part;
    skb.len += part;
    appendLineage(cpu, skb, lineage, at, part);
  }
  skb.data_len += spliced;
  skb.truesize += spliced;
  return spliced > 0 ? spliced : -EMSGSIZE;
}
