/** Restarting a frame: at random stops, each frame of each stack leads to the very call's first tick, as a straight run that wrote all entries down has it. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'node:test';
import fc from 'fast-check';
import { exampleLaunch } from '../../../test/engine/example_launch.ts';
import type { World } from '../../machine/types.ts';
import * as debug from '../../world/engine.ts';
import { BreakpointTable } from '../breakpoints/table.ts';
import { HARDIRQ, levelOf, taskKey, taskOn } from '../context.ts';
import { functions } from '../debug_info.ts';
import { beginningOfFrame } from '../desk/restart_frame.ts';
import { type Engines, lazyEngine } from '../engine.ts';
import { compareMoments, type Moment } from '../moment.ts';
import { type CallPlace, placeOf } from '../call_place.ts';
import { RUN_ON } from '../plan.ts';
import { armFunction, lineOfTick, tickNumber } from '../probe.ts';
import { openRecording } from '../recording.ts';
import { runSession } from '../session.ts';
import { cpuStack, taskStack } from '../stack/call_stack.ts';
import type { StackFrame } from '../stack/frame.ts';
import type { Stop } from '../stop.ts';
import type { Move } from '../waiter.ts';
import { replay } from './replay.ts';

const engines: Engines = { debug, fast: lazyEngine(pathToFileURL(path.resolve('dist/engine-watch.cjs'))) };

interface Entry {
  readonly moment: Moment;
  readonly fn: number;
  readonly depth: number;
  /** '' in a hard interrupt. */
  readonly key: string;
  readonly index: number;
}
interface LineStart {
  readonly moment: Moment;
  readonly task: number;
  readonly line: number;
}

/** All calls that begin in the first events of a straight run, and all lines of its processes. */
function written(name: string, events: number): { entries: Entry[]; lines: LineStart[] } {
  const { timeline } = openRecording(engines, new BreakpointTable(() => undefined), exampleLaunch(name));
  const entries: Entry[] = [];
  const lines: LineStart[] = [];
  functions.forEach((_, fn) => void armFunction(fn, true));
  const enter = (world: World, fn: number, depth: number): void => {
    const cpu = world.running!;
    const { key, index } = levelOf(cpu) === HARDIRQ ? { key: '', index: -1 } : placeOf(cpu);
    entries.push({ moment: { event: world.event, tick: tickNumber() + 1 }, fn, depth, key, index });
  };
  const tick = (world: World, each: number): void => {
    const line = lineOfTick(each);
    if (line > 0)
      lines.push({ moment: { event: world.event, tick: tickNumber() }, task: taskKey(taskOn(world.running!)), line });
  };
  replay(
    debug,
    timeline.history.worldBefore(0),
    { event: events, tick: 0 },
    {
      wants: () => true,
      tick,
      enter,
      poll: () => undefined,
    },
  );
  functions.forEach((_, fn) => void armFunction(fn, false));
  return { entries, lines };
}

function entryOf(entries: readonly Entry[], call: CallPlace, at: Moment): Entry | undefined {
  const before = entries.filter(({ moment }) => compareMoments(moment, at) <= 0);
  return call.kind === 'plain'
    ? before.findLast(({ moment, depth }) => moment.event === at.event && depth === call.depth)
    : before.findLast(({ key, index }) => key === call.key && index === call.index);
}

const named = (stack: readonly StackFrame[]): string[] =>
  stack.filter(({ kind }) => kind !== 'label').map(({ name }) => name);

/** The stacks of the CPU that runs and of all tasks that sleep. */
function stacksOf({ world }: Stop): StackFrame[][] {
  const cpus = world.hosts.flatMap((host) => host.cpus);
  const asleep = world.hosts.flatMap((host) => host.tasks.filter((task) => task !== taskOn(task.cpu)));
  return [...cpus.map((cpu) => cpuStack(world, cpu)), ...asleep.map(taskStack)].filter((stack) => stack.length > 0);
}

/** Goes to the moment, restarts a frame, and back again, for each wish. */
function check(name: string, events: number, wishes: readonly (readonly [Moment, number, number])[]): number {
  const { entries, lines } = written(name, events);
  const breakpoints = new BreakpointTable(() => undefined);
  const recording = openRecording(engines, breakpoints, exampleLaunch(name));
  const left = [...wishes];
  let wanted: { stack: StackFrame[]; frame: StackFrame; from: Moment } | null = null;
  let checked = 0;
  const go = (): Move => {
    const next = left[0];
    return next === undefined ? { kind: 'quit' } : { kind: 'goto', moment: next[0] };
  };
  const restartOne = (stop: Stop): Move => {
    const [, whichStack, whichFrame] = left.shift()!;
    const stacks = stacksOf(stop);
    const stack = stacks[whichStack % Math.max(1, stacks.length)]?.filter(({ kind }) => kind !== 'label') ?? [];
    const frame = stack[whichFrame % Math.max(1, stack.length)];
    if (
      frame === undefined ||
      (frame.kind === 'kernel' && frame.call === null) ||
      (frame.kind === 'scenario' &&
        !lines.some(({ moment, task }) => task === taskKey(frame.task) && compareMoments(moment, stop.moment) <= 0))
    )
      return go();
    wanted = { stack: stack.slice(stack.indexOf(frame)), frame, from: stop.moment };
    return beginningOfFrame(frame);
  };
  const arrived = (stop: Stop, { stack, frame, from }: NonNullable<typeof wanted>): Move => {
    assert.equal(
      stop.reason,
      'restart',
      `${frame.name} of ${named(stack)} at ${from.event}.${from.tick}: ${stop.description}`,
    );
    const here = cpuStack(stop.world, stop.world.running!);
    if (frame.kind === 'kernel') {
      const entry = entryOf(entries, frame.call!, from)!;
      assert.deepEqual(stop.moment, entry.moment, frame.name);
      assert.equal(functions[entry.fn]!.name, frame.name);
      assert.deepEqual(named(here), named(stack));
    } else if (frame.kind === 'scenario') {
      const line = lines.findLast(
        ({ moment, task }) => task === taskKey(frame.task) && compareMoments(moment, from) <= 0,
      )!;
      assert.deepEqual({ at: stop.moment, line: frame.line }, { at: line.moment, line: line.line });
    }
    checked++;
    wanted = null;
    return go();
  };
  const wait = (stop: Stop): Move => {
    if (stop.reason === 'entry') return go();
    return wanted === null ? restartOne(stop) : arrived(stop, wanted);
  };
  const entry = { moment: { event: 0, tick: 0 }, reason: 'entry' as const, description: '' };
  runSession(
    recording.drive({ poll: () => 'none', wait }, () => undefined),
    { ...RUN_ON, arrival: entry },
  );
  return checked;
}

for (const [name, events] of [
  ['udp-echo', 90],
  ['loopback', 60],
  ['recv-blocks', 200],
  ['tcp-echo', 400],
] as const)
  test(`each frame of ${name} leads to the entry of its own call`, () => {
    const wish = fc.tuple(fc.record({ event: fc.nat(events - 2), tick: fc.nat(120) }), fc.nat(5), fc.nat(20));
    const wishes = fc.sample(wish, { numRuns: 60, seed: 11 });
    assert.ok(check(name, events, wishes) > 20);
  });
