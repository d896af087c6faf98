/**
 * TCP segments as IP packets and back.
 *
 *   | IPv4 20 | TCP 20 + options | zero bytes |
 */
import { sum_bytes } from '../../debugger/machine/frame_sum.ts';
import { get16, get32, put16, put32 } from '../../debugger/machine/frame_words.ts';
import type { Ecn, Option } from './packet_line.ts';

/** A segment in live numbers: sequence, acknowledgement and SACK as they stand on the wire. */
export interface LiveSegment {
  readonly source: number;
  readonly destination: number;
  readonly sport: number;
  readonly dport: number;
  readonly flags: number;
  readonly seq: number;
  readonly ack: number;
  readonly win: number;
  readonly urg: number;
  readonly len: number;
  readonly options: readonly Option[];
  readonly tos: number;
  readonly ttl: number;
}

export const IPV4 = 20;
const TCP = 20;
export const PROTO_TCP = 6;
const ECN_BITS: Readonly<Record<Exclude<Ecn, null | 'ect01'>, number>> = { noecn: 0, ect1: 1, ect0: 2, ce: 3 };

/** The ECN field that a script's word stands for; 'ect01' is either. */
export const ecnBits = (ecn: Ecn): number => (ecn === null || ecn === 'ect01' ? 0 : ECN_BITS[ecn]);

/** Kinds of options whose value is one number of so many bytes. */
const NUMBERS: Readonly<Record<string, readonly [kind: number, bytes: number]>> = { mss: [2, 2], wscale: [3, 1] };
const EXPERIMENT = [254, 0xf9, 0x89];
/** AccECN's counters by option kind (RFC 9768, section 3.2.3). */
const ACCECN: Readonly<Record<number, readonly string[]>> = { 172: ['e0b', 'ceb', 'e1b'], 174: ['e1b', 'ceb', 'e0b'] };

export function encode(segment: LiveSegment): Uint8Array {
  const options = segment.options.flatMap(optionBytes);
  while (options.length % 4 !== 0) options.push(0);
  const header = TCP + options.length;
  const bytes = new Uint8Array(IPV4 + header + segment.len);
  putIpHeader(bytes, 0, bytes.length, PROTO_TCP, segment);
  put16(bytes, IPV4, segment.sport);
  put16(bytes, IPV4 + 2, segment.dport);
  put32(bytes, IPV4 + 4, segment.seq);
  put32(bytes, IPV4 + 8, segment.ack);
  put16(bytes, IPV4 + 12, ((header >> 2) << 12) | segment.flags);
  put16(bytes, IPV4 + 14, segment.win);
  put16(bytes, IPV4 + 18, segment.urg);
  bytes.set(options, IPV4 + TCP);
  const pseudo = sum_bytes(bytes, 12, 8, PROTO_TCP + header + segment.len);
  put16(bytes, IPV4 + 16, ~sum_bytes(bytes, IPV4, header + segment.len, pseudo) & 0xffff);
  return bytes;
}

/** An IPv4 header without options, DF set, with its checksum. */
export function putIpHeader(bytes: Uint8Array, at: number, length: number, protocol: number, { source, destination, tos, ttl }: Pick<LiveSegment, 'source' | 'destination' | 'tos' | 'ttl'>): void {
  bytes[at] = 0x45;
  bytes[at + 1] = tos;
  put16(bytes, at + 2, length);
  put16(bytes, at + 6, 0x4000);
  bytes[at + 8] = ttl;
  bytes[at + 9] = protocol;
  put32(bytes, at + 12, source);
  put32(bytes, at + 16, destination);
  put16(bytes, at + 10, ~sum_bytes(bytes, at, IPV4, 0) & 0xffff);
}

