/** struct tcphdr (RFC 9293), with its flags both together and one by one, as the kernel's bit fields are. */
import { tagged } from '../struct.ts';
import { u16, u32, u8 } from './bytes.ts';

export interface tcphdr {
  source: number;
  dest: number;
  seq: number;
  ack_seq: number;
  doff: number;
  flags: number;
  fin: number;
  syn: number;
  rst: number;
  psh: number;
  ack: number;
  urg: number;
  ece: number;
  cwr: number;
  ae: number;
  window: number;
  check: number;
  urg_ptr: number;
}

export function tcpHeader(bytes: Uint8Array, at: number): tcphdr {
  const flags = u16(bytes, at + 12) & 0x1ff;
  const bit = (n: number): number => (flags >> n) & 1;
  return tagged('tcphdr', {
    source: u16(bytes, at),
    dest: u16(bytes, at + 2),
    seq: u32(bytes, at + 4),
    ack_seq: u32(bytes, at + 8),
    doff: u8(bytes, at + 12) >> 4,
    flags,
    fin: bit(0),
    syn: bit(1),
    rst: bit(2),
    psh: bit(3),
    ack: bit(4),
    urg: bit(5),
    ece: bit(6),
    cwr: bit(7),
    ae: bit(8),
    window: u16(bytes, at + 14),
    check: u16(bytes, at + 16),
    urg_ptr: u16(bytes, at + 18),
  });
}
