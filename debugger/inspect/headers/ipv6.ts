/** struct ipv6hdr (RFC 8200), and the fragment header behind it. */
import { in6Addr, type In6Addr } from '../../../server/language/in6Addr.ts';
import { tagged } from '../struct.ts';
import { u16, u32, u8 } from './bytes.ts';

export interface ipv6hdr {
  version: number;
  /** Traffic class and flow label. */
  tclass: number;
  flow_lbl: number;
  payload_len: number;
  nexthdr: number;
  hop_limit: number;
  saddr: In6Addr;
  daddr: In6Addr;
}

export const IPV6_HLEN = 40;
const NEXTHDR_HOP = 0;
const NEXTHDR_FRAGMENT = 44;

export function ipv6Header(bytes: Uint8Array, at: number): ipv6hdr {
  return tagged('ipv6hdr', {
    version: u8(bytes, at) >> 4,
    tclass: (u16(bytes, at) >> 4) & 255,
    flow_lbl: u32(bytes, at) & 0xfffff,
    payload_len: u16(bytes, at + 4),
    nexthdr: u8(bytes, at + 6),
    hop_limit: u8(bytes, at + 7),
    saddr: addressAt(bytes, at + 8),
    daddr: addressAt(bytes, at + 24),
  });
}

const WORDS = [0, 2, 4, 6, 8, 10, 12, 14];

function addressAt(bytes: Uint8Array, at: number): In6Addr {
  return in6Addr(WORDS.map((offset) => u16(bytes, at + offset)));
}

/** What stands behind hop-by-hop options and a fragment header: `fragment` is the offset and whether more follow, null: the packet is whole. */
export interface Upper {
  readonly protocol: number;
  readonly at: number;
  readonly fragment: { readonly offset: number; readonly more: boolean } | null;
}

export function upperOf(bytes: Uint8Array, at: number, { nexthdr }: ipv6hdr): Upper {
  let protocol = nexthdr;
  let next = at + IPV6_HLEN;
  if (protocol === NEXTHDR_HOP) {
    protocol = u8(bytes, next);
    next += (u8(bytes, next + 1) + 1) * 8;
  }
  if (protocol !== NEXTHDR_FRAGMENT) return { protocol, at: next, fragment: null };
  const field = u16(bytes, next + 2);
  return {
    protocol: u8(bytes, next),
    at: next + 8,
    fragment: { offset: field & 0xfff8, more: (field & 1) !== 0 },
  };
}
