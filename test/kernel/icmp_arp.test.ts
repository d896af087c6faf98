/** ICMP messages and ARP packets byte by byte: what a host does with those that few others send. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { buildWorld, run } from '../../debugger/world/engine.ts';
import type { World } from '../../debugger/machine/types.ts';
import { SKB_EXT_ERR } from '../../debugger/kernel/include/linux/errqueue.ts';
import { csum_fold, csum_partial } from '../../debugger/kernel/net/core/skbuff/checksum.ts';
import { analyse } from '../../server/language/analyse.ts';

const HOST_MAC = [2, 0, 0, 0, 0, 1];
const PEER_MAC = [2, 0, 0, 0, 0, 9];
const HOST_IP = [10, 0, 0, 1];
const PEER_IP = [10, 0, 0, 9];

const sum = (bytes: number[]): number[] => {
  const check = csum_fold(csum_partial(Uint8Array.from(bytes), 0, bytes.length, 0));
  return [check >> 8, check & 0xff];
};

const eth = (to: number[], type: number, payload: number[]): number[] => [...to, ...PEER_MAC, type >> 8, type & 0xff, ...payload];

function ip(proto: number, from: number[], to: number[], payload: number[]): number[] {
  const len = 20 + payload.length;
  const header = [0x45, 0, len >> 8, len & 0xff, 0, 7, 0, 0, 64, proto, 0, 0, ...from, ...to];
  header.splice(10, 2, ...sum(header));
  return [...header, ...payload];
}

function icmp(type: number, code: number, rest: number[], payload: number[]): number[] {
  const message = [type, code, 0, 0, ...rest, ...payload];
  message.splice(2, 2, ...sum(message));
  return eth(HOST_MAC, 0x0800, ip(1, PEER_IP, HOST_IP, message));
}

const arp = (op: number, sha: number[], sip: number[], tha: number[], tip: number[]): number[] =>
  eth(op === 1 ? [255, 255, 255, 255, 255, 255] : HOST_MAC, 0x0806, [0, 1, 8, 0, 6, 4, 0, op, ...sha, ...sip, ...tha, ...tip]);

const hex = (bytes: number[]): string => `0x${bytes.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;

/** A host and what comes to it, a millisecond apart from 5 ms on. */
function play(frames: number[][], host = '', process = 'sleep 1ms'): World {
  const { scenario, diagnostics } = analyse(
    `link wire { rate 1Gbps }
host a { ${host} nic eth0 { link wire; address 10.0.0.1/24; mac 02:00:00:00:00:01 } process app { ${process} } }
host b { nic eth0 { link wire; address 10.0.0.2/24 } }
traffic { ${frames.map((each, i) => `at ${5 + i}ms: frame ${hex(each)}, enters wire at a`).join('\n')} }`,
    'icmp.netpath',
  );
  assert.ok(scenario !== null, diagnostics.map((each) => each.message).join('; '));
  const world = buildWorld(scenario, 1);
  run(world, { event: Number.MAX_SAFE_INTEGER, time: 60e6 }, null);
  return world;
}

const drops = (world: World): string[] => world.log.filter((each) => each.kind === 'drop' && each.host === 'a').map((each) => each.reason);

test('an echo reply that no ping socket waits for, a type that does not exist, quoted headers that are none', () => {
  const world = play([icmp(0, 0, [0, 1, 0, 1], []), icmp(40, 0, [0, 0, 0, 0], []), icmp(3, 1, [0, 0, 0, 0], new Array(28).fill(0x41)), icmp(3, 1, [0, 0, 0, 0], [0x45, 0])]);
  assert.deepEqual(drops(world), ['NO_SOCKET', 'UNHANDLED_PROTO', 'IP_INHDR', 'NOT_SPECIFIED']);
  const { Icmp } = world.hosts[0]!.mib;
  assert.deepEqual([Icmp.InMsgs, Icmp.InErrors, Icmp.InEchoReps], [4, 3, 1]);
});

test('errors about a datagram reach its socket: "source route failed" too; those with a code beyond the known ones do not', () => {
  const udp = [0x13, 0x88, 0, 9, 0, 8, 0, 0];
  const quoted = ip(17, HOST_IP, PEER_IP, udp);
  const process = 'fd = socket(AF_INET, SOCK_DGRAM); bind(fd, 0.0.0.0:5000); setsockopt(fd, IPPROTO_IP, IP_RECVERR, 1); connect(fd, 10.0.0.9:9); sleep 1s';
  const world = play([icmp(3, 16, [0, 0, 0, 0], quoted), icmp(3, 5, [0, 0, 0, 0], quoted)], '', process);
  const sk = world.hosts[0]!.udp_table.flat().find((each) => each.inet.inet_num === 5000)!;
  assert.deepEqual(sk.sk_error_queue.map((skb) => SKB_EXT_ERR(skb).ee.ee_errno), [95]);
  assert.equal(world.hosts[0]!.mib.Icmp.InDestUnreachs, 2);
});

test('a gratuitous answer whose target address is not its own sender does not replace an entry within locktime', () => {
  const other = [2, 0, 0, 0, 0, 77];
  const known = arp(1, PEER_MAC, PEER_IP, [0, 0, 0, 0, 0, 0], HOST_IP);
  const entry = (world: World): number[] => world.hosts[0]!.arp_tbl.entries.find((n) => n.primary_key === 0x0a000009)!.ha;
  assert.deepEqual(entry(play([known, arp(2, other, PEER_IP, HOST_MAC, PEER_IP)])), PEER_MAC);
  assert.deepEqual(entry(play([known, arp(2, other, PEER_IP, other, PEER_IP)])), other);
});

test('arp_filter: a device over which the way to who asks does not lead keeps silent', () => {
  const request = arp(1, PEER_MAC, [10, 9, 0, 9], [0, 0, 0, 0, 0, 0], HOST_IP);
  const second = 'nic eth1 { link other; address 10.9.0.1/24 }';
  const host = (filter: number): World => {
    const { scenario } = analyse(
      `link wire { rate 1Gbps } link other { rate 1Gbps }
host a { sysctl { net.ipv4.conf.all.arp_filter = ${filter} } nic eth0 { link wire; address 10.0.0.1/24; mac 02:00:00:00:00:01 } ${second} }
host b { nic eth0 { link wire; address 10.0.0.2/24 } nic eth1 { link other; address 10.9.0.2/24 } }
traffic { at 5ms: frame ${hex(request)}, enters wire at a }`,
      'filter.netpath',
    );
    const world = buildWorld(scenario!, 1);
    run(world, { event: Number.MAX_SAFE_INTEGER, time: 20e6 }, null);
    return world;
  };
  const answers = (world: World): number => world.hosts[0]!.devices[1]!.stats.tx_packets;
  assert.equal(answers(host(0)), 1);
  const silent = host(1);
  assert.deepEqual([answers(silent), silent.hosts[0]!.mib.TcpExt.ArpFilter], [0, 1]);
});
