/** TCP socks, epoll instances and timers as the Variables view opens them, in the examples. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { analyse } from '../../../server/language/analyse.ts';
import { hashWorld } from '../../control/hash.ts';
import { evaluate, parse } from '../../control/expressions/evaluate.ts';
import { globals } from '../../control/expressions/globals.ts';
import { buildWorld, run } from '../../world/engine.ts';
import type { World } from '../../machine/types.ts';
import { type Child, childrenOf, isOpenable } from '../children.ts';
import type { Look } from '../look.ts';
import { present } from '../present.ts';
import { isGroup } from '../group.ts';

function worldAt(example: string, ms: number): World {
  const file = `examples/${example}.netpath`;
  const { scenario } = analyse(readFileSync(file, 'utf8'), file);
  const world = buildWorld(scenario!, 1);
  run(world, { event: Number.MAX_SAFE_INTEGER, time: ms * 1_000_000 }, null);
  return world;
}

const lookOf = (world: World): Look => ({ now: world.now, writer: () => undefined });

/** What stands at a path of names, opened from a host on. */
function opened(world: World, hostName: string, ...names: string[]): Child {
  const host = world.hosts.find(({ name }) => name === hostName)!;
  let at: Child = { name: hostName, value: host, expression: hostName };
  for (const name of names) {
    const all = childrenOf(at.value, at.expression, lookOf(world));
    const next = all.find((child) => child.name === name);
    assert.ok(next, `${name} in ${all.map((child) => child.name)}`);
    at = next;
  }
  return at;
}

const shown = (world: World, ...path: [string, ...string[]]): string => {
  const { value, format } = opened(world, ...path);
  return present(value, lookOf(world), format);
};

const ROWS: readonly (readonly [string, number, readonly [string, ...string[]], RegExp])[] = [
  [
    'send-only-queues',
    3.5,
    ['client', 'Sockets', 'app fd 3'],
    /^TCP 10\.0\.0\.2:\d+ > 10\.0\.0\.1:7000 ESTABLISHED, rx 0/,
  ],
  [
    'send-only-queues',
    3.5,
    ['client', 'Sockets', 'app fd 3', 'Sequence space'],
    /^14480 B sent and not acknowledged, 51056 B not sent, window 65160/,
  ],
  [
    'send-only-queues',
    3.5,
    ['client', 'Sockets', 'app fd 3', 'Congestion'],
    /^cubic, cwnd 10, 10 in flight, srtt 2\.\d+ ms/,
  ],
  ['send-only-queues', 3.5, ['client', 'Sockets', 'app fd 3', 'Congestion', 'icsk_ca_state'], /^0 \(TCP_CA_Open\)/],
  ['send-only-queues', 3.5, ['client', 'Sockets', 'app fd 3', 'Timers'], /^(TLP|RTO) in \d/],
  ['send-only-queues', 3.5, ['client', 'Sockets', 'app fd 3', 'Timers', 'icsk_rto'], /^51 \(204 ms\)/],
  ['send-only-queues', 3.5, ['client', 'Sockets', 'app fd 3', 'Memory'], /^received 0 of 131072, to send \d+ of 87040/],
  ['send-only-queues', 3.5, ['client', 'Sockets', 'app fd 3', 'Options'], /^timestamps, sack, wscale 7,7, mss 1448/],
  ['send-only-queues', 3.5, ['client', 'Sockets', 'app fd 3', 'Write queue'], /^\d+ skbs?, 51056 B/],
  ['send-only-queues', 3.5, ['client', 'Sockets', 'app fd 3', 'Retransmission queue'], /^\d+ skbs?, 14480 B/],
  [
    'send-only-queues',
    3.5,
    ['client', 'Sockets', 'app fd 3', 'Retransmission queue', '[0]'],
    /^0:\d+ \(skb \d+\), clone/,
  ],
  [
    'send-only-queues',
    3.5,
    ['client', 'Sockets', 'app fd 3', 'Retransmission queue', '[0]', 'lineage'],
    /^write \d+ on client -> /,
  ],
  ['send-only-queues', 3.5, ['client', 'Sockets', 'app fd 3', 'Receive queue'], /^empty/],
  ['send-only-queues', 3.5, ['server', 'Sockets', 'app fd 3', 'SYN queue'], /^[01] of 16/],
  ['slow-reader', 60, ['client', 'Timers'], /^[1-9]/],
  ['tcp-echo', 0.9, ['server', 'Sockets', 'echo fd 3'], /^TCP 0\.0\.0\.0:7 LISTEN/],
  ['tcp-echo', 0.9, ['server', 'Sockets', 'echo fd 3', 'SYN queue'], /^0 of 128/],
  ['tcp-echo', 0.9, ['server', 'Epoll instances'], /^1$/],
];

