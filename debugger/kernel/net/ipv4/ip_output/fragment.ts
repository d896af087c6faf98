/** Fragmentation (net/ipv4/ip_output.c, RFC 791). */
import { perKib } from '../../../../machine/costs.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { put_unaligned_be16 } from '../../../include/asm-generic/unaligned.ts';
import { ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED } from '../../../include/linux/icmp.ts';
import { IP_DF, IP_MF, IP_OFFSET, ip_hdrlen, ip_is_fragment, iph_frag_off } from '../../../include/linux/ip.ts';
import { CHECKSUM_NONE, CHECKSUM_PARTIAL } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import { EMSGSIZE } from '../../../include/uapi/asm-generic/errno.ts';
import { alloc_skb } from '../../core/skbuff/alloc.ts';
import { skb_checksum_help } from '../../core/skbuff/checksum.ts';
import {
  __skb_push, copyBytes, skb_cloned, skb_copy_bits, skb_has_frag_list, skb_headroom, skb_put, skb_reserve, skb_reset_network_header,
  skb_reset_transport_header, skb_shared,
} from '../../core/skbuff/data.ts';
import { consume_skb, kfree_skb, kfree_skb_reason } from '../../core/skbuff/free.ts';
import { createLineage } from '../../core/skbuff/lineage.ts';
import { skb_set_owner_w } from '../../core/sock/wmem.ts';
import { icmp_send } from '../icmp/send.ts';
import { IPCB_flags, IPCB_frag_max_size, IPSKB_FRAG_PMTU } from '../ipcb.ts';
import { ip_skb_dst_mtu } from './ident.ts';
import { ip_send_check } from './ip_send_check.ts';
import { LL_RESERVED_SPACE, ip_finish_output2 } from './output.ts';

/** Fragments that exist already, as the frag_list of the first. */
interface ip_fraglist_iter { list: sk_buff[]; index: number; hlen: number; offset: number }

/** What remains to be cut off a packet. */
interface ip_frag_state { hlen: number; ll_rs: number; mtu: number; left: number; ptr: number; offset: number; not_last_frag: number; df: number }

/** Forbidden by DF: the sender is told which size would pass (path MTU discovery). */
export function ip_fragment(cpu: Cpu, sk: sock | null, skb: sk_buff, mtu: number): number {
  if ((iph_frag_off(skb) & IP_DF) === 0) return ip_do_fragment(cpu, sk, skb);
  const max = IPCB_frag_max_size(skb);
  if (!skb.ignore_df || (max !== 0 && max > mtu)) {
    cpu.host.mib.Ip.FragFails++;
    icmp_send(cpu, skb, ICMP_DEST_UNREACH, ICMP_FRAG_NEEDED, mtu);
    kfree_skb_reason(cpu, skb, 'PKT_TOO_BIG', { condition: '!skb->ignore_df', values: { 'skb->len': skb.len, mtu, DF: 1, frag_max_size: max } });
    return -EMSGSIZE;
  }
  return ip_do_fragment(cpu, sk, skb);
}

/** Sends a packet in pieces: those that it was built of when they fit, else copies. */
export function ip_do_fragment(cpu: Cpu, sk: sock | null, skb: sk_buff): number {
  if (skb.ip_summed === CHECKSUM_PARTIAL) skb_checksum_help(cpu, skb);
  let mtu = ip_skb_dst_mtu(cpu, sk, skb);
  const max = IPCB_frag_max_size(skb);
  if (max !== 0 && max < mtu) mtu = max;
  const hlen = ip_hdrlen(skb);
  mtu -= hlen;
  const ll_rs = LL_RESERVED_SPACE(skb.dst!.dev.hard_header_len);
  if (skb_has_frag_list(skb) && fraglistFits(skb, hlen, mtu, ll_rs)) return sendFraglist(cpu, sk, skb, hlen);
  return sendCopies(cpu, sk, skb, hlen, mtu, ll_rs);
}

/** @helper Bytes in the head and in page frags. */
function skb_pagelen(skb: sk_buff): number {
  let len = skb.len;
  for (const part of skb.shinfo.frag_list) len -= part.len;
  return len;
}

/** @helper Whether the pieces can be sent as they are. */
function fraglistFits(skb: sk_buff, hlen: number, mtu: number, ll_rs: number): boolean {
  const first_len = skb_pagelen(skb);
  const list = skb.shinfo.frag_list;
  if (first_len - hlen > mtu || ((first_len - hlen) & 7) !== 0 || ip_is_fragment(skb) || skb_cloned(skb) || skb_headroom(skb) < ll_rs) return false;
  for (let i = 0; i < list.length; i++) {
    const frag = list[i]!;
    if (frag.len > mtu || ((frag.len & 7) !== 0 && i < list.length - 1) || skb_headroom(frag) < hlen + ll_rs || skb_shared(frag)) return false;
  }
  return true;
}

/** @helper The fast way of ip_do_fragment: no byte is copied but headers. */
function sendFraglist(cpu: Cpu, sk: sock | null, first: sk_buff, hlen: number): number {
  const mib = cpu.host.mib.Ip;
  for (const frag of first.shinfo.frag_list) {
    if (first.sk !== null) {
      frag.sk = first.sk;
      frag.destructor = 'sock_wfree';
    }
    first.truesize -= frag.truesize;
  }
  const iter = ip_fraglist_init(cpu, first, hlen);
  let skb = first;
  for (;;) {
    const next = iter.index < iter.list.length ? iter.list[iter.index]! : null;
    if (next !== null) ip_fraglist_prepare(cpu, skb, iter);
    const err = ip_finish_output2(cpu, sk, skb);
    if (err === 0) mib.FragCreates++;
    if (err !== 0) {
      mib.FragFails++;
      for (; iter.index < iter.list.length; iter.index++) kfree_skb(cpu, iter.list[iter.index]!);
      return err;
    }
    if (next === null) break;
    iter.index++;
    skb = next;
  }
  mib.FragOKs++;
  return 0;
}

