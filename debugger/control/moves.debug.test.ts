/** Time travel lands where a straight run comes by, and looking changes nothing: over random moves of udp-echo. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'node:test';
import fc from 'fast-check';
import { exampleLaunch } from '../../test/engine/example_launch.ts';
import { HOST_COMMANDS } from '../inspect/views/command.ts';
import type { World } from '../machine/types.ts';
import * as debug from '../world/engine.ts';
import type { BreakpointRequest } from './breakpoints/breakpoint.ts';
import { BreakpointTable } from './breakpoints/table.ts';
import { type Engines, lazyEngine } from './engine.ts';
import { EvaluationError } from './expressions/found.ts';
import { hashWorld } from './hash.ts';
import { lazyListings } from './listings.ts';
import { compareMoments, type Moment } from './moment.ts';
import { RUN_ON } from './plan.ts';
import { tickNumber } from './probe.ts';
import { beginningOfFrame } from './desk/restart_frame.ts';
import { openRecording, type Recording } from './recording.ts';
import { Scout } from './scout.ts';
import { runSession, type SessionEnd } from './session.ts';
import { cpuStack } from './stack/call_stack.ts';
import type { StepKind } from './stepping/step.ts';
import type { Stop } from './stop.ts';
import { threadOf } from './threads.ts';
import { replay } from './timeline/replay.ts';
import type { Move } from './waiter.ts';

const launch = exampleLaunch('udp-echo');
const dist = (name: string): URL => pathToFileURL(path.resolve('dist', name));
const engines: Engines = { debug, fast: lazyEngine(dist('engine-watch.cjs')) };
const EVENTS = 90;

type Decide = (stop: Stop, recording: Recording) => Move;

interface Asked {
  readonly functions: readonly BreakpointRequest[];
  /** Of the scenario. */
  readonly lines: readonly BreakpointRequest[];
  readonly fields: readonly BreakpointRequest[];
}
const USUAL: Asked = { functions: [{ name: 'ip_rcv' }, { name: 'client:udp_sendmsg' }], lines: [], fields: [] };

function play(decide: Decide, { functions, lines, fields } = USUAL, scout = new Scout()): SessionEnd {
  const breakpoints = new BreakpointTable(() => undefined);
  const recording = openRecording(engines, breakpoints, launch, lazyListings(dist('listings.json.br')));
  breakpoints.setFunctions(functions, recording.hosts);
  breakpoints.setScenario(recording.scenario, lines);
  breakpoints.setFields(fields);
  const waiter = { poll: () => 'none' as const, wait: (stop: Stop) => decide(stop, recording) };
  const parts = recording.drive(waiter, () => undefined);
  return runSession({ ...parts, scout }, RUN_ON);
}

/** The state of a straight run of the debug build at a moment; '' beyond its end. */
const known = new Map<string, string>();
function hashAt(moment: Moment): string {
  const key = `${moment.event}.${moment.tick}`;
  if (!known.has(key)) known.set(key, straightTo(moment));
  return known.get(key)!;
}

function straightTo(moment: Moment): string {
  const breakpoints = new BreakpointTable(() => undefined);
  const { timeline } = openRecording(engines, breakpoints, launch);
  const world = timeline.history.worldBefore(0);
  let between = '';
  const boundary = (at: World): boolean => {
    if (at.event === moment.event) between = hashWorld(at);
    return false;
  };
  const until = moment.tick === 0 ? { event: moment.event + 1, tick: 0 } : moment;
  const reached = replay(debug, world, until, {
    wants: () => false,
    tick: () => undefined,
    boundary,
    poll: () => undefined,
  });
  return moment.tick === 0 ? between : reached ? hashWorld(world) : '';
}

type Wish =
  | { kind: 'step'; how: StepKind }
  | { kind: 'back'; how: StepKind }
  | { kind: 'reverse' }
  | { kind: 'continue' }
  | { kind: 'goto'; moment: Moment }
  | { kind: 'restart frame'; index: number }
  | { kind: 'into'; index: number }
  | { kind: 'packet'; where: 'next' | 'back' };
