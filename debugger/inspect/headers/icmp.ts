/** struct icmphdr (RFC 792). The last four bytes mean what the type says: identifier and sequence, a gateway, or an MTU. */
import { tagged } from '../struct.ts';
import { u16, u32, u8 } from './bytes.ts';

export interface icmphdr {
  type: number;
  code: number;
  checksum: number;
  id: number;
  sequence: number;
  gateway: number;
  mtu: number;
}

export function icmpHeader(bytes: Uint8Array, at: number): icmphdr {
  return tagged('icmphdr', {
    type: u8(bytes, at),
    code: u8(bytes, at + 1),
    checksum: u16(bytes, at + 2),
    id: u16(bytes, at + 4),
    sequence: u16(bytes, at + 6),
    gateway: u32(bytes, at + 4),
    mtu: u16(bytes, at + 6),
  });
}
