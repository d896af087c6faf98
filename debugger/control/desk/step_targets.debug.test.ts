/** What a statement is said to call, against what it calls: each call of a straight run is among the choices of the statement that makes it. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'node:test';
import { exampleLaunch } from '../../../test/engine/example_launch.ts';
import type { World } from '../../machine/types.ts';
import * as debug from '../../world/engine.ts';
import { BreakpointTable } from '../breakpoints/table.ts';
import { functions } from '../debug_info.ts';
import { type Engines, lazyEngine } from '../engine.ts';
import { lazyListings } from '../listings.ts';
import { readLocals } from '../locals.ts';
import { RUN_ON } from '../plan.ts';
import { armFunction, callAt, currentDepth } from '../probe.ts';
import { openRecording } from '../recording.ts';
import { runSession } from '../session.ts';
import { siteAt } from '../site.ts';
import type { Stop } from '../stop.ts';
import { threadOf } from '../threads.ts';
import { replay } from '../timeline/replay.ts';
import type { Move } from '../waiter.ts';
import { stepChoices } from './step_targets.ts';

const dist = (name: string): URL => pathToFileURL(path.resolve('dist', name));
const engines: Engines = { debug, fast: lazyEngine(dist('engine-watch.cjs')) };
const listings = lazyListings(dist('listings.json.br'));

/** Calls that no statement makes: an interrupt comes, a softirq's frames are resumed. */
const UNCALLED = /^(?:common_interrupt|__do_softirq|handle_softirqs)$/;

/** How many calls a run makes, how many of them by a table whose entry was told, and which were no choice of their statement. */
function callsOf(name: string, events: number): { calls: number; told: number; missed: string[] } {
  const launch = exampleLaunch(name);
  const { timeline } = openRecording(engines, new BreakpointTable(() => undefined), launch);
  const missed = new Set<string>();
  let [calls, told] = [0, 0];
  const enter = (world: World, fn: number, depth: number): void => {
    const callee = functions[fn]!;
    if (depth < 2 || !callee.kernel || UNCALLED.test(callee.name)) return;
    const { tick, fn: from } = callAt(depth - 1);
    if (tick < functions[from]!.firstTick || tick > functions[from]!.lastTick) return;
    const choices = stepChoices(listings, tick, siteAt(world, depth - 1, false).names());
    const fits = choices.find((each) => each.name === callee.name);
    calls++;
    if (fits?.label.includes(' -> ')) told++;
    if (fits === undefined && !choices.some((each) => each.name === '' && !each.others.includes(callee.name)))
      missed.add(`${functions[from]!.name} -> ${callee.name}, not ${choices.map(({ label }) => label).join(', ')}`);
  };
  const nothing = (): void => undefined;
  functions.forEach((_, fn) => void armFunction(fn, true));
  const watch = { wants: () => false, tick: nothing, enter, poll: nothing };
  replay(debug, timeline.history.worldBefore(0), { event: events, tick: 0 }, watch);
  functions.forEach((_, fn) => void armFunction(fn, false));
  return { calls, told, missed: [...missed] };
}

for (const name of ['udp-echo', 'tcp-echo', 'loopback', 'netfilter-cost', 'epoll-data'])
  test(`every call of ${name} is among the choices of its statement`, () => {
    const { calls, told, missed } = callsOf(name, 400);
    assert.deepEqual(missed, []);
    assert.ok(calls > 700 && told > 40, `${calls} calls, ${told} by a table`);
  });

test('the second of two calls of one function is the second', () => {
  const launch = exampleLaunch('tcp-echo');
  const breakpoints = new BreakpointTable(() => undefined);
  const { desk, hosts, drive } = openRecording(engines, breakpoints, launch, listings);
  breakpoints.setFunctions([{ name: 'run_local_timers' }], hosts);
  const found: string[] = [];
  const wait = (stop: Stop): Move => {
    const thread = threadOf(stop.world);
    desk.open(stop);
    const [top] = desk.stack({ thread, start: 0, levels: 1 }).frames;
    if (top!.name === 'isDue') {
      const { host, id } = stop.world.running!;
      const base = readLocals(currentDepth()).find(({ name }) => name === 'base')!.value;
      found.push(base === host.timer_bases[id] ? 'first' : base === host.timer_bases_def[id] ? 'second' : 'neither');
      return found.length === 2 ? { kind: 'quit' } : { kind: 'back', how: 'over', thread };
    }
    desk.stepTargets({ frame: top!.id });
    desk.stepInto({ thread, target: found.length });
    return desk.takeWantedMove()!;
  };
  runSession(
    drive({ poll: () => 'none', wait }, () => undefined),
    RUN_ON,
  );
  assert.deepEqual(found, ['first', 'second']);
});