const wish: fc.Arbitrary<Wish> = fc.oneof(
  fc.record({
    kind: fc.constant('step' as const),
    how: fc.constantFrom('over' as const, 'in' as const, 'out' as const, 'tick' as const),
  }),
  fc.record({
    kind: fc.constant('back' as const),
    how: fc.constantFrom('over' as const, 'in' as const, 'out' as const, 'tick' as const),
  }),
  fc.record({ kind: fc.constant('reverse' as const) }),
  fc.record({ kind: fc.constant('continue' as const) }),
  fc.record({ kind: fc.constant('goto' as const), moment: fc.record({ event: fc.nat(EVENTS), tick: fc.nat(60) }) }),
  fc.record({ kind: fc.constant('restart frame' as const), index: fc.nat(12) }),
  fc.record({ kind: fc.constant('into' as const), index: fc.nat(3) }),
  fc.record({ kind: fc.constant('packet' as const), where: fc.constantFrom('next' as const, 'back' as const) }),
);

function moveOf(wanted: Wish, stop: Stop, { desk }: Recording): Move {
  if (wanted.kind === 'into') return stepInto(desk, stop, wanted.index);
  if (wanted.kind === 'packet') return packetStep(desk, stop, wanted.where);
  if (wanted.kind === 'restart frame') return restartFrame(stop.world, wanted.index);
  return wanted.kind === 'step' || wanted.kind === 'back' ? { ...wanted, thread: threadOf(stop.world) } : wanted;
}

/** One of the statement's calls, if it makes any. */
function stepInto(desk: Recording['desk'], stop: Stop, index: number): Move {
  const thread = threadOf(stop.world);
  desk.open(stop);
  const [top] = desk.stack({ thread, start: 0, levels: 1 }).frames;
  const targets = top === undefined ? [] : desk.stepTargets({ frame: top.id });
  if (targets.length > 0) desk.stepInto({ thread, target: index % targets.length });
  desk.close();
  return desk.takeWantedMove() ?? { kind: 'step', how: 'in', thread };
}

/** Where there is no packet the run goes on. */
function packetStep(desk: Recording['desk'], stop: Stop, where: 'next' | 'back'): Move {
  desk.open(stop);
  tolerated(() => desk.evaluate({ text: `packet ${where}`, frame: null, context: 'repl' }));
  desk.close();
  return desk.takeWantedMove() ?? { kind: 'continue' };
}

/** Of the CPU that runs; where nothing has begun the run goes on. */
function restartFrame(world: World, index: number): Move {
  const frames = world.running === null ? [] : cpuStack(world, world.running).filter(({ kind }) => kind === 'kernel');
  return frames.length === 0 ? { kind: 'continue' } : beginningOfFrame(frames[index % frames.length]!);
}

test('any sequence of moves lands on the state of a straight run to that moment', () => {
  fc.assert(
    fc.property(fc.array(wish, { maxLength: 15 }), (wishes) => {
      const left = [...wishes];
      const seen: [Moment, string][] = [];
      const end = play((stop, recording) => {
        seen.push([stop.moment, hashWorld(stop.world)]);
        const next = left.shift();
        return next === undefined ? { kind: 'quit' } : moveOf(next, stop, recording);
      });
      assert.ok(['quit', 'ended'].includes(end.how));
      for (const [moment, hash] of seen)
        if (hashAt(moment) !== '') assert.equal(hash, hashAt(moment), JSON.stringify(moment));
    }),
    { numRuns: 60, seed: 7 },
  );
});

