/** A field's place leads to the same field in every copy of its world, and a watched field tells of each change. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { analyse } from '../../../server/language/analyse.ts';
import type { sk_buff } from '../../kernel/include/linux/skbuff.ts';
import type { World } from '../../machine/types.ts';
import { buildWorld, run } from '../../world/engine.ts';
import { hashWorld } from '../hash.ts';
import { copyWorld } from '../snapshot.ts';
import { eachObject, kindOf } from '../world_value.ts';
import { structOf } from '../../inspect/struct.ts';
import { findAnchor } from './anchors.ts';
import { type FieldChange, FieldWatch } from './field_watch.ts';
import { parsePlace, placeId, placeOf, placeText, recordFrom } from './place.ts';
import { watchField } from './watched_field.ts';

function worldAt(example: string, event: number): World {
  const { scenario } = analyse(readFileSync(`examples/${example}.netpath`, 'utf8'), example);
  const world = buildWorld(scenario!, 1);
  run(world, { event, time: Number.MAX_SAFE_INTEGER }, null);
  return world;
}

const world = worldAt('retransmission', 170);
const found = (struct: string, fits: (each: never) => boolean = () => true): object =>
  [...eachObject(world)].find((each) => structOf(each) === struct && fits(each as never))!;
const server = world.hosts.find(({ name }) => name === 'server')!;
const client = world.hosts.find(({ name }) => name === 'client')!;
const sk = found(
  'sock',
  ({ sk_state, host }: { sk_state: number; host: unknown }) => sk_state === 1 && host === client,
) as {
  id: number;
  tcp: object;
  icsk: { icsk_retransmit_timer: object };
};
const skb = found('sk_buff') as sk_buff;
const eth0 = client.devices.find(({ name }) => name === 'eth0')!;

const places: [text: string, record: object, field: string][] = [
  [`tcp.snd_cwnd of sock ${sk.id}`, sk.tcp, 'snd_cwnd'],
  [`icsk.icsk_retransmit_timer.pending of sock ${sk.id}`, sk.icsk.icsk_retransmit_timer, 'pending'],
  [`len of sk_buff ${skb.id}`, skb, 'len'],
  ['server.mib.Tcp.InSegs', server.mib.Tcp, 'InSegs'],
  ['client.eth0.flags', eth0, 'flags'],
  ['client.cpus[0].softirq_pending', client.cpus[0]!, 'softirq_pending'],
  ['nud_state of neighbour client eth0 10.0.0.1', client.arp_tbl.entries[0]!, 'nud_state'],
  ['wires[0].ends[1].GPRC', world.wires[0]!.ends[1]!, 'GPRC'],
];

for (const [text, record, field] of places)
  test(`a place: ${text}`, () => {
    const place = placeOf(world, record, field)!;
    assert.equal(placeText(place), text);
    assert.deepEqual(parsePlace(placeId(place)), place);
    assert.equal(recordFrom(findAnchor(world, place.anchor), place), record);
    const copy = copyWorld(world);
    const copied = recordFrom(findAnchor(copy, place.anchor), place)!;
    assert.notEqual(copied, record);
    assert.deepEqual(placeOf(copy, copied, field), place);
  });

test('every record of the world has a place that leads to it', () => {
  const records = [...eachObject(world)].filter((each) => kindOf(each) === 'record' && !Object.isFrozen(each));
  for (const record of records.filter((_, i) => i % 23 === 0)) {
    const [field] = Object.keys(record);
    if (field === undefined) continue;
    const place = placeOf(world, record, field)!;
    assert.equal(recordFrom(findAnchor(world, place.anchor), place), record, placeText(place));
  }
});

test('what is no part of the world has no place', () => {
  assert.equal(placeOf(world, { len: 1 }, 'len'), null);
});

test('names of places that nobody gave are not believed', () => {
  for (const id of [
    '',
    '{',
    '[]',
    '["sock"]',
    '["sock",6,"len"]',
    '["nothing","1","len"]',
    '["sock","6",{},"len"]',
    '["World","",[0],"x"]',
    '7',
  ])
    assert.equal(parsePlace(id), undefined, id);
  const broken = parsePlace('["World","","hosts",99,"mib","x"]')!;
  assert.equal(recordFrom(world, broken), undefined);
  assert.equal(recordFrom(world, parsePlace('["World","","__proto__","toString"]')!), undefined);
});

test('a thing is not there yet, there, or gone for good', () => {
  const anchor = { struct: 'sk_buff', name: String(skb.id) };
  assert.equal(findAnchor(worldAt('retransmission', 1), anchor), undefined);
  assert.equal(findAnchor(world, anchor), skb);
  assert.equal(findAnchor(worldAt('retransmission', 100_000), anchor), null);
});

test('a watched field tells of every other value, and is a plain one in copies and afterwards', () => {
  const record = { a: 1, b: 2, c: 3 };
  const [seen, straight]: [unknown[], string] = [[], hashWorld(record)];
  const stop = watchField(record, record, 'b', (was, is) => seen.push([was, is]));
  assert.equal(hashWorld(record), straight);
  record.b = 2;
  record.b++;
  record.b += 4;
  assert.deepEqual(seen, [
    [2, 3],
    [3, 7],
  ]);
  assert.deepEqual(Object.getOwnPropertyDescriptor(copyWorld(record), 'b')!.value, 7);
  stop();
  record.b = 9;
  assert.equal(seen.length, 2);
  assert.equal(JSON.stringify(record), '{"a":1,"b":9,"c":3}');
});

test('a watched list tells of every change as a whole, whoever holds it', () => {
  const queue = [1, 2, 3];
  const record = { queue, frame: { local: queue }, lists: [queue] };
  const [told, straight]: [string[], string] = [[], hashWorld(record)];
  const stop = watchField(record, record, 'queue', (was, is) => told.push(`${was} -> ${is}`));
  assert.equal(hashWorld(record), straight);
  record.queue.push(4);
  record.frame.local.shift();
  record.lists[0]!.splice(1, 1, 7, 8);
  record.queue[0] = 9;
  record.queue[0] = 9;
  record.queue.length = 1;
  assert.equal(record.queue.sort(), record.lists[0]);
  record.queue = [5];
  record.queue.pop();
  assert.deepEqual(told, [
    '1,2,3 -> 1,2,3,4',
    '1,2,3,4 -> 2,3,4',
    '2,3,4 -> 2,7,8,4',
    '2,7,8,4 -> 9,7,8,4',
    '9,7,8,4 -> 9',
    '9 -> 5',
    '5 -> ',
  ]);
  const copy = copyWorld(record);
  stop();
  for (const { queue: plain } of [copy, record]) plain.push(6);
  assert.equal(told.length, 7);
  assert.equal(record.frame.local, queue);
});

test('watching changes nothing, finds what is made later, and misses no change', () => {
  const fields = [
    '["sock","6","tcp","snd_cwnd"]',
    '["sk_buff","35","cb","sacked"]',
    '["Host","server","mib","Tcp","InSegs"]',
    '["sock","6","sk_write_queue"]',
    '["sock","6","tcp_rtx_queue"]',
  ].map((id) => ({ place: parsePlace(id)!, armed: [] }));
  const watched = worldAt('retransmission', 0);
  const changes: FieldChange[] = [];
  const watch = new FieldWatch(watched, (change) => changes.push(change));
  run(watched, { event: 100_000, time: Number.MAX_SAFE_INTEGER }, () => {
    watch.watch(fields);
    return false;
  });
  assert.equal(hashWorld(watched), hashWorld(worldAt('retransmission', 100_000)));
  for (const { place } of fields) {
    const values = changes.filter((each) => each.place === place).map(({ was, is }) => [was, is]);
    assert.ok(values.length > 2, placeText(place));
    const gaps = values.filter(([was], i) => i > 0 && !isDeepStrictEqual(was, values[i - 1]![1]));
    assert.deepEqual(gaps, [], placeText(place));
  }
});
