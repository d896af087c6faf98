/** A run that goes ahead in the fast build stops where one in the debug build does, and counts the same hits. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'node:test';
import * as debug from '../world/engine.ts';
import type { BreakpointRequest } from './breakpoints/breakpoint.ts';
import { BreakpointTable, type FilterRequest } from './breakpoints/table.ts';
import { type Engines, lazyEngine } from './engine.ts';
import { hashWorld } from './hash.ts';
import { RUN_ON } from './plan.ts';
import { openRecording } from './recording.ts';
import { Scout } from './scout.ts';
import { runSession } from './session.ts';
import type { Stop } from './stop.ts';
import { threadOf } from './threads.ts';
import type { Move } from './waiter.ts';

/** The debug build alone would be slow to the end of a long example. */
const MOST_STOPS = 60;

interface Run {
  readonly stops: readonly string[];
  readonly log: readonly string[];
  readonly fastEvents: number;
}
interface Asked {
  readonly functions?: readonly BreakpointRequest[];
  readonly filters?: readonly FilterRequest[];
}

function play(example: string, scout: Scout, asked: Asked, decide: (stop: Stop, nth: number) => Move): Run {
  const file = path.resolve(`examples/${example}.netpath`);
  const launch = { text: readFileSync(file, 'utf8'), file, seed: 1, until: null, stopOnEntry: false, noDebug: false };
  const [stops, log]: [string[], string[]] = [[], []];
  let fastEvents = 0;
  const fast = lazyEngine(pathToFileURL(path.resolve('dist/engine-watch.cjs')));
  const counted: Engines['fast'] = {
    ...fast,
    run: (world, limit, before) => {
      const from = world.event;
      try {
        return fast.run(world, limit, before);
      } finally {
        fastEvents += world.event - from;
      }
    },
  };
  const breakpoints = new BreakpointTable((text) => void log.push(text));
  const recording = openRecording({ debug, fast: counted }, breakpoints, launch);
  breakpoints.setFunctions(asked.functions ?? [], recording.hosts);
  breakpoints.setFilters(asked.filters ?? []);
  const wait = (stop: Stop): Move => {
    stops.push(
      `${stop.moment.event}.${stop.moment.tick} ${stop.description} ${stop.hitBreakpoints} ${hashWorld(stop.world)}`,
    );
    return stops.length >= MOST_STOPS ? { kind: 'quit' } : decide(stop, stops.length);
  };
  const parts = recording.drive({ poll: () => 'none', wait }, (text) => void log.push(text));
  const end = runSession({ ...parts, scout }, RUN_ON);
  return { stops: [...stops, end.world === null ? end.how : hashWorld(end.world)], log, fastEvents };
}

const onAndOn = (): Move => ({ kind: 'continue' });
const withSteps = (stop: Stop, nth: number): Move => {
  const thread = threadOf(stop.world);
  if (nth % 3 === 1) return { kind: 'step', how: 'over', thread };
  return nth % 7 === 0 ? { kind: 'back', thread } : { kind: 'continue' };
};

const cases: [what: string, example: string, asked: Asked][] = [
  ['a function', 'udp-echo', { functions: [{ name: 'ip_rcv' }] }],
  ['a function at one host', 'udp-echo', { functions: [{ name: 'client:udp_sendmsg' }, { name: 'net_rx_action' }] }],
  ['a condition', 'send-only-queues', { functions: [{ name: 'tcp_write_xmit', condition: 'skb.len > 1000' }] }],
  [
    'a condition that never holds',
    'send-only-queues',
    { functions: [{ name: 'tcp_v4_rcv', condition: 'skb.len > 1000000' }] },
  ],
  ['every fifth hit', 'slow-reader', { functions: [{ name: 'tcp_send_ack', hitCondition: '%5' }] }],
  ['a logpoint', 'udp-echo', { functions: [{ name: 'ip_rcv', logMessage: 'len {skb.len}' }] }],
  ['what waits', 'slow-reader', { functions: [{ name: 'tcp_recvmsg_locked' }, { name: 'handle_softirqs' }] }],
  ['many', 'retransmission', { functions: [{ name: 'tcp_retransmit_*' }, { name: 'tcp_enter_*' }] }],
  ['drops', 'udp-no-socket', { filters: [{ filter: 'drop' }] }],
  ['lost frames', 'retransmission', { filters: [{ filter: 'loss' }, { filter: 'ring-full' }, { filter: 'drop' }] }],
  ['nothing that comes', 'send-only-queues', { functions: [{ name: 'icmp_send' }] }],
];

for (const [what, example, asked] of cases) {
  for (const [how, decide] of [
    ['on and on', onAndOn],
    ['steps between', withSteps],
  ] as const) {
    test(`${what}: the same stops, ${how}`, () => {
      const ahead = play(example, new Scout(0), asked, decide);
      const never = play(example, new Scout(Number.POSITIVE_INFINITY), asked, decide);
      assert.deepEqual(ahead.stops, never.stops);
      assert.deepEqual(ahead.log, never.log);
    });
  }
}

test('what is never entered runs in the fast build', () => {
  const asked = { functions: [{ name: 'icmp_send' }] };
  const [ahead, never] = [new Scout(0), new Scout(Number.POSITIVE_INFINITY)].map((scout) =>
    play('send-only-queues', scout, asked, onAndOn),
  );
  assert.ok(ahead!.fastEvents > 100);
  assert.equal(never!.fastEvents, 0);
});

test('a condition on parameters is asked in the fast build', () => {
  const asked = { functions: [{ name: 'tcp_v4_rcv', condition: 'skb.len < 0' }] };
  class Never extends Scout {
    override found(): void {
      throw new Error('repeated in vain');
    }
  }
  assert.ok(play('slow-reader', new Never(0), asked, onAndOn).fastEvents > 100);
});

test('what is entered in vain, over and over, is left to the debug build', () => {
  const asked = { functions: [{ name: 'tcp_v4_rcv', hitCondition: '1000000' }] };
  let repeats = 0;
  class Counted extends Scout {
    override found(event: number): void {
      repeats++;
      super.found(event);
    }
  }
  play('slow-reader', new Counted(0), asked, onAndOn);
  assert.ok(repeats > 0 && repeats < 12, String(repeats));
});
