/** struct ethhdr (include/uapi/linux/if_ether.h). */
import { tagged } from '../struct.ts';
import { u16 } from './bytes.ts';

export interface ethhdr {
  h_dest: number[];
  h_source: number[];
  h_proto: number;
}

export const ETH_HLEN = 14;

export function ethernetHeader(bytes: Uint8Array, at: number): ethhdr {
  return tagged('ethhdr', {
    h_dest: [...bytes.subarray(at, at + 6)],
    h_source: [...bytes.subarray(at + 6, at + 12)],
    h_proto: u16(bytes, at + 12),
  });
}