function optionBytes(option: Option): number[] {
  const [name, ...rest] = option;
  if (name === 'nop') return [1];
  if (name === 'eol') return [0];
  if (name === 'sackOK') return [4, 2];
  if (name === 'sack') return [5, 2 + 8 * rest.length, ...rest.flatMap((block) => block.split(':').flatMap((edge) => numberBytes(Number(edge), 4)))];
  if (name === 'TS') return [8, 10, ...numberBytes(Number(rest[1]), 4), ...numberBytes(Number(rest[3]), 4)];
  if (name === 'FO') return [34, 2 + (rest[0]?.length ?? 0) / 2, ...hexBytes(rest[0])];
  if (name === 'FOEXP') return [EXPERIMENT[0]!, 4 + (rest[0]?.length ?? 0) / 2, ...EXPERIMENT.slice(1), ...hexBytes(rest[0])];
  if (name === 'md5') return [19, 18, ...hexBytes(rest[0])];
  if (name === 'ECN') return accEcnBytes(rest);
  const number = NUMBERS[name!];
  if (number === undefined) throw new Error(`option '${name}' is not understood`);
  return [number[0], 2 + number[1], ...numberBytes(Number(rest[0]), number[1])];
}

function accEcnBytes(words: readonly string[]): number[] {
  const counters = words.filter((_, i) => i % 2 === 1).flatMap((each) => numberBytes(Number(each), 3));
  return [words[0] === 'e0b' ? 172 : 174, 2 + counters.length, ...counters];
}

function numberBytes(value: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => Math.floor(value / 2 ** (8 * (count - 1 - i))) & 0xff);
}

const hexBytes = (hex = ''): number[] => (hex.match(/../g) ?? []).map((each) => Number.parseInt(each, 16));

/** What an IP packet carries; null when it is no TCP segment. */
export function decode(bytes: Uint8Array, ip: number): LiveSegment | null {
  if (bytes[ip + 9] !== PROTO_TCP) return null;
  const tcp = ip + (bytes[ip]! & 15) * 4;
  const header = (bytes[tcp + 12]! >> 4) * 4;
  return {
    source: get32(bytes, ip + 12), destination: get32(bytes, ip + 16), sport: get16(bytes, tcp), dport: get16(bytes, tcp + 2),
    flags: get16(bytes, tcp + 12) & 0xfff, seq: get32(bytes, tcp + 4), ack: get32(bytes, tcp + 8), win: get16(bytes, tcp + 14), urg: get16(bytes, tcp + 18),
    len: get16(bytes, ip + 2) - (tcp - ip) - header, options: readOptions(bytes, tcp + TCP, tcp + header), tos: bytes[ip + 1]!, ttl: bytes[ip + 8]!,
  };
}

function readOptions(bytes: Uint8Array, from: number, to: number): Option[] {
  const options: Option[] = [];
  for (let at = from; at < to; ) {
    const kind = bytes[at]!;
    const size = kind <= 1 ? 1 : bytes[at + 1]!;
    options.push(optionWords(kind, bytes.subarray(at + 2, at + size)));
    at += Math.max(size, 1);
  }
  return options;
}

function optionWords(kind: number, data: Uint8Array): Option {
  const value = (at: number, count: number): number => data.subarray(at, at + count).reduce((sum, each) => sum * 256 + each, 0);
  const hex = (from: number): string[] => (data.length > from ? [Buffer.from(data.subarray(from)).toString('hex')] : []);
  if (kind === 0) return ['eol'];
  if (kind === 1) return ['nop'];
  if (kind === 2) return ['mss', String(value(0, 2))];
  if (kind === 3) return ['wscale', String(value(0, 1))];
  if (kind === 4) return ['sackOK'];
  if (kind === 5) return ['sack', ...Array.from({ length: data.length / 8 }, (_, i) => `${value(8 * i, 4)}:${value(8 * i + 4, 4)}`)];
  if (kind === 8) return ['TS', 'val', String(value(0, 4)), 'ecr', String(value(4, 4))];
  if (kind === 34) return ['FO', ...hex(0)];
  if (kind === EXPERIMENT[0] && value(0, 2) === 0xf989) return ['FOEXP', ...hex(2)];
  if (kind === 19) return ['md5', ...hex(0)];
  const counters = ACCECN[kind];
  if (counters !== undefined) return ['ECN', ...Array.from({ length: data.length / 3 }, (_, i) => [counters[i]!, String(value(3 * i, 3))]).flat()];
  return [`kind${kind}`, ...hex(0)];
}
