/** Extension headers (net/ipv6/exthdrs.c, exthdrs_core.c; RFC 8200 4). Hop-by-hop options are passed over; of the others the model knows the fragment header only. */
import type { Cpu } from '../../../machine/types.ts';
import { IP6CB, SIZEOF_IPV6HDR } from '../../include/linux/ipv6.ts';
import type { sk_buff } from '../../include/linux/skbuff.ts';
import { kfree_skb_reason } from '../core/skbuff/free.ts';
import { pskb_may_pull } from '../core/skbuff/pull.ts';

export const NEXTHDR_HOP = 0;
export const NEXTHDR_FRAGMENT = 44;
const NEXTHDR_ROUTING = 43;
const NEXTHDR_DEST = 60;

/** Passes over the hop-by-hop header behind the IPv6 header; false when it is malformed: the packet is gone. */
export function ipv6_parse_hopopts(cpu: Cpu, skb: sk_buff): boolean {
  const at = skb.transport_header - skb.data;
  const length = pskb_may_pull(cpu, skb, at + 8) ? (skb.head[skb.transport_header + 1]! + 1) << 3 : 0;
  if (length === 0 || !pskb_may_pull(cpu, skb, at + length)) {
    cpu.host.mib.Ip6.InHdrErrors++;
    kfree_skb_reason(cpu, skb, 'IP_INHDR', { condition: '!pskb_may_pull(skb, sizeof(struct ipv6hdr) + extlen)', values: { extlen: length, 'skb->len': skb.len } });
    return false;
  }
  skb.transport_header += length;
  IP6CB(skb).nhoff = SIZEOF_IPV6HDR;
  return true;
}

/** Whether a number is that of an extension header. */
export function ipv6_ext_hdr(nexthdr: number): boolean {
  return nexthdr === NEXTHDR_HOP || nexthdr === NEXTHDR_ROUTING || nexthdr === NEXTHDR_FRAGMENT || nexthdr === NEXTHDR_DEST;
}

/** The first header behind the extensions: its number, its offset in `bytes`, and the fragment header's offset field (0 without one). @helper */
export function ipv6_skip_exthdr(bytes: Uint8Array, start: number, first: number): { nexthdr: number; offset: number; frag_off: number } {
  let nexthdr = first;
  let offset = start;
  let frag_off = 0;
  while (ipv6_ext_hdr(nexthdr) && offset + 8 <= bytes.length) {
    const next = bytes[offset]!;
    if (nexthdr === NEXTHDR_FRAGMENT) {
      frag_off = ((bytes[offset + 2]! << 8) | bytes[offset + 3]!) & ~7;
      if (frag_off !== 0) return { nexthdr, offset, frag_off };
      offset += 8;
    } else offset += (bytes[offset + 1]! + 1) << 3;
    nexthdr = next;
  }
  return { nexthdr, offset, frag_off };
}
