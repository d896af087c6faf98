/** `ss -tinme` and its kin (iproute2): sockets of a host, what waits in their queues, and what TCP knows of each connection. */
import { nowOf } from '../../look.ts';
import type { Host } from '../../../kernel/include/linux/host.ts';
import type { sock } from '../../../kernel/include/net/sock.ts';
import { ipv4 } from '../../format/address.ts';
import { JIFFY } from '../../format/time.ts';
import { columns } from '../table.ts';
import { type End, type Entry, LISTEN, packetEntries, tcpEntries, udpEntries } from './entries.ts';
import { infoText, listenerText } from './infoText.ts';
import type { SsOptions } from './options.ts';
import { holders } from './processes.ts';
import { tcpInfo } from './tcpInfo.ts';
import { timerText } from './timer.ts';

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

/** LISTEN, UNCONN; and what only -a shows: SYN-RECV, TIME-WAIT. */
const WAITING = [LISTEN, 7];
const PASSING = [3, 6, 12];

export function ss(host: Host, options: SsOptions): string {
  const jiffy = Math.floor(nowOf(host.world) / JIFFY);
  const entries = [
    ...(options.packet ? packetEntries(host) : []),
    ...(options.udp ? udpEntries(host) : []),
    ...(options.tcp ? tcpEntries(host) : []),
  ].filter((entry) => isWanted(entry, options));
  const both = options.packet || (options.udp && options.tcp);
  const head = ['State', 'Recv-Q', 'Send-Q', 'Local Address:Port', 'Peer Address:Port'];
  const rows = entries.map((entry) => [
    ...(both ? [entry.netid] : []),
    ...row(entry),
    trailer(host, entry, options, jiffy),
  ]);
  const table = options.header ? [[...(both ? ['Netid'] : []), ...head], ...rows] : rows;
  return withSecondLines(columns(table, 1), entries, options, jiffy);
}

function isWanted({ state, link }: Entry, { states }: SsOptions): boolean {
  if (link !== null) return true;
  if (states === 'all') return true;
  return states === 'listening' ? WAITING.includes(state) : !WAITING.includes(state) && !PASSING.includes(state);
}

function row({ state, receiveQueue, sendQueue, local, peer, link }: Entry): string[] {
  const ends = link === null ? [endText(local), endText(peer)] : [link, '*'];
  return [STATES[state] ?? String(state), String(receiveQueue), String(sendQueue), ...ends];
}

const endText = (end: End): string => `${addressText(end)}:${end.port === 0 ? '*' : end.port}`;

function addressText({ address, both }: End): string {
  if (typeof address === 'number') return ipv4(address);
  return both && address === '::' ? '*' : `[${address}]`;
}

/** What stands behind the addresses: who holds it (-p), its timer (-o), its identity and which directions are shut (-e). */
function trailer(host: Host, entry: Entry, options: SsOptions, jiffy: number): string {
  const parts = [
    options.processes && entry.sk !== null ? holders(host, entry.sk) : '',
    options.timers && entry.netid === 'tcp' ? timerText(entry, jiffy) : '',
    options.details ? `sk:${entry.id.toString(16)}` : '',
    options.details && entry.sk !== null ? directions(entry.sk) : '',
  ];
  return parts.filter((part) => part !== '').join(' ');
}

const directions = ({ sk_shutdown }: sock): string =>
  `${(sk_shutdown & 1) === 0 ? '<' : '-'}-${(sk_shutdown & 2) === 0 ? '>' : '-'}`;

/** The real tool puts memory and TCP's figures on a line of their own, after a tab. */
function withSecondLines(text: string, entries: readonly Entry[], options: SsOptions, jiffy: number): string {
  if (!options.memory && !options.info) return text;
  const lines = text.split('\n');
  const first = lines.length - entries.length;
  return lines
    .map((line, i) => (i < first ? line : `${line}\n\t ${secondLine(entries[i - first]!, options, jiffy)}`.trimEnd()))
    .join('\n');
}

function secondLine({ sk, netid }: Entry, options: SsOptions, jiffy: number): string {
  if (sk === null) return '';
  const parts = [options.memory ? memory(sk) : '', options.info && netid === 'tcp' ? figures(sk, jiffy) : ''];
  return parts.filter((part) => part !== '').join(' ');
}

function figures(sk: sock, jiffy: number): string {
  const info = tcpInfo(sk, jiffy);
  return [sk.sk_state === LISTEN ? listenerText(info) : infoText(info), md5Keys(sk)]
    .filter((part) => part !== '')
    .join(' ');
}

/** Keys for signed segments; ss writes blanks and commas of a key in octal. */
function md5Keys(sk: sock): string {
  const keys = sk.tcp?.md5sig_info?.head ?? [];
  const escaped = (key: string): string =>
    key.replace(/[ ,\\]/g, (letter) => `\\${letter.charCodeAt(0).toString(8).padStart(3, '0')}`);
  return keys.length === 0
    ? ''
    : `md5keys:${keys.map((key) => `${ipv4(key.addr)}/${key.prefixlen}=${escaped(key.key)}`).join(',')}`;
}

function memory(sk: sock): string {
  return `skmem:(r${sk.sk_rmem_alloc},rb${sk.sk_rcvbuf},t${Math.max(0, sk.sk_wmem_alloc - 1)},tb${sk.sk_sndbuf},f${sk.sk_forward_alloc},w${sk.sk_wmem_queued},o${sk.sk_omem_alloc},bl${sk.sk_backlog.len},d${sk.sk_drops})`;
}
