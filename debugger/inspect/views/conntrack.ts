/** `conntrack -L`, `conntrack -S` and what /proc tells of connection tracking (net/netfilter/nf_conntrack_standalone.c). */
import type { Host } from '../../kernel/include/linux/host.ts';
import {
  type ip_conntrack_stat,
  IPS_ASSURED,
  IPS_SEEN_REPLY,
  type nf_conn,
  type nf_conntrack_tuple,
} from '../../kernel/include/net/netfilter/nf_conntrack.ts';
import { ipv4 } from '../format/address.ts';
import { ENUMERATIONS } from '../format/flags.ts';
import { JIFFY } from '../format/time.ts';

const PROTOCOLS: Readonly<Record<number, string>> = { 1: 'icmp', 6: 'tcp', 17: 'udp' };
const ICMP = 1;

/** The connections that are in the table, in the order of its buckets. */
export function connections(host: Host): nf_conn[] {
  const { ct } = host;
  if (ct === null) return [];
  return Object.values(ct.hash).flatMap((chain) => chain.flatMap((each) => (each.tuple.dir === 0 ? [each.ct] : [])));
}

/** `src=10.0.0.2 dst=10.0.0.1 sport=40000 dport=80`. */
export function tupleText({ src, src_port, dst, dst_port, protonum }: nf_conntrack_tuple): string {
  const ends = `src=${ipv4(src)} dst=${ipv4(dst)}`;
  if (protonum === ICMP) return `${ends} type=${dst_port >> 8} code=${dst_port & 255} id=${src_port}`;
  return PROTOCOLS[protonum] === undefined ? ends : `${ends} sport=${src_port} dport=${dst_port}`;
}

/** `ESTABLISHED`, as /proc has it. */
export function tcpConntrackName(state: number): string {
  return (ENUMERATIONS.tcp_conntrack!.get(state) ?? String(state)).replace('TCP_CONNTRACK_', '');
}

/** From the protocol's name on; `zone`: as /proc shows it. */
function line(ct: nf_conn, now: number, zone: string): string {
  const { tuple } = ct.tuplehash[0];
  const name = PROTOCOLS[tuple.protonum] ?? 'unknown';
  const seconds = Math.max(0, Math.floor((ct.timeout * JIFFY - now) / 1_000_000_000));
  const parts = [
    `${name.padEnd(8)} ${tuple.protonum} ${seconds}`,
    ct.tcp === null ? '' : tcpConntrackName(ct.tcp.state),
    tupleText(tuple),
    (ct.status & IPS_SEEN_REPLY) === 0 ? '[UNREPLIED]' : '',
    tupleText(ct.tuplehash[1].tuple),
    (ct.status & IPS_ASSURED) === 0 ? '' : '[ASSURED]',
    `mark=${ct.mark}${zone}`,
    `use=${ct.use}`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}

export function procNfConntrack(host: Host): string {
  return connections(host)
    .map((ct) => `ipv4     2 ${line(ct, host.world.now, ' zone=0')}`)
    .join('\n');
}

export function conntrackList(host: Host): string {
  const lines = connections(host).map((ct) => line(ct, host.world.now, ''));
  return [...lines, `conntrack v1.4.8 (conntrack-tools): ${lines.length} flow entries have been shown.`].join('\n');
}

const STATISTICS = [
  'found',
  'invalid',
  'insert',
  'insert_failed',
  'drop',
  'early_drop',
  'error',
  'search_restart',
  'clash_resolve',
  'chaintoolong',
] as const satisfies readonly (keyof ip_conntrack_stat)[];

export function conntrackStatistics(host: Host): string {
  const rows = host.ct?.stat ?? [];
  return rows
    .map((stat, cpu) => `cpu=${cpu}   \t${STATISTICS.map((name) => `${name}=${stat[name]}`).join(' ')} `)
    .join('\n');
}

/** Columns of /proc/net/stat/nf_conntrack; those that the kernel no longer counts are 0. */
const COLUMNS =
  'entries  clashres found new invalid ignore delete chainlength insert insert_failed drop early_drop icmp_error  expect_new expect_create expect_delete search_restart';

export function procStatNfConntrack(host: Host): string {
  const hex = (value: number): string => value.toString(16).padStart(8, '0');
  const rows = (host.ct?.stat ?? []).map((s) => {
    const seen = [s.clash_resolve, s.found, 0, s.invalid, 0, 0, s.chaintoolong, s.insert, s.insert_failed, s.drop];
    const last = [s.expect_new, s.expect_create, s.expect_delete, s.search_restart];
    return `${hex(host.ct!.count)}  ${[...seen, s.early_drop, s.error].map(hex).join(' ')}  ${last.map(hex).join(' ')}`;
  });
  return [COLUMNS, ...rows].join('\n');
}

/** What `host.conntrack` answers to in expectations and watches: the number of connections, the counters of all CPUs together, the entries. */
export function conntrackTotals(host: Host): Record<string, unknown> {
  const total = (name: keyof ip_conntrack_stat): number =>
    (host.ct?.stat ?? []).reduce((sum, each) => sum + each[name], 0);
  return {
    count: host.ct?.count ?? 0,
    ...Object.fromEntries(STATISTICS.map((name) => [name, total(name)])),
    entries: connections(host),
  };
}
