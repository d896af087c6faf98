/**
 * Frames made by hand, for traffic that no program sends.
 *
 *   | Ethernet 14 | IPv4 20 | UDP 8 or TCP 20 | payload |
 */
import type { FrameSpec } from '../../server/language/scenario.ts';
import { sum_bytes } from '../machine/frame_sum.ts';
import { get16, put16, put32 } from '../machine/frame_words.ts';

/** What the wire's ends add to the spec. */
export interface FrameMacs { source: readonly number[]; destination: readonly number[] }

type Segment = Exclude<FrameSpec, { kind: 'bytes' }>;

const ETHERNET = 14;
const IPV4 = 20;
const PROTOCOLS = { udp: { number: 17, header: 8, checksum: 6 }, tcp: { number: 6, header: 20, checksum: 16 } } as const;
const MIN_FRAME = 60;
const TCP_WINDOW = 65535;

/** The Internet checksum (RFC 1071) of bytes[from, to) on top of `sum`. */
function internetChecksum(bytes: Uint8Array, from: number, to: number, sum: number): number {
  return ~sum_bytes(bytes, from, to - from, sum) & 0xffff;
}

/** Where a segment's ports and its checksum stand, from the frame's beginning. */
export function portAndChecksum(kind: Segment['kind']): { port: number; checksum: number } {
  return { port: ETHERNET + IPV4, checksum: ETHERNET + IPV4 + PROTOCOLS[kind].checksum };
}

/** A datagram or segment as a frame, with `headroom` free bytes before it; payload bytes count up from 0. */
export function segmentFrame(spec: Segment, macs: FrameMacs, headroom: number): { bytes: Uint8Array; length: number } {
  const { header, number } = PROTOCOLS[spec.kind];
  const length = ETHERNET + IPV4 + header + spec.payload;
  const bytes = new Uint8Array(headroom + Math.max(length, MIN_FRAME));
  const ip = headroom + ETHERNET;
  const transport = ip + IPV4;
  bytes.set(macs.destination, headroom);
  bytes.set(macs.source, headroom + 6);
  put16(bytes, headroom + 12, 0x0800);
  for (let i = 0; i < spec.payload; i++) bytes[transport + header + i] = i & 0xff;
  writeIpHeader(bytes, ip, spec, IPV4 + header + spec.payload, number);
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
  put32(bytes, ip + 12, ends.source);
  put32(bytes, ip + 16, ends.destination);
  put16(bytes, ip + 10, internetChecksum(bytes, ip, ip + IPV4, 0));
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
  for (let i = 12; i < 20; i += 2) pseudo += get16(bytes, ip + i);
  return internetChecksum(bytes, transport, transport + length, pseudo) || 0xffff;
}
