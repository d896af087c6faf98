/** struct iphdr (RFC 791). `frag_off` is the field as it stands: three flag bits and the offset in units of eight bytes. */
import { tagged } from '../struct.ts';
import { u16, u32, u8 } from './bytes.ts';

export interface iphdr {
  version: number;
  ihl: number;
  tos: number;
  tot_len: number;
  id: number;
  frag_off: number;
  ttl: number;
  protocol: number;
  check: number;
  saddr: number;
  daddr: number;
}

export const IP_DF = 0x4000;
export const IP_MF = 0x2000;
export const IP_OFFSET = 0x1fff;

export function ipv4Header(bytes: Uint8Array, at: number): iphdr {
  return tagged('iphdr', {
    version: u8(bytes, at) >> 4,
    ihl: u8(bytes, at) & 15,
    tos: u8(bytes, at + 1),
    tot_len: u16(bytes, at + 2),
    id: u16(bytes, at + 4),
    frag_off: u16(bytes, at + 6),
    ttl: u8(bytes, at + 8),
    protocol: u8(bytes, at + 9),
    check: u16(bytes, at + 10),
    saddr: u32(bytes, at + 12),
    daddr: u32(bytes, at + 16),
  });
}

/** Bytes of the datagram before this fragment. */
export function fragmentOffset(header: iphdr): number {
  return (header.frag_off & IP_OFFSET) * 8;
}
