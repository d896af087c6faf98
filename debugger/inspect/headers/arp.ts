/** struct arphdr with the addresses of Ethernet and IPv4 (RFC 826). */
import { tagged } from '../struct.ts';
import { u16, u32, u8 } from './bytes.ts';

export interface arphdr {
  ar_hrd: number;
  ar_pro: number;
  ar_hln: number;
  ar_pln: number;
  ar_op: number;
  sha: number[];
  sip: number;
  tha: number[];
  tip: number;
}

export const ARP_LENGTH = 28;

export function arpHeader(bytes: Uint8Array, at: number): arphdr {
  return tagged('arphdr', {
    ar_hrd: u16(bytes, at),
    ar_pro: u16(bytes, at + 2),
    ar_hln: u8(bytes, at + 4),
    ar_pln: u8(bytes, at + 5),
    ar_op: u16(bytes, at + 6),
    sha: [...bytes.subarray(at + 8, at + 14)],
    sip: u32(bytes, at + 14),
    tha: [...bytes.subarray(at + 18, at + 24)],
    tip: u32(bytes, at + 24),
  });
}
