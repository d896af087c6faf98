/** Two runs laid side by side: nothing is found where nothing differs, and where something does, the very statement at which they part. */
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'node:test';
import { changeScenario, parseChange } from '../../../server/language/change/change.ts';
import { exampleLaunch } from '../../../test/engine/example_launch.ts';
import { FOREVER } from '../../machine/event_queue.ts';
import type { World } from '../../machine/types.ts';
import * as debug from '../../world/engine.ts';
import { functions } from '../debug_info.ts';
import { lazyEngine, withFrames } from '../engine.ts';
import { lazyListings } from '../listings.ts';
import { callAt, currentDepth, lineOfTick } from '../probe.ts';
import { scenarioOf } from '../scenario_of.ts';
import { silence } from '../silence.ts';
import { type Comparison, compareRuns } from './comparison.ts';
import { FrameLedger } from './frames.ts';
import { comparisonText, differs } from './text.ts';
import { runTo, type WatchedRun, watchRun } from './watch_run.ts';
import { contextName, isIdle } from './ways.ts';
import { levelOf } from '../context.ts';

const dist = (name: string): URL => pathToFileURL(path.resolve('dist', name));
const fast = lazyEngine(dist('engine-fast.cjs'));
const listings = lazyListings(dist('listings.json.br'));
const poll = (): void => undefined;
const NAMES = { before: 'as it is', after: 'changed' };

function textOf(name: string, change: string | null): string {
  const { text } = exampleLaunch(name);
  return change === null ? text : changeScenario(text, parseChange(change)).text;
}

function compared(name: string, change: string | null): Comparison {
  const scenario = (text: string) => scenarioOf({ text, file: `${name}.netpath`, set: [] });
  const runs = { before: scenario(textOf(name, null)), after: scenario(textOf(name, change)), seed: 1, until: FOREVER };
  return compareRuns({ ...runs, events: 1_000_000, watched: 1_000_000 }, { fast, debug, listings, poll });
}

function watchedRun(name: string, change: string | null): WatchedRun {
  const scenario = scenarioOf({ text: textOf(name, change), file: `${name}.netpath`, set: [] });
  return { debug, scenario, seed: 1, events: 1_000_000, until: FOREVER, poll };
}

for (const name of ['udp-echo', 'retransmission', 'epoll-data'])
  test(`${name} does not differ from itself`, () => {
    const comparison = compared(name, null);
    assert.equal(differs(comparison), false);
    assert.match(comparisonText(comparison, NAMES), /^Nothing differs: \d+ events/);
  });

test('a smaller ring: where it was empty too soon, and what was lost for it', () => {
  const comparison = compared('ring-too-small', 'small.eth0.rx-ring 256');
  const [first] = comparison.partings;
  assert.equal(first!.context, 'small.ksoftirqd/0');
  assert.equal(first!.lastPlace!.fn, 'igb_clean_rx_irq');
  assert.deepEqual(first!.values, [{ expression: 'rx_desc', before: 'null', after: 'a struct rx_descriptor' }]);
  const missed = comparison.figures.find(({ name }) => name === 'small.eth0.rx_missed_errors')!;
  assert.ok(missed.before! > missed.after!, JSON.stringify(missed));
  assert.deepEqual(
    comparison.frames.filter((each) => each.first !== null),
    [],
  );
});

test('SACK off at one end: the option is not taken, the answer has other bytes, the rest of the frames are the same', () => {
  const comparison = compared('tcp-echo', 'server.sysctl.net.ipv4.tcp_sack 0');
  const [first] = comparison.partings;
  assert.equal(first!.lastPlace!.fn, 'parseOption');
  assert.deepEqual(first!.values, [{ expression: 'knobs.sysctl_tcp_sack', before: '1', after: '0' }]);
  const [client, server] = comparison.frames;
  assert.equal(client!.first, null);
  assert.equal(server!.altered, 1);
  assert.match(server!.first!.line, /Flags \[S\.\], seq 0, ack 1/);
});