const count = fc.option(fc.constantFrom('2', '%3', '>1'), { nil: undefined });
const asked: fc.Arbitrary<Asked> = fc.record({
  functions: fc.array(
    fc.record({
      name: fc.constantFrom('ip_rcv', 'udp_recvmsg', 'server:net_rx_action', 'handle_softirqs', 'udp_rcv:return'),
      condition: fc.constantFrom(undefined, 'now > 100us', 'skb.len > 20'),
      hitCondition: count,
    }),
    { maxLength: 3 },
  ),
  lines: fc.array(fc.record({ line: fc.integer({ min: 1, max: 50 }), hitCondition: count }), { maxLength: 2 }),
  fields: fc.array(
    fc.record({
      field: fc.constantFrom(
        '["Host","server","mib","Ip","InReceives"]',
        '["Host","client","tasks",2,"__state"]',
        '["World","","wires",0,"ends",0,"GPRC"]',
        '["sk_buff","19","users"]',
        '["sock","5","sk_receive_queue"]',
        '["Host","server","cpus",0,"softirq_pending"]',
      ),
      condition: fc.constantFrom(undefined, 'new > 1', 'new > old && now > 100us'),
      hitCondition: count,
    }),
    { maxLength: 2 },
  ),
});

test('going ahead in the watch build changes no stop of any sequence of moves', () => {
  fc.assert(
    fc.property(asked, fc.array(wish, { maxLength: 12 }), (asked, wishes) => {
      const [ahead, never] = [0, Number.POSITIVE_INFINITY].map((rest) => {
        const left = [...wishes];
        const stops: string[] = [];
        const end = play(
          (stop, recording) => {
            const { moment, description, hitBreakpoints } = stop;
            stops.push(`${moment.event}.${moment.tick} ${description} ${hitBreakpoints} ${hashWorld(stop.world)}`);
            const next = left.shift();
            return next === undefined ? { kind: 'quit' } : moveOf(next, stop, recording);
          },
          asked,
          new Scout(rest),
        );
        return [...stops, end.how];
      });
      assert.deepEqual(ahead, never);
    }),
    { numRuns: 150, seed: 7 },
  );
});

test('forward n ticks and back again', () => {
  fc.assert(
    fc.property(fc.nat(EVENTS - 5), fc.nat(20), fc.integer({ min: 1, max: 20 }), (event, tick, n) => {
      const [here, there] = [
        { event, tick },
        { event, tick: tick + n },
      ];
      const seen: [Moment, string][] = [];
      const path = [here, there, here];
      play((stop) => {
        seen.push([stop.moment, hashWorld(stop.world)]);
        const moment = path.shift();
        return moment === undefined ? { kind: 'quit' } : { kind: 'goto', moment };
      });
      const [, first, , last] = seen;
      assert.deepEqual(last, first);
    }),
    { numRuns: 30, seed: 7 },
  );
});

const TICKS = 250;
test('by ticks nothing is left out, forwards and backwards', () => {
  const trail: Moment[] = [];
  const [there, back] = [
    Array.from({ length: TICKS }, (): Wish => ({ kind: 'step', how: 'tick' })),
    Array.from({ length: TICKS }, (): Wish => ({ kind: 'back', how: 'tick' })),
  ];
  const moves: Wish[] = [
    { kind: 'goto', moment: { event: 3, tick: 0 } },
    { kind: 'step', how: 'tick' },
    ...there,
    ...back,
  ];
  play((stop, recording) => {
    trail.push(stop.moment);
    const next = moves.shift();
    return next === undefined ? { kind: 'quit' } : moveOf(next, stop, recording);
  });
  const [, , first, ...steps] = trail;
  let before = first!;
  for (const { event, tick } of steps.slice(0, TICKS)) {
    assert.equal(tick, event === before.event ? before.tick + 1 : 1);
    before = { event, tick };
  }
  assert.ok(before.event > first!.event, `${first!.event} to ${before.event}`);
  assert.deepEqual(steps.slice(TICKS), [first, ...steps.slice(0, TICKS)].reverse().slice(1));
});

