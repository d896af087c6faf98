/** An ICMP error of a script: `< icmp unreachable frag_needed mtu 840 [0:1000(1000)]`, about a segment with these sequence numbers. */
import { sum_bytes } from '../../debugger/machine/frame_sum.ts';
import { put16, put32 } from '../../debugger/machine/frame_words.ts';
import type { Scanner } from './scanner.ts';
import { IPV4, PROTO_TCP, putIpHeader } from './tcp_frame.ts';

export interface IcmpEvent {
  readonly kind: 'icmp';
  readonly type: number;
  readonly code: number;
  readonly mtu: number;
  /** Of the segment quoted. */
  readonly seq: number;
}

/** What the quoted segment's headers bear. */
export interface Quoted {
  readonly source: number;
  readonly destination: number;
  readonly sport: number;
  readonly dport: number;
  readonly seq: number;
}

const TYPES: Readonly<Record<string, number>> = {
  echo_reply: 0, unreachable: 3, source_quench: 4, redirect: 5, echo_request: 8, time_exceeded: 11, parameter_problem: 12, timestamp_request: 13, timestamp_reply: 14,
  information_request: 15, information_reply: 16, address_mask_request: 17, address_mask_reply: 18,
};
const CODES = [
  'net_unreachable', 'host_unreachable', 'protocol_unreachable', 'port_unreachable', 'frag_needed', 'source_route_failed', 'net_unknown', 'host_unknown',
  'source_host_isolated', 'net_prohibited', 'host_prohibited', 'net_unreachable_for_tos', 'host_unreachable_for_tos', 'packet_filtered', 'precedence_violation', 'precedence_cutoff',
];

/** `type_3`, `code_255`. */
function numbered(what: string, word: string): number | null {
  const found = new RegExp(`^${what}_(\\d+)$`).exec(word);
  return found === null ? null : Number(found[1]);
}

/** After `icmp`. */
export function icmpOf(scanner: Scanner): IcmpEvent {
  const name = scanner.word();
  const type = TYPES[name] ?? numbered('type', name) ?? scanner.fail(`ICMP ${name} is not understood`);
  const word = scanner.match(/(?=[A-Za-z])(?!(?:mtu|id)\b)/y) === null ? null : scanner.word();
  const mtu = scanner.take('mtu') ? scanner.integer() : 0;
  if (scanner.take('id')) scanner.integer();
  const quoted = scanner.match(/\[(\d+):\d+\(\d+\)\]/y);
  return { kind: 'icmp', type, code: word === null ? 0 : (numbered('code', word) ?? CODES.indexOf(word)), mtu, seq: quoted === null ? 0 : Number(quoted[1]) };
}

const PROTO_ICMP = 1;
const TTL = 64;
const ICMP = 8;
const QUOTED_TCP = 8;
const SEGMENT = 1500;

/** The packet that the far host sends. */
export function encodeIcmp({ type, code, mtu }: IcmpEvent, quoted: Quoted): Uint8Array {
  const bytes = new Uint8Array(IPV4 + ICMP + IPV4 + QUOTED_TCP);
  putIpHeader(bytes, 0, bytes.length, PROTO_ICMP, { source: quoted.destination, destination: quoted.source, tos: 0, ttl: TTL });
  bytes[IPV4] = type;
  bytes[IPV4 + 1] = code;
  put16(bytes, IPV4 + 6, mtu);
  putIpHeader(bytes, IPV4 + ICMP, SEGMENT, PROTO_TCP, { ...quoted, tos: 0, ttl: TTL });
  const tcp = IPV4 + ICMP + IPV4;
  put16(bytes, tcp, quoted.sport);
  put16(bytes, tcp + 2, quoted.dport);
  put32(bytes, tcp + 4, quoted.seq);
  put16(bytes, IPV4 + 2, ~sum_bytes(bytes, IPV4, bytes.length - IPV4, 0) & 0xffff);
  return bytes;
}
