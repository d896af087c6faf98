/** `ss -u -a` (iproute2): sockets with the bytes that wait in their queues. */
import type { Host } from '../../kernel/include/linux/host.ts';
import type { sock } from '../../kernel/include/net/sock.ts';
import { ipv4 } from '../format/address.ts';
import { structOf } from '../struct.ts';
import { columns } from './table.ts';

const STATES: Readonly<Record<number, string>> = {
  1: 'ESTAB',
  2: 'SYN-SENT',
  3: 'SYN-RECV',
  4: 'FIN-WAIT-1',
  5: 'FIN-WAIT-2',
  6: 'TIME-WAIT',
  7: 'UNCONN',
  8: 'CLOSE-WAIT',
  9: 'LAST-ACK',
  10: 'LISTEN',
  11: 'CLOSING',
  12: 'SYN-RECV',
};

export interface SsOptions {
  udp: boolean;
  tcp: boolean;
  all: boolean;
  memory: boolean;
}

export function ss(host: Host, options: SsOptions): string {
  const wanted = socks(host).filter(
    ({ netid, sk }) => (netid === 'udp' ? options.udp : options.tcp) && (options.all || sk.sk_state === 1),
  );
  const both = options.udp && options.tcp;
  const head = [...(both ? ['Netid'] : []), 'State', 'Recv-Q', 'Send-Q', 'Local Address:Port', 'Peer Address:Port'];
  const rows = wanted.map(({ netid, sk }) => [
    ...(both ? [netid] : []),
    ...row(sk),
    ...(options.memory ? [memory(sk)] : []),
  ]);
  return columns([head, ...rows], 1);
}

function socks(host: Host): { netid: string; sk: sock }[] {
  const tcp = tcpSocks(host.tcp_tables);
  return [...host.udp_table.flat().map((sk) => ({ netid: 'udp', sk })), ...tcp.map((sk) => ({ netid: 'tcp', sk }))];
}

/** The tables of TCP hold socks in lists of several kinds: every sock in a list of theirs counts once. */
function tcpSocks(tables: unknown): sock[] {
  const found = new Set<sock>();
  const visit = (value: unknown, depth: number): void => {
    if (typeof value !== 'object' || value === null || depth > 4) return;
    if (structOf(value) === 'sock') found.add(value as sock);
    else for (const each of Object.values(value)) visit(each, depth + 1);
  };
  visit(tables, 0);
  return [...found];
}

function row(sk: sock): string[] {
  const { inet_rcv_saddr, inet_num, inet_daddr, inet_dport } = sk.inet;
  const peer = inet_dport === 0 ? '*' : String(inet_dport);
  return [
    STATES[sk.sk_state] ?? String(sk.sk_state),
    String(sk.sk_rmem_alloc),
    String(Math.max(0, sk.sk_wmem_alloc - 1)),
    `${ipv4(inet_rcv_saddr)}:${inet_num}`,
    `${ipv4(inet_daddr)}:${peer}`,
  ];
}

function memory(sk: sock): string {
  return `skmem:(r${sk.sk_rmem_alloc},rb${sk.sk_rcvbuf},t${Math.max(0, sk.sk_wmem_alloc - 1)},tb${sk.sk_sndbuf},f${sk.sk_forward_alloc},w${sk.sk_wmem_queued},o${sk.sk_omem_alloc},bl${sk.sk_backlog.len},d${sk.sk_drops})`;
}