test('a step back lies before, and the step over from there comes back', () => {
  const trail: Moment[] = [];
  const moves: Wish[] = [
    { kind: 'continue' },
    ...Array.from({ length: 5 }, (): Wish => ({ kind: 'step', how: 'over' })),
    ...Array.from({ length: 5 }, (): Wish => ({ kind: 'back', how: 'over' })),
  ];
  play((stop, recording) => {
    trail.push(stop.moment);
    const next = moves.shift();
    return next === undefined ? { kind: 'quit' } : moveOf(next, stop, recording);
  });
  const [, ...steps] = trail;
  assert.deepEqual(steps.slice(6), steps.slice(0, 5).reverse());
  for (let i = 1; i < 6; i++) assert.ok(compareMoments(steps[i - 1]!, steps[i]!) < 0);
});

const EXPRESSIONS = [
  'skb',
  'skb->len',
  'ip_hdr(skb)->saddr',
  'sk',
  'current',
  'cpu',
  'server.eth0.rx_ring',
  'server.snmp.Udp',
  'client.app.reply',
  'jiffies',
  'now',
  'nonsense',
  'lineage(skb)',
  'bytes(skb)',
];

/** Opens whatever can be opened, three levels deep. */
function inspectEverything({ desk, hosts }: Recording): number {
  let opened = 0;
  const open = (reference: number, depth: number): void => {
    for (const row of desk.variables({ reference, page: null })) {
      opened++;
      if (row.memory > 0) desk.memory({ reference: row.memory, offset: 0, count: 64 });
      if (row.reference > 0 && depth < 3) open(row.reference, depth + 1);
    }
  };
  desk.chart({ from: null, to: null, columns: 16, calls: true });
  for (const thread of desk.threads()) {
    for (const frame of desk.stack({ thread: thread.id, start: 0, levels: 0 }).frames.slice(0, 12)) {
      for (const scope of desk.scopes({ frame: frame.id })) open(scope.reference, 1);
      for (const text of EXPRESSIONS) tolerated(() => desk.evaluate({ text, frame: frame.id, context: 'watch' }));
      desk.stepTargets({ frame: frame.id });
      desk.completions({ text: 'skb.', frame: frame.id });
    }
  }
  for (const host of hosts)
    for (const { usage } of HOST_COMMANDS)
      tolerated(() =>
        desk.evaluate({
          text: `${host}$ ${usage.replace('DEV', 'eth0').replace(/\s*\[.*\]/, '')}`,
          frame: null,
          context: 'repl',
        }),
      );
  for (const text of ['help', 'where', 'drops', 'functions ip_*', 'dump skb'])
    tolerated(() => desk.evaluate({ text, frame: null, context: 'repl' }));
  desk.packetEvent();
  return opened;
}

function tolerated(work: () => unknown): void {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof EvaluationError, String((error as Error).stack));
  }
}

test('inspecting everything at random stops changes nothing', () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ event: fc.nat(EVENTS), tick: fc.nat(40) }), { minLength: 1, maxLength: 3 }),
      (moments) => {
        const left = [...moments];
        const end = play((stop, recording) => {
          const before = { hash: hashWorld(stop.world), event: stop.world.event, tick: tickNumber() };
          recording.desk.open(stop);
          assert.ok(inspectEverything(recording) > 0 || stop.position === null);
          recording.desk.close();
          assert.deepEqual({ hash: hashWorld(stop.world), event: stop.world.event, tick: tickNumber() }, before);
          const moment = left.shift();
          return moment === undefined ? { kind: 'continue' } : { kind: 'goto', moment };
        });
        assert.equal(end.how, 'ended');
        assert.equal(hashWorld(end.world!), finalHash());
      },
    ),
    { numRuns: 6, seed: 3 },
  );
});

let final = '';
function finalHash(): string {
  if (final === '') {
    const end = play(() => ({ kind: 'continue' }));
    final = hashWorld(end.world!);
  }
  return final;
}
