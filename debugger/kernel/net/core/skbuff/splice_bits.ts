/** Pages of a packet into a pipe (net/core/skbuff.c): the pipe refers to them, the packet can go. */
import { perKib } from '../../../../machine/costs.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { splice_to_pipe } from '../../../fs/splice/read.ts';
import type { pipe_inode_info } from '../../../include/linux/pipe_fs_i.ts';
import { MAX_SKB_FRAGS } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { splice_pipe_desc } from '../../../include/linux/splice.ts';
import type { sock } from '../../../include/net/sock.ts';
import { sk_page_frag_refill } from '../../ipv4/tcp/sendmsg.ts';
import { copyBytes, skb_cloned, skb_headlen } from './data.ts';

/** What of the packet is still to be skipped, and to be taken. */
interface splice_range { offset: number; len: number }

/** The head is no page of its own, or somebody else may write to it. @helper */
function skb_head_is_locked(skb: sk_buff): boolean {
  return !skb.head_frag || skb_cloned(skb);
}

/** A copy of as much of `len` bytes as the socket's page has room for: how much, which then stands at its end. */
function linear_to_page(cpu: Cpu, page: Uint8Array, offset: number, len: number, sk: sock): number {
  sk_page_frag_refill(cpu, sk);
  const pfrag = sk.sk_frag;
  const part = Math.min(len, pfrag.size - pfrag.offset);
  spend(cpu, perKib(cpu.costs.copy_from_user_kib, part));
  copyBytes(page, offset, pfrag.page!, pfrag.offset, part);
  pfrag.offset += part;
  return part;
}

function spd_can_coalesce(spd: splice_pipe_desc, page: Uint8Array, offset: number): boolean {
  if (spd.nr_pages === 0 || spd.pages[spd.nr_pages - 1] !== page) return false;
  const last = spd.partial[spd.nr_pages - 1]!;
  return last.offset + last.len === offset;
}

/** Adds a piece; how many bytes of it, 0 when there is no place for it. `linear`: as a copy. */
function spd_fill_page(cpu: Cpu, spd: splice_pipe_desc, from: Uint8Array, flen: number, poff: number, linear: boolean, sk: sock): number {
  if (spd.nr_pages === MAX_SKB_FRAGS) return 0;
  const len = linear ? linear_to_page(cpu, from, poff, flen, sk) : flen;
  const page = linear ? sk.sk_frag.page! : from;
  const offset = linear ? sk.sk_frag.offset - len : poff;
  if (spd_can_coalesce(spd, page, offset)) {
    spd.partial[spd.nr_pages - 1]!.len += len;
    return len;
  }
  spd.pages.push(page);
  spd.partial.push({ offset, len });
  spd.nr_pages++;
  return len;
}

/** What the range has of `plen` bytes at `poff`; true: that was all, or all that there is room for. */
function __splice_segment(cpu: Cpu, page: Uint8Array, poff: number, plen: number, range: splice_range, spd: splice_pipe_desc, linear: boolean, sk: sock): boolean {
  if (range.len === 0) return true;
  if (range.offset >= plen) {
    range.offset -= plen;
    return false;
  }
  let at = poff + range.offset;
  const end = poff + plen;
  range.offset = 0;
  while (range.len > 0 && at < end) {
    const filled = spd_fill_page(cpu, spd, page, Math.min(range.len, end - at), at, linear, sk);
    if (filled === 0) return true;
    at += filled;
    range.len -= filled;
  }
  return range.len === 0;
}

/** The linear part, the frags, the frag_list. */
export function __skb_splice_bits(cpu: Cpu, skb: sk_buff, range: splice_range, spd: splice_pipe_desc, sk: sock): boolean {
  if (__splice_segment(cpu, skb.head, skb.data, skb_headlen(skb), range, spd, skb_head_is_locked(skb), sk)) return true;
  for (const { page, offset, size } of skb.shinfo.frags) if (__splice_segment(cpu, page, offset, size, range, spd, false, sk)) return true;
  for (const part of skb.shinfo.frag_list) {
    if (range.offset >= part.len) range.offset -= part.len;
    else if (__skb_splice_bits(cpu, part, range, spd, sk)) return true;
  }
  return false;
}

/** Up to `tlen` bytes from `offset` on, 17 pieces at most; how many the pipe took, or a negative errno. */
export function skb_splice_bits(cpu: Cpu, skb: sk_buff, sk: sock, offset: number, pipe: pipe_inode_info, tlen: number): number {
  const spd: splice_pipe_desc = { pages: [], partial: [], nr_pages: 0, ops: 'nosteal_pipe_buf_ops' };
  __skb_splice_bits(cpu, skb, { offset, len: tlen }, spd, sk);
  return splice_to_pipe(cpu, pipe, spd, skb.lineage, offset);
}
