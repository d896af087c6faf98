/** struct udphdr (RFC 768). */
import { tagged } from '../struct.ts';
import { u16 } from './bytes.ts';

export interface udphdr {
  source: number;
  dest: number;
  len: number;
  check: number;
}

export const UDP_HLEN = 8;

export function udpHeader(bytes: Uint8Array, at: number): udphdr {
  return tagged('udphdr', {
    source: u16(bytes, at),
    dest: u16(bytes, at + 2),
    len: u16(bytes, at + 4),
    check: u16(bytes, at + 6),
  });
}
