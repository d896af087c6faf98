/** What must hold at every event of every example, in both builds. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { hashWorld } from '../../debugger/control/hash.ts';
import type { World } from '../../debugger/machine/types.ts';
import { exampleNames, loadEngine, scenarioOf, TO_THE_END } from './examples.ts';
import { holdings } from './live_skbs.ts';

/** Longest stretch of plain code, ns of simulated time (DESIGN §3). */
const LONGEST_STRETCH = 50_000;
/** The long examples repeat themselves: every event at first, later one in so many. */
const CLOSE_LOOK = 400;
const SAMPLE = 500;

const isLookedAt = (world: World): boolean => world.event < CLOSE_LOOK || world.event % SAMPLE === 0;

const fast = await loadEngine('fast');
const debug = await loadEngine('debug');

function checkBooks(world: World): void {
  const { skbs, socks } = holdings(world);
  assert.equal(skbs.size, world.skb_allocated - world.skb_freed, `event ${world.event}: skbs allocated = freed + held`);
  for (const sk of socks) {
    assert.ok(sk.sk_rmem_alloc >= 0 && sk.sk_wmem_alloc >= 0, `event ${world.event}: socket memory below zero`);
  }
}

function checkTime(before: number, world: World): number {
  assert.ok(world.now >= before, `event ${world.event}: time went back from ${before} to ${world.now}`);
  for (const host of world.hosts) for (const cpu of host.cpus) assert.ok(cpu.hardirq_count === 0 && cpu.softirq_count >= 0);
  return world.now;
}

/** State hashes of a run at the moments that are looked at. */
function hashes(engine: typeof fast, file: string): string[] {
  const world = engine.buildWorld(scenarioOf(file), 1);
  const found: string[] = [];
  engine.run(world, TO_THE_END, (each: World) => {
    if (isLookedAt(each)) found.push(hashWorld(each));
    return false;
  });
  return found;
}

for (const file of exampleNames()) {
  test(`${file}: books, clocks and stretches`, () => {
    const world = fast.buildWorld(scenarioOf(file), 1);
    let before = 0;
    fast.run(world, TO_THE_END, (each: World) => {
      before = checkTime(before, each);
      if (isLookedAt(each)) checkBooks(each);
      return false;
    });
    checkBooks(world);
    assert.ok(world.longest_stretch <= LONGEST_STRETCH, `longest stretch ${world.longest_stretch} ns`);
  });

  test(`${file}: the same state at every event, twice and in both builds`, () => {
    const first = hashes(fast, file);
    assert.deepEqual(hashes(fast, file), first);
    assert.deepEqual(hashes(debug, file), first);
  });
}