/** The first piece becomes a packet of its own. */
export function ip_fraglist_init(cpu: Cpu, skb: sk_buff, hlen: number): ip_fraglist_iter {
  spend(cpu, cpu.costs.ip_fragment);
  const first_len = skb_pagelen(skb);
  const list = skb.shinfo.frag_list;
  skb.data_len -= skb.len - first_len;
  skb.len = first_len;
  skb.shinfo.frag_list = [];
  put_unaligned_be16(first_len, skb.head, skb.network_header + 2);
  put_unaligned_be16(IP_MF, skb.head, skb.network_header + 6);
  ip_send_check(cpu, skb);
  return { list, index: 0, hlen, offset: 0 };
}

/** The next piece gets its header, before the piece before it is gone. */
export function ip_fraglist_prepare(cpu: Cpu, skb: sk_buff, iter: ip_fraglist_iter): void {
  spend(cpu, cpu.costs.ip_fragment);
  const frag = iter.list[iter.index]!;
  frag.ip_summed = CHECKSUM_NONE;
  skb_reset_transport_header(frag);
  __skb_push(frag, iter.hlen);
  skb_reset_network_header(frag);
  copyBytes(skb.head, skb.network_header, frag.head, frag.network_header, iter.hlen);
  ip_copy_metadata(frag, skb);
  iter.offset += skb.len - iter.hlen;
  const more = iter.index < iter.list.length - 1 ? IP_MF : 0;
  put_unaligned_be16(frag.len, frag.head, frag.network_header + 2);
  put_unaligned_be16((iter.offset >> 3) | more, frag.head, frag.network_header + 6);
  ip_send_check(cpu, frag);
}

/** @helper The slow way of ip_do_fragment. */
function sendCopies(cpu: Cpu, sk: sock | null, skb: sk_buff, hlen: number, mtu: number, ll_rs: number): number {
  const mib = cpu.host.mib.Ip;
  const state = ip_frag_init(skb, hlen, ll_rs, mtu);
  while (state.left > 0) {
    const skb2 = ip_frag_next(cpu, skb, state);
    const err = ip_finish_output2(cpu, sk, skb2);
    if (err !== 0) {
      kfree_skb(cpu, skb);
      mib.FragFails++;
      return err;
    }
    mib.FragCreates++;
  }
  consume_skb(cpu, skb);
  mib.FragOKs++;
  return 0;
}

export function ip_frag_init(skb: sk_buff, hlen: number, ll_rs: number, mtu: number): ip_frag_state {
  const frag_off = iph_frag_off(skb);
  return {
    hlen, ll_rs, mtu, left: skb.len - hlen, ptr: hlen, offset: (frag_off & IP_OFFSET) << 3, not_last_frag: frag_off & IP_MF, df: (IPCB_flags(skb) & IPSKB_FRAG_PMTU) !== 0 ? IP_DF : 0,
  };
}

/** The next piece, copied. All but the last are a multiple of 8 bytes long. */
export function ip_frag_next(cpu: Cpu, skb: sk_buff, state: ip_frag_state): sk_buff {
  let len = Math.min(state.left, state.mtu);
  if (len < state.left) len &= ~7;
  const hlen = state.hlen;
  const skb2 = alloc_skb(cpu, len + hlen + state.ll_rs, skb.lineage);
  skb2.lineage = createLineage(cpu, 'fragment', skb2.id, [skb.lineage], skb.lineage.offset + state.ptr - hlen, len);
  spend(cpu, cpu.costs.ip_fragment + perKib(cpu.costs.copy_from_user_kib, len));
  ip_copy_metadata(skb2, skb);
  skb_reserve(skb2, state.ll_rs);
  skb_put(skb2, len + hlen);
  skb_reset_network_header(skb2);
  skb2.transport_header = skb2.network_header + hlen;
  if (skb.sk !== null) skb_set_owner_w(cpu, skb2, skb.sk);
  copyBytes(skb.head, skb.network_header, skb2.head, skb2.network_header, hlen);
  skb_copy_bits(skb, state.ptr, skb2.head, skb2.transport_header, len);
  state.left -= len;
  const more = state.left > 0 || state.not_last_frag !== 0 ? IP_MF : 0;
  put_unaligned_be16(len + hlen, skb2.head, skb2.network_header + 2);
  put_unaligned_be16((state.offset >> 3) | state.df | more, skb2.head, skb2.network_header + 6);
  ip_send_check(cpu, skb2);
  state.ptr += len;
  state.offset += len;
  return skb2;
}

/** What a fragment has from its packet besides bytes. */
export function ip_copy_metadata(to: sk_buff, from: sk_buff): void {
  to.pkt_type = from.pkt_type;
  to.priority = from.priority;
  to.protocol = from.protocol;
  to.skb_iif = from.skb_iif;
  to.dst = from.dst;
  to.dev = from.dev;
  to.mark = from.mark;
  if (from._nfct !== null || from.ctinfo !== 0) nf_copy(to, from);
  to.hash = from.hash;
  to.l4_hash = from.l4_hash;
}

/** The fragment belongs to the packet's connection (include/net/netfilter/nf_conntrack.h nf_copy). */
export function nf_copy(dst: sk_buff, src: sk_buff): void {
  if (dst._nfct === src._nfct) return;
  dst._nfct = src._nfct;
  dst.ctinfo = src.ctinfo;
  if (src._nfct !== null) src._nfct.use++;
}
