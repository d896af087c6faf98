/** struct icmp6hdr (RFC 4443); of a neighbour solicitation or advertisement also whom it is about (RFC 4861). */
import { in6Addr, type In6Addr } from '../../../server/language/in6Addr.ts';
import { tagged } from '../struct.ts';
import { u16, u32, u8 } from './bytes.ts';

export interface icmp6hdr {
  icmp6_type: number;
  icmp6_code: number;
  icmp6_cksum: number;
  icmp6_identifier: number;
  icmp6_sequence: number;
  icmp6_mtu: number;
  /** null: the message has none. */
  target: In6Addr | null;
}

const SOLICITATION = 135;
const ADVERTISEMENT = 136;

export function icmpv6Header(bytes: Uint8Array, at: number): icmp6hdr {
  const type = u8(bytes, at);
  return tagged('icmp6hdr', {
    icmp6_type: type,
    icmp6_code: u8(bytes, at + 1),
    icmp6_cksum: u16(bytes, at + 2),
    icmp6_identifier: u16(bytes, at + 4),
    icmp6_sequence: u16(bytes, at + 6),
    icmp6_mtu: u32(bytes, at + 4),
    target: type === SOLICITATION || type === ADVERTISEMENT ? targetAt(bytes, at + 8) : null,
  });
}

function targetAt(bytes: Uint8Array, at: number): In6Addr {
  return in6Addr([0, 2, 4, 6, 8, 10, 12, 14].map((offset) => u16(bytes, at + offset)));
}

const NAMES: Readonly<Record<number, string>> = {
  1: 'destination unreachable',
  2: 'packet too big',
  3: 'time exceeded',
  4: 'parameter problem',
  128: 'echo request',
  129: 'echo reply',
};

const UNREACHABLE: Readonly<Record<number, string>> = {
  0: 'unreachable route',
  1: 'unreachable prohibited',
  3: 'unreachable address',
  4: 'unreachable port',
};

/** As tcpdump says it. */
export function icmpv6Text({ icmp6_type: type, icmp6_code: code, icmp6_mtu, target }: icmp6hdr): string {
  if (type === SOLICITATION) return `neighbor solicitation, who has ${target}`;
  if (type === ADVERTISEMENT) return `neighbor advertisement, tgt is ${target}`;
  if (type === 1) return `destination unreachable, ${UNREACHABLE[code] ?? `code ${code}`}`;
  if (type === 2) return `packet too big, mtu ${icmp6_mtu}`;
  return NAMES[type] ?? `type-#${type} code ${code}`;
}
