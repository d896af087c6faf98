/** A packet of a script: `< [ce] P. 1:1001(1000) ack 1 win 257 <nop,nop,TS val 100 ecr 50>`. */
import { type IcmpEvent, icmpOf } from './icmp_line.ts';
import type { Scanner } from './scanner.ts';

/** IP's ECN bits; null where the script does not say. */
export type Ecn = 'noecn' | 'ect0' | 'ect1' | 'ect01' | 'ce' | null;

/** A TCP option by its words, as scripts write it: ['mss', '1460'], ['sack', '1:101', '201:301'], ['TS', 'val', '1', 'ecr', '0']. */
export type Option = readonly string[];

export interface Segment {
  readonly ecn: Ecn;
  readonly tos: number | null;
  readonly ttl: number | null;
  readonly ports: readonly [source: number, destination: number] | null;
  /** Bits of the two flag bytes, AE included. */
  readonly flags: number;
  readonly seq: number;
  readonly len: number;
  readonly ack: number;
  /** Unscaled; null: not checked. */
  readonly win: number | null;
  readonly urg: number;
  /** null: not checked. */
  readonly options: readonly Option[] | null;
}

export interface PacketEvent {
  readonly kind: 'packet';
  readonly inbound: boolean;
  readonly segment: Segment;
}

export const FIN = 0x01;
export const SYN = 0x02;
export const RST = 0x04;
export const PSH = 0x08;
export const ACK = 0x10;
export const CWR = 0x80;
const LETTERS: Readonly<Record<string, number>> = { F: FIN, S: SYN, R: RST, P: PSH, '.': ACK, U: 0x20, E: 0x40, W: CWR, A: 0x100, '-': 0 };
/** The three bits from which AccECN makes a counter: AE, CWR, ECE. */
const ACE_SHIFT = 6;

export function packetOf(scanner: Scanner): PacketEvent | IcmpEvent {
  const inbound = scanner.take('<');
  if (!inbound) scanner.expect('>');
  const info = scanner.match(/\[([^\]]*)\]|\(([^)]*)\)/y);
  if (inbound && scanner.take('icmp')) return icmpOf(scanner);
  if (scanner.sees('icmp') || scanner.sees('udp') || scanner.sees('ipv')) scanner.fail('only TCP is understood');
  const ports = scanner.match(/(\d+)\s*>\s*(\d+)/y);
  const flags = flagsOf(scanner.need(/[FSRPUEWA.\-0-7]+/y, 'flags')[0]);
  const range = scanner.need(/(\d+):(\d+)\((\d+)\)/y, 'first:last(length)');
  return {
    kind: 'packet', inbound,
    segment: {
      ...ipInfo(info === null ? '' : (info[1] ?? info[2] ?? '')), ports: ports === null ? null : [Number(ports[1]), Number(ports[2])],
      flags, seq: Number(range[1]), len: Number(range[3]), ack: field(scanner, 'ack') ?? 0, win: field(scanner, 'win'), urg: field(scanner, 'urg') ?? 0,
      options: optionsOf(scanner),
    },
  };
}

function field(scanner: Scanner, name: string): number | null {
  return scanner.match(new RegExp(`${name}\\b`, 'y')) === null ? null : scanner.integer();
}

function ipInfo(text: string): Pick<Segment, 'ecn' | 'tos' | 'ttl'> {
  const number = (name: string): number | null => {
    const found = new RegExp(`${name}\\s+(\\w+)`).exec(text);
    return found === null ? null : Number(found[1]);
  };
  return { ecn: (/noecn|ect01|ect0|ect1|ce/.exec(text)?.[0] ?? null) as Ecn, tos: number('tos'), ttl: number('ttl') };
}

function flagsOf(letters: string): number {
  let flags = 0;
  for (const letter of letters) flags |= LETTERS[letter] ?? Number(letter) << ACE_SHIFT;
  return flags;
}

function optionsOf(scanner: Scanner): Option[] | null {
  const text = scanner.match(/<([^>]*)>/y)?.[1];
  if (text === undefined) return [];
  if (text.trim() === '...') return null;
  return scanner.expand(text).split(',').map((each) => each.trim().split(/\s+/)).filter(([name]) => name !== '');
}
