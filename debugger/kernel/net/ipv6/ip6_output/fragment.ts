/**
 * Fragmentation by the sender (net/ipv6/ip6_output.c; RFC 8200 4.5): each piece has a fragment header of 8 bytes behind the IPv6 header.
 *
 *   | next header 8 | reserved 8 | offset 13, in 8 bytes | 0 0 M | identification 32 |
 *
 * The pieces are always copies; Linux sends those of a datagram that was written in pieces as they are.
 */
import { perKib } from '../../../../machine/costs.ts';
import { roll } from '../../../../machine/random.ts';
import { spend } from '../../../../machine/spend.ts';
import type { Cpu } from '../../../../machine/types.ts';
import { put_unaligned_be16, put_unaligned_be32 } from '../../../include/asm-generic/unaligned.ts';
import { ICMPV6_PKT_TOOBIG } from '../../../include/linux/icmpv6.ts';
import { IP6CB_frag_max_size, OFFSET_NEXTHDR, SIZEOF_IPV6HDR } from '../../../include/linux/ipv6.ts';
import { CHECKSUM_PARTIAL } from '../../../include/linux/skbuff.ts';
import type { sk_buff } from '../../../include/linux/skbuff.ts';
import type { sock } from '../../../include/net/sock.ts';
import { EMSGSIZE } from '../../../include/uapi/asm-generic/errno.ts';
import { alloc_skb } from '../../core/skbuff/alloc.ts';
import { skb_checksum_help } from '../../core/skbuff/checksum.ts';
import { copyBytes, skb_copy_bits, skb_put, skb_reserve, skb_reset_network_header } from '../../core/skbuff/data.ts';
import { consume_skb, kfree_skb, kfree_skb_reason } from '../../core/skbuff/free.ts';
import { createLineage } from '../../core/skbuff/lineage.ts';
import { skb_set_owner_w } from '../../core/sock/wmem.ts';
import { ip_copy_metadata } from '../../ipv4/ip_output/fragment.ts';
import { LL_RESERVED_SPACE } from '../../ipv4/ip_output/output.ts';
import { NEXTHDR_FRAGMENT } from '../exthdrs.ts';
import { icmpv6_send } from '../icmp/send.ts';
import { ip6_finish_output2, ip6_skb_dst_mtu } from './output.ts';

export const SIZEOF_FRAG_HDR = 8;

/** What remains to be cut off a packet. */
interface ip6_frag_state { hlen: number; ll_rs: number; mtu: number; left: number; ptr: number; offset: number; nexthdr: number; frag_id: number }

/** Sends a packet in pieces. One of somebody else's is not to be cut: its sender is told which size would pass. */
export function ip6_fragment(cpu: Cpu, sk: sock | null, skb: sk_buff): number {
  const mib = cpu.host.mib.Ip6;
  let mtu = ip6_skb_dst_mtu(cpu, skb);
  const max = IP6CB_frag_max_size(skb);
  if (!skb.ignore_df || (max !== 0 && max > mtu)) {
    if (skb.sk === null) icmpv6_send(cpu, skb, ICMPV6_PKT_TOOBIG, 0, mtu);
    mib.FragFails++;
    kfree_skb_reason(cpu, skb, 'PKT_TOO_BIG', { condition: '!skb->ignore_df', values: { 'skb->len': skb.len, mtu, frag_max_size: max } });
    return -EMSGSIZE;
  }
  if (max !== 0) mtu = max;
  if (skb.ip_summed === CHECKSUM_PARTIAL) skb_checksum_help(cpu, skb);
  const state = ip6_frag_init(cpu, skb, SIZEOF_IPV6HDR, mtu - SIZEOF_IPV6HDR - SIZEOF_FRAG_HDR);
  while (state.left > 0) {
    const frag = ip6_frag_next(cpu, skb, state);
    const err = ip6_finish_output2(cpu, sk, frag);
    if (err !== 0) {
      mib.FragFails++;
      kfree_skb(cpu, skb);
      return err;
    }
    mib.FragCreates++;
  }
  mib.FragOKs++;
  consume_skb(cpu, skb);
  return 0;
}

function ip6_frag_init(cpu: Cpu, skb: sk_buff, hlen: number, mtu: number): ip6_frag_state {
  return {
    hlen, ll_rs: LL_RESERVED_SPACE(skb.dst!.dev.hard_header_len), mtu, left: skb.len - hlen, ptr: hlen, offset: 0,
    nexthdr: skb.head[skb.network_header + OFFSET_NEXTHDR]!, frag_id: ipv6_select_ident(cpu),
  };
}

/** A number that nobody can guess, not 0. */
export function ipv6_select_ident(cpu: Cpu): number {
  return roll(cpu.host, 0xfffffffe) + 1;
}

/** The next piece, copied. All but the last are a multiple of 8 bytes long. */
function ip6_frag_next(cpu: Cpu, skb: sk_buff, state: ip6_frag_state): sk_buff {
  let len = Math.min(state.left, state.mtu);
  if (len < state.left) len &= ~7;
  const { hlen } = state;
  const frag = alloc_skb(cpu, len + hlen + SIZEOF_FRAG_HDR + state.ll_rs, skb.lineage);
  frag.lineage = createLineage(cpu, 'fragment', frag.id, [skb.lineage], skb.lineage.offset + state.ptr - hlen, len);
  spend(cpu, cpu.costs.ip_fragment + perKib(cpu.costs.copy_from_user_kib, len));
  ip_copy_metadata(frag, skb);
  skb_reserve(frag, state.ll_rs);
  skb_put(frag, len + hlen + SIZEOF_FRAG_HDR);
  skb_reset_network_header(frag);
  const fh = frag.network_header + hlen;
  frag.transport_header = fh + SIZEOF_FRAG_HDR;
  if (skb.sk !== null) skb_set_owner_w(cpu, frag, skb.sk);
  copyBytes(skb.head, skb.network_header, frag.head, frag.network_header, hlen);
  skb_copy_bits(skb, state.ptr, frag.head, frag.transport_header, len);
  state.left -= len;
  frag.head[frag.network_header + OFFSET_NEXTHDR] = NEXTHDR_FRAGMENT;
  frag.head[fh] = state.nexthdr;
  frag.head[fh + 1] = 0;
  put_unaligned_be16(state.offset | (state.left > 0 ? 1 : 0), frag.head, fh + 2);
  put_unaligned_be32(state.frag_id, frag.head, fh + 4);
  put_unaligned_be16(frag.len - SIZEOF_IPV6HDR, frag.head, frag.network_header + 4);
  state.ptr += len;
  state.offset += len;
  return frag;
}