test('a slower function: the same statements, everything behind it later', () => {
  const comparison = compared('udp-echo', 'costs.udp_rcv 5us');
  assert.deepEqual(comparison.partings, []);
  assert.equal(comparison.otherEvent!.before!.actor, 'server cpu0');
  assert.deepEqual(
    comparison.frames.map(({ same, moved, shift }) => ({ same, moved, shift })),
    [
      { same: 2, moved: 0, shift: 0 },
      { same: 1, moved: 1, shift: 4900 },
    ],
  );
});

/** Of IPv6 there is more that takes its time: acknowledgments of their own where an answer comes too late. */
for (const [name, most] of [
  ['tcp-echo', 0],
  ['tcp6-echo', 3],
] as const)
  test(`a longer wire in ${name}: the numbers of TCP, which begin elsewhere, do not hide that the frames are the same`, () => {
    const { frames } = compared(name, 'wire.delay 10ms');
    const only = frames.reduce((sum, each) => sum + each.onlyBefore + each.onlyAfter, 0);
    assert.ok(only <= most, `${only} frames are in one run alone`);
    assert.ok(frames.every(({ moved }) => moved > 0));
  });

/** Every statement of every context, kept whole. */
function statementsOf(run: WatchedRun): Map<string, number[]> {
  const all = new Map<string, number[]>();
  const tick = (world: World, at: number): void => {
    const cpu = world.running;
    if (cpu === null || lineOfTick(at) > 0) return;
    const name = contextName(cpu, levelOf(cpu));
    const known = all.get(name);
    if (known === undefined) all.set(name, [at]);
    else known.push(at);
  };
  watchRun(run, { tick, boundary: () => false });
  return all;
}

test('the parting is the first statement that differs, and its moment leads there', () => {
  for (const change of ['server.sysctl.net.ipv4.tcp_sack 0', 'client.sysctl.net.ipv4.tcp_timestamps 0']) {
    const { partings } = compared('tcp-echo', change);
    const [before, after] = [watchedRun('tcp-echo', null), watchedRun('tcp-echo', change)];
    const [here, there] = [statementsOf(before), statementsOf(after)];
    for (const parting of partings) {
      const [ours, theirs] = [here.get(parting.context) ?? [], there.get(parting.context) ?? []];
      const k = ours.findIndex((tick, i) => tick !== theirs[i]);
      assert.equal(parting.before?.tick, k < 0 ? undefined : ours[k]);
      assert.equal(parting.after?.tick, theirs[k < 0 ? ours.length : k]);
      if (parting.before === null) continue;
      runTo(before, parting.before.moment);
      assert.equal(functions[callAt(currentDepth()).fn]!.name, parting.beforePlace!.fn);
    }
    const parted = [...here.keys()].filter(
      (name) => !isIdle(name) && String(here.get(name)) !== String(there.get(name)),
    );
    assert.deepEqual(
      partings
        .map(({ context }) => context)
        .filter((name) => here.has(name))
        .sort(),
      parted.sort(),
    );
  }
  silence();
});

test('no frame is missed: as many set out as the wires carried and did not lose', () => {
  for (const file of readdirSync('examples').filter((each) => each.endsWith('.netpath'))) {
    const { text } = exampleLaunch(path.basename(file, '.netpath'));
    const world = fast.buildWorld(scenarioOf({ text, file, set: [] }), 1);
    const ledger = new FrameLedger();
    withFrames(
      fast,
      (flight) => ledger.take(flight),
      () => fast.run(world, { event: 200_000, time: FOREVER }, null),
    );
    const seen = [...ledger.directions.values()]
      .flatMap((frames) => [...frames.values()])
      .reduce((sum, sent) => sum + sent.length, 0);
    const ways = world.wires.flatMap(({ directions, ends }) =>
      directions.map((each, side) =>
        ends[1 - side] === undefined || each === undefined ? 0 : each.carried - each.lost,
      ),
    );
    assert.equal(
      seen,
      ways.reduce((sum, each) => sum + each, 0),
      file,
    );
  }
});
