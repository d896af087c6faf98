/**
 * Frames made by hand, for traffic that no program sends.
 *
 *   | Ethernet 14 | IPv4 20 or IPv6 40 | UDP 8 or TCP 20 | payload |
 */
import { in6Words } from '../../server/language/in6Addr.ts';
import type { In6Addr } from '../../server/language/in6Addr.ts';
import type { FrameSpec } from '../../server/language/scenario.ts';
import { sum_bytes } from '../machine/frame_sum.ts';
import { get16, put16, put32 } from '../machine/frame_words.ts';

/** What the wire's ends add to the spec. */
export interface FrameMacs { source: readonly number[]; destination: readonly number[] }

type Segment = Exclude<FrameSpec, { kind: 'bytes' }>;

const ETHERNET = 14;
const IPV4 = 20;
const IPV6 = 40;
const ipHeader = ({ ends }: Segment): number => (typeof ends.source === 'string' ? IPV6 : IPV4);
const PROTOCOLS = { udp: { number: 17, header: 8, checksum: 6 }, tcp: { number: 6, header: 20, checksum: 16 } } as const;
const MIN_FRAME = 60;
const TCP_WINDOW = 65535;

/** The Internet checksum (RFC 1071) of bytes[from, to) on top of `sum`. */
function internetChecksum(bytes: Uint8Array, from: number, to: number, sum: number): number {
  return ~sum_bytes(bytes, from, to - from, sum) & 0xffff;
}

/** Where a segment's ports and its checksum stand, from the frame's beginning. */
export function portAndChecksum(spec: Segment): { port: number; checksum: number } {
  const transport = ETHERNET + ipHeader(spec);
  return { port: transport, checksum: transport + PROTOCOLS[spec.kind].checksum };
}

/** A datagram or segment as a frame, with `headroom` free bytes before it; payload bytes count up from 0. */
export function segmentFrame(spec: Segment, macs: FrameMacs, headroom: number): { bytes: Uint8Array; length: number } {
  const { header, number } = PROTOCOLS[spec.kind];
  const iplen = ipHeader(spec);
  const length = ETHERNET + iplen + header + spec.payload;
  const bytes = new Uint8Array(headroom + Math.max(length, MIN_FRAME));
  const ip = headroom + ETHERNET;
  const transport = ip + iplen;
  bytes.set(macs.destination, headroom);
  bytes.set(macs.source, headroom + 6);
  put16(bytes, headroom + 12, iplen === IPV6 ? 0x86dd : 0x0800);
  for (let i = 0; i < spec.payload; i++) bytes[transport + header + i] = i & 0xff;
  if (iplen === IPV6) writeIpv6Header(bytes, ip, spec, header + spec.payload, number);
  else writeIpHeader(bytes, ip, spec, IPV4 + header + spec.payload, number);
  put16(bytes, transport, spec.ends.sourcePort);
  put16(bytes, transport + 2, spec.ends.destinationPort);
  if (spec.kind === 'udp') put16(bytes, transport + 4, header + spec.payload);
  else writeTcpHeader(bytes, transport, spec);
  put16(bytes, transport + PROTOCOLS[spec.kind].checksum, transportChecksum(bytes, ip, transport, header + spec.payload, number));
  return { bytes, length: Math.max(length, MIN_FRAME) };
}

function writeIpHeader(bytes: Uint8Array, ip: number, { ends }: Segment, total: number, protocol: number): void {
  bytes[ip] = 0x45;
  put16(bytes, ip + 2, total);
  put16(bytes, ip + 6, 0x4000);
  bytes[ip + 8] = 64;
  bytes[ip + 9] = protocol;
  put32(bytes, ip + 12, ends.source as number);
  put32(bytes, ip + 16, ends.destination as number);
  put16(bytes, ip + 10, internetChecksum(bytes, ip, ip + IPV4, 0));
}

function writeIpv6Header(bytes: Uint8Array, ip: number, { ends }: Segment, payload: number, protocol: number): void {
  bytes[ip] = 0x60;
  put16(bytes, ip + 4, payload);
  bytes[ip + 6] = protocol;
  bytes[ip + 7] = 64;
  const words = [...in6Words(ends.source as In6Addr), ...in6Words(ends.destination as In6Addr)];
  for (const [i, word] of words.entries()) put16(bytes, ip + 8 + 2 * i, word);
}

function writeTcpHeader(bytes: Uint8Array, tcp: number, spec: Segment & { kind: 'tcp' }): void {
  put32(bytes, tcp + 4, spec.seq);
  put32(bytes, tcp + 8, spec.ack);
  put16(bytes, tcp + 12, ((PROTOCOLS.tcp.header >> 2) << 12) | spec.flags);
  put16(bytes, tcp + 14, TCP_WINDOW);
}

/** With the pseudo header; UDP writes 0xffff for 0, which means none, and for TCP the two are the same. */
function transportChecksum(bytes: Uint8Array, ip: number, transport: number, length: number, protocol: number): number {
  let pseudo = protocol + length;
  const in6 = bytes[ip]! >> 4 === 6;
  for (let i = in6 ? 8 : 12; i < (in6 ? 40 : 20); i += 2) pseudo += get16(bytes, ip + i);
  return internetChecksum(bytes, transport, transport + length, pseudo) || 0xffff;
}
