/** Casts and helpers that expressions may call: pure twins of the kernel's. Nothing here runs code of the model. */
import { ENUMERATIONS } from '../../inspect/format/flags.ts';
import { packetLine } from '../../inspect/headers/line.ts';
import {
  arp_hdr,
  eth_hdr,
  icmp_hdr,
  icmp6_hdr,
  ip_hdr,
  ipv6_hdr,
  packetOf,
  tcp_hdr,
  udp_hdr,
} from '../../inspect/headers/skb.ts';
import { lineageChain } from '../../inspect/lineage.ts';
import { structOf, typeName } from '../../inspect/struct.ts';
import type { sk_buff } from '../../kernel/include/linux/skbuff.ts';
import type { sock } from '../../kernel/include/net/sock.ts';
import { EvaluationError, type Found } from './found.ts';

export interface CallableTwin {
  /** What it wants, for messages and completion. */
  readonly takes: 'sk_buff' | 'sock' | 'number' | 'any';
  readonly doc: string;
  readonly run: (value: never) => Found;
}

const ofSkb = (doc: string, run: (skb: sk_buff) => unknown): CallableTwin => ({
  takes: 'sk_buff',
  doc,
  run: (skb: sk_buff) => ({ value: run(skb) }),
});
const ofSock = (doc: string, run: (sk: sock) => unknown): CallableTwin => ({
  takes: 'sock',
  doc,
  run: (sk: sock) => ({ value: run(sk) }),
});
/** The model keeps ports and addresses in host order, so a condition copied from the kernel means the same with and without it. */
const sameNumber = (doc: string): CallableTwin => ({ takes: 'number', doc, run: (value: number) => ({ value }) });

export const FUNCTIONS: Readonly<Record<string, CallableTwin>> = {
  eth_hdr: ofSkb('Ethernet header', eth_hdr),
  arp_hdr: ofSkb('ARP header', arp_hdr),
  ip_hdr: ofSkb('IPv4 header', ip_hdr),
  ipv6_hdr: ofSkb('IPv6 header', ipv6_hdr),
  icmp6_hdr: ofSkb('ICMPv6 header', icmp6_hdr),
  udp_hdr: ofSkb('UDP header', udp_hdr),
  tcp_hdr: ofSkb('TCP header', tcp_hdr),
  icmp_hdr: ofSkb('ICMP header', icmp_hdr),
  skb_shinfo: ofSkb('shared info', (skb) => skb.shinfo),
  skb_headlen: ofSkb('bytes in the linear part', (skb) => skb.len - skb.data_len),
  skb_headroom: ofSkb('free bytes before the data', (skb) => skb.data),
  skb_tailroom: ofSkb('free bytes behind the data', (skb) => skb.head.length - skb.tail),
  tcp_skb_cb: ofSkb('control block of TCP', (skb) => skb.cb),
  TCP_SKB_CB: ofSkb('control block of TCP', (skb) => skb.cb),
  skb_dst: ofSkb('route', (skb) => skb.dst),
  bytes: ofSkb('linear data', (skb) => skb.head.subarray(skb.data, Math.max(skb.data, skb.tail))),
  packet: ofSkb('the packet as tcpdump prints it', (skb) => packetLine(packetOf(skb))),
  lineage: ofSkb('where its bytes come from', (skb) => lineageChain(skb.lineage)),
  inet_sk: ofSock('struct inet_sock', (sk) => sk.inet),
  udp_sk: ofSock('struct udp_sock', (sk) => sk.udp),
  tcp_sk: ofSock('struct tcp_sock', (sk) => sk.tcp),
  inet_csk: ofSock('struct inet_connection_sock', (sk) => sk.icsk),
  ntohs: sameNumber('network to host order, 16 bits'),
  ntohl: sameNumber('network to host order, 32 bits'),
  htons: sameNumber('host to network order, 16 bits'),
  htonl: sameNumber('host to network order, 32 bits'),
  len: { takes: 'any', doc: 'number of elements or bytes', run: (value: unknown) => ({ value: lengthOf(value) }) },
  hex: { takes: 'number', doc: 'in hexadecimal', run: (value: number) => ({ value, format: 'hex' }) },
  ip: { takes: 'number', doc: 'as a dotted quad', run: (value: number) => ({ value, format: 'ipv4' }) },
};

function lengthOf(value: unknown): number {
  if (typeof value === 'string' || Array.isArray(value) || value instanceof Uint8Array) return value.length;
  const length =
    (value as { length?: unknown; qlen?: unknown } | null)?.length ?? (value as { qlen?: unknown } | null)?.qlen;
  if (typeof length !== 'number')
    throw new EvaluationError(`len() takes an array, bytes or a string, not ${typeName(value)}`);
  return length;
}

/** The wrong kind of argument is told before the twin would trip over it. */
export function callTwin(name: string, twin: CallableTwin, values: readonly unknown[]): Found {
  if (values.length !== 1) throw new EvaluationError(`${name}() takes one argument`);
  const [value] = values;
  const kind = typeof value === 'object' ? structOf(value) : typeof value;
  if (twin.takes !== 'any' && kind !== twin.takes)
    throw new EvaluationError(
      `${name}() takes ${twin.takes === 'number' ? 'a number' : `a struct ${twin.takes}`}, not ${typeName(value)}`,
    );
  return twin.run(value as never);
}

/** Enumerators of the kernel that the model's values have: TCP_LISTEN, PACKET_HOST, CHECKSUM_PARTIAL ... */
export const ENUMERATORS: ReadonlyMap<string, number> = new Map(
  Object.values(ENUMERATIONS)
    .flatMap((of) => [...of].map(([value, name]) => [name, value] as const))
    .filter(([name]) => /^[A-Z]/.test(name)),
);
