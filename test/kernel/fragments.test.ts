/** Fragments byte by byte: which ECN fields go together, what an overlap, a copy and a wrong end do, who hears when the rest does not come. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { buildWorld, run } from '../../debugger/world/engine.ts';
import type { World } from '../../debugger/machine/types.ts';
import { csum_fold, csum_partial } from '../../debugger/kernel/net/core/skbuff/checksum.ts';
import { analyse } from '../../server/language/analyse.ts';

const sum = (bytes: number[]): number[] => {
  const check = csum_fold(csum_partial(Uint8Array.from(bytes), 0, bytes.length, 0));
  return [check >> 8, check & 0xff];
};

/** A fragment from 10.0.0.9 to 10.0.0.1: bytes `from` to `to` of a UDP datagram of `whole` bytes to port 9, `more` to come; ECN field, DF. */
function fragment(from: number, to: number, more: boolean, ecn = 0, df = false, whole = 64): string {
  const datagram = [0x13, 0x88, 0, 9, 0, whole, 0, 0, ...new Array(whole - 8).fill(0x2e)];
  const payload = datagram.slice(from, to);
  const field = (from >> 3) | (more ? 0x2000 : 0) | (df ? 0x4000 : 0);
  const len = 20 + payload.length;
  const header = [0x45, ecn, len >> 8, len & 0xff, 0, 7, field >> 8, field & 0xff, 64, 17, 0, 0, 10, 0, 0, 9, 10, 0, 0, 1];
  header.splice(10, 2, ...sum(header));
  const frame = [2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 9, 8, 0, ...header, ...payload];
  return `0x${frame.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}

interface Outcome { drops: string[]; got: number; tos: number[]; oks: number; fails: number; overlaps: number; timeouts: number; told: number; waiting: number }

/** What a host makes of these, a millisecond apart. */
function play(frames: string[], sysctls = '', ms = 40): Outcome {
  const { scenario, diagnostics } = analyse(
    `link wire { rate 1Gbps }
host a {
  sysctl { ${sysctls} }
  nic eth0 { link wire; address 10.0.0.1/24; mac 02:00:00:00:00:01 }
  neighbour 10.0.0.9 lladdr 02:00:00:00:00:09 dev eth0
  process app { fd = socket(AF_INET, SOCK_DGRAM); bind(fd, 0.0.0.0:9); sleep 100s }
}
host b { nic eth0 { link wire; address 10.0.0.2/24 } }
traffic { ${frames.map((each, i) => `at ${5 + i}ms: frame ${each}, enters wire at a`).join('\n')} }`,
    'fragments.netpath',
  );
  assert.ok(scenario !== null, diagnostics.map((each) => each.message).join('; '));
  const world: World = buildWorld(scenario, 1);
  run(world, { event: Number.MAX_SAFE_INTEGER, time: ms * 1e6 }, null);
  const host = world.hosts[0]!;
  const { Ip, IpExt, Icmp } = host.mib;
  const sk = host.udp_table.flat().find((each) => each.inet.inet_num === 9)!;
  return {
    drops: world.log.filter((each) => each.kind === 'drop' && each.host === 'a').map((each) => each.reason), got: sk.sk_receive_queue.length, tos: sk.sk_receive_queue.map((skb) => skb.head[skb.network_header + 1]!),
    oks: Ip.ReasmOKs, fails: Ip.ReasmFails, overlaps: IpExt.ReasmOverlaps, timeouts: Ip.ReasmTimeout, told: Icmp.OutTimeExcds, waiting: host.frags.length,
  };
}

const NOTHING: Outcome = { drops: [], got: 0, tos: [], oks: 0, fails: 0, overlaps: 0, timeouts: 0, told: 0, waiting: 0 };

test('ECN: a mark on one fragment is a mark on the whole; fragments with and without ECN do not make a datagram', () => {
  assert.deepEqual(play([fragment(0, 32, true, 2), fragment(32, 64, false, 2)]), { ...NOTHING, got: 1, tos: [2], oks: 1 });
  assert.deepEqual(play([fragment(0, 32, true, 2), fragment(32, 64, false, 3)]), { ...NOTHING, got: 1, tos: [3], oks: 1 });
  assert.deepEqual(play([fragment(0, 32, true, 0), fragment(32, 64, false, 0)]), { ...NOTHING, got: 1, tos: [0], oks: 1 });
  assert.deepEqual(play([fragment(0, 32, true, 2), fragment(32, 64, false, 0)]), { ...NOTHING, fails: 1 });
});

test('a copy of what has come does no harm, be it of two fragments at once; an overlap is the end of the datagram', () => {
  const [a, b, c] = [fragment(0, 16, true), fragment(16, 32, true), fragment(32, 64, false)];
  assert.deepEqual(play([a, b, fragment(0, 32, true), c]), { ...NOTHING, drops: ['DUP_FRAG'], got: 1, tos: [0], oks: 1 });
  assert.deepEqual(play([a, b, fragment(8, 40, true)]), { ...NOTHING, drops: ['NOT_SPECIFIED'], fails: 1, overlaps: 1 });
});

test('a last fragment that ends before others, or a second end: nothing of the datagram is believed', () => {
  assert.deepEqual(play([fragment(0, 48, true), fragment(16, 32, false)]), { ...NOTHING, drops: ['NOT_SPECIFIED'], fails: 1 });
  assert.deepEqual(play([fragment(32, 64, false), fragment(64, 72, true, 0, false, 80)]), { ...NOTHING, drops: ['NOT_SPECIFIED'], fails: 1 });
});

test('the rest does not come: dropped when the time has run out; the sender is told only where the first fragment has come', () => {
  const late = 'net.ipv4.ipfrag_time = 1';
  assert.deepEqual(play([fragment(0, 32, true)], late, 2000), { ...NOTHING, drops: ['FRAG_REASM_TIMEOUT'], fails: 1, timeouts: 1, told: 1 });
  assert.deepEqual(play([fragment(32, 64, false)], late, 2000), { ...NOTHING, drops: ['FRAG_REASM_TIMEOUT'], fails: 1, timeouts: 1 });
});

test('too much memory is in fragments: not even the missing one is taken', () => {
  const frames = [fragment(0, 32, true), fragment(32, 64, false)];
  assert.deepEqual(play(frames, 'net.ipv4.ipfrag_high_thresh = 1000'), { ...NOTHING, drops: ['NOT_SPECIFIED'], fails: 1, waiting: 1 });
});
