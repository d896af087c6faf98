import assert from 'node:assert/strict';
import test from 'node:test';
import { childrenOf } from './children.ts';
import { ipv4, mac, prefix } from './format/address.ts';
import { inFormat } from './format/field.ts';
import { duration, parseTime, relative } from './format/time.ts';
import { hexDump } from './bytesRows.ts';
import { decodeFrame } from './headers/packet.ts';
import { packetLine } from './headers/line.ts';
import { lineageChain } from './lineage.ts';
import { processValue } from './processValue.ts';
import type { Lineage } from '../kernel/include/linux/skbuff.ts';

test('addresses and times', () => {
  assert.equal(ipv4(0xc0a80101), '192.168.1.1');
  assert.equal(mac([2, 0, 0, 0, 0, 255]), '02:00:00:00:00:ff');
  assert.deepEqual(
    [prefix(0, 0), prefix(0x0a000000, 24), prefix(0x0a000001, 32)],
    ['default', '10.0.0.0/24', '10.0.0.1'],
  );
  assert.deepEqual([0, 999, 1000, 1500, 2_000_000, 1_234_567_890].map(duration), [
    '0 ns',
    '999 ns',
    '1 us',
    '1.5 us',
    '2 ms',
    '1.235 s',
  ]);
  assert.deepEqual(['5ms', '1.5us', '2s', '0', '7', '1.5', 'x', '5 m', ''].map(parseTime), [
    5_000_000,
    1500,
    2_000_000_000,
    0,
    undefined,
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  assert.deepEqual([relative(5, 5), relative(1005, 5), relative(5, 1005)], ['now', 'in 1 us', '1 us ago']);
});

test('fields in their formats', () => {
  const rows: [unknown, string, string | undefined][] = [
    [0x0a000001, 'ipv4', '10.0.0.1'],
    [0x0800, 'ethertype', '0x0800 (ETH_P_IP)'],
    [17, 'ipproto', '17 (IPPROTO_UDP)'],
    [0x12, 'tcp', '0x12 (SYN|ACK)'],
    [2, 'nud', '0x2 (REACHABLE)'],
    [0, 'napi', '0'],
    [0, 'task', '0 (RUNNING)'],
    [0x40000000, 'nud', '0x40000000 (0x40000000)'],
    [10, 'tcp_state', '10 (TCP_LISTEN)'],
    [2500, 'when', '2500 (in 1.5 us)'],
    [1, 'jiffies', '1 (in 3.999 ms)'],
    ['text', 'ipv4', undefined],
    [null, 'hex', undefined],
    [[1, 2, 3, 4, 5, 6], 'mac', '01:02:03:04:05:06'],
  ];
  for (const [value, format, expected] of rows) assert.equal(inFormat(value, format, 1000), expected, format);
});

const bytes = (hex: string): Uint8Array =>
  Uint8Array.from(hex.replaceAll(' ', '').match(/../g)!, (pair) => Number.parseInt(pair, 16));
const ETHERNET = '0200 0000 0001 0200 0000 0002';
const packets: readonly (readonly [string, string])[] = [
  [
    `${ETHERNET} 0800 4500 0021 0001 4000 40 11 26c9 0a000002 0a000001 9c40 0007 000d 0000 68656c6c6f`,
    'IP 10.0.0.2.40000 > 10.0.0.1.7: UDP, length 5',
  ],
  [
    `${ETHERNET} 0806 0001 0800 06 04 0001 020000000002 0a000002 000000000000 0a000001`,
    'ARP, Request who-has 10.0.0.1 tell 10.0.0.2',
  ],
  [
    `${ETHERNET} 0806 0001 0800 06 04 0002 020000000001 0a000001 020000000002 0a000002`,
    'ARP, Reply 10.0.0.1 is-at 02:00:00:00:00:01',
  ],
  [
    `${ETHERNET} 0800 4500 0028 0001 4000 40 06 26c9 0a000002 0a000001 9c40 0050 00000001 00000000 5002 ffff 0000 0000`,
    'IP 10.0.0.2.40000 > 10.0.0.1.80: Flags [S], seq 1, win 65535, length 0',
  ],
  [
    `${ETHERNET} 0800 4500 001c 0001 2000 40 11 26c9 0a000002 0a000001 9c40 0007 1000 0000`,
    'IP 10.0.0.2.40000 > 10.0.0.1.7: UDP, length 4088, fragment at 0+',
  ],
  [
    `${ETHERNET} 0800 4500 001c 0001 00b9 40 11 26c9 0a000002 0a000001 9c40 0007 1000 0000`,
    'IP 10.0.0.2 > 10.0.0.1: ip-proto-17, length 8, fragment at 1480',
  ],
  [
    `${ETHERNET} 0800 4500 001c 0001 0000 40 01 26c9 0a000002 0a000001 0303 0000 0000 0000`,
    'IP 10.0.0.2 > 10.0.0.1: ICMP port unreachable, length 8',
  ],
  ['0200', '2 bytes'],
];

test('packets on one line, as tcpdump prints them', () => {
  for (const [hex, line] of packets) assert.equal(packetLine(decodeFrame(bytes(hex), 0, bytes(hex).length)), line);
});

test('no cut of a packet breaks the decoders', () => {
  for (const [hex] of packets)
    for (let end = 0; end <= bytes(hex).length; end++)
      assert.equal(typeof packetLine(decodeFrame(bytes(hex), 0, end)), 'string');
});

test('lineage reads from the write on', () => {
  const step = (kind: Lineage['kind'], id: number, host: string, from: Lineage[]): Lineage => ({
    kind,
    id,
    event: 0,
    time: 0,
    host,
    from,
    offset: 0,
    length: 5,
    line: 0,
  });
  const write = step('write', 6, 'client', []);
  const frame = step('frame', 9, 'client', [step('kernel', 7, 'client', [write])]);
  const received = step('receive', 12, 'server', [frame]);
  assert.equal(
    lineageChain(received, (root) => (root === write ? 'client.app line 12' : undefined)),
    'written by client.app line 12 -> made by the kernel as skb 7 on client -> frame 9 on client -> received as skb 12 on server',
  );
});

test('arrays in pages, bytes in rows', () => {
  const items = Array.from({ length: 1000 }, (_, i) => i);
  const page = childrenOf(items, 'list', { now: 0, writer: () => undefined }, { start: 990, count: 5 });
  assert.deepEqual(
    page.map((child) => [child.name, child.expression]),
    [990, 991, 992, 993, 994].map((i) => [`[${i}]`, `list[${i}]`]),
  );
  assert.equal(hexDump(bytes('68656c6c6f00')), '0x0000:  68 65 6c 6c 6f 00                                hello.');
});

test('a pollfd of a process on one line: what it watches for, and what is ready', () => {
  const pollfd = (events: number, revents: number) => ({ kind: 'pollfd', fd: 3, events, revents });
  assert.equal(processValue(pollfd(0x2001, 0)), 'fd 3 POLLIN|POLLRDHUP: not ready');
  assert.equal(processValue(pollfd(1, 0x11)), 'fd 3 POLLIN: POLLIN|POLLHUP');
  assert.equal(processValue(pollfd(0, 0x20)), 'fd 3 nothing: POLLNVAL');
});

test('a list of a process on one line: a set of descriptors whole', () => {
  const list = (...items: unknown[]) => processValue({ kind: 'list', items });
  assert.equal(list(3, 5), '[3, 5]');
  assert.equal(list(), '[]');
  assert.equal(list('a'), '1 element');
  assert.equal(list('a', 3), '2 elements');
});
