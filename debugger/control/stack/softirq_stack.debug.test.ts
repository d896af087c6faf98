/** A softirq that begins where plain code enables bottom halves: over loopback a datagram climbs the stack in the middle of its send. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'node:test';
import { exampleLaunch } from '../../../test/engine/example_launch.ts';
import * as debug from '../../world/engine.ts';
import { BreakpointTable } from '../breakpoints/table.ts';
import { type Engines, lazyEngine } from '../engine.ts';
import { RUN_ON } from '../plan.ts';
import { openRecording } from '../recording.ts';
import { runSession } from '../session.ts';
import type { Stop } from '../stop.ts';
import { threadOf } from '../threads.ts';
import type { Move } from '../waiter.ts';
import { cpuStack } from './call_stack.ts';

const launch = exampleLaunch('loopback');
const engines: Engines = { debug, fast: lazyEngine(pathToFileURL(path.resolve('dist/engine-watch.cjs'))) };

/** Runs to the first stop of a breakpoint on `name`, then makes the moves; the names on the stack at each stop. */
function stacksFrom(name: string, moves: ((stop: Stop) => Move)[]): string[][] {
  const breakpoints = new BreakpointTable(() => undefined);
  const recording = openRecording(engines, breakpoints, launch);
  breakpoints.setFunctions([{ name }], recording.hosts);
  const stacks: string[][] = [];
  const wait = (stop: Stop): Move => {
    stacks.push(cpuStack(stop.world, stop.world.running!).map((frame) => frame.name));
    breakpoints.setFunctions([], recording.hosts);
    return moves.shift()?.(stop) ?? { kind: 'continue' };
  };
  runSession(
    recording.drive({ poll: () => 'none', wait }, () => undefined),
    RUN_ON,
  );
  return stacks;
}

const step =
  (how: 'over' | 'in' | 'out') =>
  (stop: Stop): Move => ({ kind: 'step', how, thread: threadOf(stop.world) });

test('the stack of the softirq lies on the plain calls of the task', () => {
  const [stack] = stacksFrom('process_backlog', []);
  const order = [
    'process_backlog',
    'net_rx_action',
    '__do_softirq',
    '--- softirq NET_RX on do_softirq ---',
    'do_softirq',
    '__dev_queue_xmit',
    'udp_sendmsg',
  ];
  assert.deepEqual(
    stack!.filter((name) => order.includes(name)),
    order,
  );
});

test('a step out of the softirq leads back into the send', () => {
  const [, ...stops] = stacksFrom('__do_softirq', [step('out')]);
  assert.equal(stops[0]![0], 'runSoftirqHere');
  assert.ok(!stops[0]!.some((name) => name.startsWith('--- softirq')));
});