test('sockets, queues, timers', () => {
  for (const [example, ms, path, pattern] of ROWS)
    assert.match(shown(worldAt(example, ms), ...path), pattern, path.join('/'));
});

test('an epoll instance with its interests and who waits', () => {
  const world = worldAt('tcp-echo', 0.9);
  const name = opened(world, 'server', 'Epoll instances');
  const [first] = childrenOf(name.value, null, lookOf(world));
  const look = lookOf(world);
  const nodes = childrenOf(first!.value, first!.expression, look);
  const text = nodes.slice(0, 3).map((child) => `${child.name}: ${present(child.value, look)}`);
  assert.deepEqual(text, ['Interest list: 1', 'Ready list: empty', 'Waiters: 1']);
  assert.match(present(childrenOf(nodes[0]!.value, null, look)[0]!.value, look), /^fd \d: 0x\w+ \(EPOLLIN/);
  assert.match(present(first!.value, look), /^epoll: 1 interests, 0 ready, 1 waiting/);
});

/** Everything that inspection makes itself, opened to some depth. */
function openAll(world: World, child: Child, depth: number, visit: (child: Child) => void): void {
  visit(child);
  if (depth === 0 || !isOpenable(child.value)) return;
  for (const each of childrenOf(child.value, child.expression, lookOf(world)))
    if (each.virtual === true || isGroup(child.value)) openAll(world, each, depth - 1, visit);
}

test('looking changes nothing, and what has an expression is what that expression gives', () => {
  for (const [example, ms] of [
    ['send-only-queues', 3.5],
    ['slow-reader', 60],
    ['retransmission', 3],
    ['epoll-listener', 1.5],
  ] as const) {
    const world = worldAt(example, ms);
    const before = hashWorld(world);
    const names = globals(world, { cpu: world.hosts[0]!.cpus[0]! });
    for (const host of world.hosts)
      openAll(world, { name: host.name, value: host, expression: host.name }, 6, ({ value, expression }) => {
        assert.equal(typeof present(value, lookOf(world)), 'string');
        if (expression !== null && !isGroup(value) && !expression.includes('('))
          assert.equal(evaluate(parse(expression), names).value, value, expression);
      });
    assert.equal(hashWorld(world), before, example);
  }
});

test('a packet socket shows its queue or its ring, and what it lost', () => {
  const world = worldAt('packet-tap', 1.3);
  const reads: [string, ...string[]] = ['server', 'Sockets', 'reads fd 3'];
  const maps: [string, ...string[]] = ['server', 'Sockets', 'maps fd 3'];
  assert.match(shown(world, ...reads), /^PACKET ETH_P_IP on eth0, rx \d skbs \(\d+ of 8192 B\)$/);
  assert.match(shown(world, ...reads, 'Statistics'), /^\d packets, 0 lost since they were last read$/);
  assert.match(shown(world, ...reads, 'Receive queue', '[1]'), /UDP/);
  assert.match(
    shown(world, ...maps),
    /^PACKET ETH_P_ALL on eth0, rx ring of 8 frames, \d of the process, head \d; 0 skbs/,
  );
  assert.match(shown(world, ...maps, 'Ring', '[0]'), /^TP_STATUS_KERNEL: free$|^TP_STATUS_USER\|.*, \d+ of \d+ B$/);
  assert.match(shown(world, ...maps, 'Ring', '[0] lineage'), / -> received as skb \d+ on server$/);
  assert.match(shown(world, ...maps, 'packet', 'prot_hook'), /^ETH_P_ALL tpacket_rcv of eth0$/);
});
