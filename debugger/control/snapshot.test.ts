/** Copies, hashes and differences of worlds. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { diffWorld } from './diff.ts';
import { hashWorld } from './hash.ts';
import { copyWorld } from './snapshot.ts';

// biome-ignore lint/suspicious/noExplicitAny: worlds of any shape
type World = any;

function sampleWorld(): World {
  const buffer = new Uint8Array([1, 2, 3, 4, 5, 6]).buffer;
  const skb = {
    len: 60,
    head: new Uint8Array(buffer),
    data: new Uint8Array(buffer, 2, 3),
    next: null as unknown,
    sk: null as unknown,
  };
  const sk = { queue: [skb], flags: new Uint16Array([7, 8]), backlog: null };
  skb.next = skb;
  skb.sk = sk;
  const world: World = {
    now: 9_000_000_000_000_000,
    small: -5,
    zero: 0,
    name: 'eth0',
    up: true,
    hosts: [sk],
    byName: new Map<unknown, unknown>([
      ['a', skb],
      [3, 'b'],
    ]),
    frame: { fn: 1, label: 0, local: undefined },
  };
  world.self = world;
  return world;
}

test('a copy has the same state and shares nothing', () => {
  const world = sampleWorld();
  const copy = copyWorld(world);
  assert.equal(diffWorld(world, copy), null);
  assert.equal(hashWorld(copy), hashWorld(world));
  const skb = copy.hosts[0].queue[0];
  assert.notEqual(skb, world.hosts[0].queue[0]);
  assert.equal(skb.next, skb);
  assert.equal(skb.sk, copy.hosts[0]);
  assert.equal(copy.self, copy);
  assert.equal(copy.byName.get('a'), skb);
  assert.ok('local' in copy.frame);
});

test('views of one buffer share it in the copy too', () => {
  const world = sampleWorld();
  const { head, data } = copyWorld(world).hosts[0].queue[0];
  assert.equal(head.buffer, data.buffer);
  assert.equal(data.byteOffset, 2);
  head[3] = 99;
  assert.equal(data[1], 99);
  assert.equal(world.hosts[0].queue[0].head[3], 4);
});

test('a long list copies without recursion', () => {
  let head: World = null;
  for (let i = 0; i < 200_000; i++) head = { i, next: head };
  const copy = copyWorld({ head });
  assert.equal(hashWorld(copy), hashWorld({ head }));
});

test('frozen objects are shared', () => {
  const spec = Object.freeze({ line: 3 });
  assert.equal(copyWorld({ spec }).spec, spec);
});

const changes: [what: string, change: (world: World) => void, says: RegExp][] = [
  ['a number', (world) => world.now--, /^world\.now: 9000000000000000 != 8999999999999999$/],
  ['a bit above 2^31', (world) => (world.now -= 0x100000000), /^world\.now/],
  ['null for undefined', (world) => (world.frame.local = null), /^world\.frame\.local/],
  ['a byte', (world) => world.hosts[0].queue[0].head[0]++, /head\[0\]: 1 != 2$/],
  ['a string', (world) => (world.name = 'eth1'), /"eth0" != "eth1"/],
  ['a new field', (world) => (world.more = 1), /parts/],
  [
    'order of keys',
    (world) => {
      const { now, ...rest } = world;
      for (const key in world) delete world[key];
      Object.assign(world, rest, { now });
    },
    /\.now in one/,
  ],
  ['identity', (world) => (world.hosts[0].queue[0].next = { ...world.hosts[0].queue[0] }), /same object/],
  ['a shared buffer', (world) => (world.hosts[0].queue[0].data = world.hosts[0].queue[0].data.slice()), /^$/],
  ['an entry of a Map', (world) => world.byName.set(3, 'c'), /byName\.get\(3\)/],
  ['a longer array', (world) => world.hosts.push(null), /parts/],
];

for (const [what, change, says] of changes) {
  test(`the hash sees ${what}`, () => {
    const world = sampleWorld();
    const other = copyWorld(world);
    change(other);
    assert.notEqual(hashWorld(other), hashWorld(world));
    assert.match(diffWorld(world, other) ?? '', says);
  });
}

test('the hash is the same everywhere', () => {
  assert.equal(hashWorld(sampleWorld()), GOLDEN);
});

const GOLDEN = 'c90427293fb44e9a';

class Device {}
const strangers: [what: string, value: unknown, copies: RegExp | null, hashes: RegExp][] = [
  [
    'a class instance',
    new Device(),
    /world\.hosts\[0\]\.x is a Device object/,
    /world\.hosts\[0\]\.x is a Device object/,
  ],
  ['no prototype', Object.create(null), /world\.hosts\[0\]\.x is an object without prototype/, /without prototype/],
  ['a function', () => 1, /world\.hosts\[0\]\.x is a function/, /a function/],
  ['a Set', new Set([1]), /a Set object/, /a Set object/],
  ['a fraction', 0.5, null, /world\.hosts\[0\]\.x is 0\.5/],
  ['infinity', Number.POSITIVE_INFINITY, null, /is Infinity/],
];

for (const [what, value, copies, hashes] of strangers) {
  test(`no world holds ${what}`, () => {
    const world = { hosts: [{ x: value }] };
    if (copies) assert.throws(() => copyWorld(world), copies);
    assert.throws(() => hashWorld(world), hashes);
  });
}
