/** A run that goes ahead in the watch build stops where one in the debug build does, and counts the same hits; on the way back it stops there again. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'node:test';
import { exampleLaunch } from '../../test/engine/example_launch.ts';
import * as debug from '../world/engine.ts';
import type { BreakpointRequest } from './breakpoints/breakpoint.ts';
import { BreakpointTable, type FilterRequest } from './breakpoints/table.ts';
import { type Engines, lazyEngine } from './engine.ts';
import { hashWorld } from './hash.ts';
import { packetStepFrom } from './packet/packet_at.ts';
import { cpuStack } from './stack/call_stack.ts';
import { lineageOfStack } from './stack/packet_of.ts';
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
  /** Lines of the example. */
  readonly lines?: readonly BreakpointRequest[];
  /** A listing, and a text of the line in it. */
  readonly listing?: readonly [file: string, text: string, more?: BreakpointRequest];
  readonly filters?: readonly FilterRequest[];
  readonly fields?: readonly BreakpointRequest[];
}

function play(example: string, scout: Scout, asked: Asked, decide: (stop: Stop, nth: number) => Move): Run {
  const launch = exampleLaunch(example);
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
  breakpoints.setScenario(recording.scenario, asked.lines ?? []);
  if (asked.listing !== undefined) breakpoints.setListing(asked.listing[0], [lineOf(...asked.listing)]);
  breakpoints.setFilters(asked.filters ?? []);
  breakpoints.setFields(asked.fields ?? []);
  const wait = (stop: Stop): Move => {
    stops.push(
      `${stop.moment.event}.${stop.moment.tick} ${stop.description} ${stop.hitBreakpoints} ${hashWorld(stop.world)}`,
    );
    recording.timeline.worldAt(Math.max(0, stop.moment.event - 1)); // as looking into the past does
    return stops.length >= MOST_STOPS ? { kind: 'quit' } : decide(stop, stops.length);
  };
  const parts = recording.drive({ poll: () => 'none', wait }, (text) => void log.push(text));
  const end = runSession({ ...parts, scout }, RUN_ON);
  return { stops: [...stops, end.world === null ? end.how : hashWorld(end.world)], log, fastEvents };
}

function lineOf(file: string, text: string, more: BreakpointRequest = {}): BreakpointRequest {
  const lines = readFileSync(path.resolve('debugger/kernel', file), 'utf8').split('\n');
  const at = lines.findIndex((line) => line.includes(text));
  assert.ok(at >= 0, `${file} has no ${text}`);
  return { ...more, line: at + 1 };
}

/** A data breakpoint; in retransmission the client's sock is number 6. */
const field = (place: readonly (string | number)[], more: BreakpointRequest = {}): BreakpointRequest => ({
  ...more,
  field: JSON.stringify(place),
});
const CWND = ['sock', '6', 'tcp', 'snd_cwnd'];

const onAndOn = (): Move => ({ kind: 'continue' });
const withSteps = (stop: Stop, nth: number): Move => {
  const thread = threadOf(stop.world);
  if (nth % 3 === 1) return { kind: 'step', how: 'over', thread };
  return nth % 7 === 0 ? { kind: 'back', how: 'over', thread } : { kind: 'continue' };
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
  [
    'a lost frame, then a function',
    'retransmission',
    { functions: [{ name: 'tcp_retransmit_skb' }], filters: [{ filter: 'loss' }] },
  ],
  ['lost frames', 'retransmission', { filters: [{ filter: 'loss' }, { filter: 'ring-full' }, { filter: 'drop' }] }],
  [
    'workers and what they drop',
    'cable-pulled',
    { functions: [{ name: 'igb_watchdog_task' }, { name: 'linkwatch_do_dev' }], filters: [{ filter: 'drop' }] },
  ],
  ['a stage', 'udp-no-socket', { functions: [{ name: 'stage:UDP' }, { name: 'server:stage:ICMP' }] }],
  [
    'a stage, with a condition',
    'send-only-queues',
    { functions: [{ name: 'client:stage:queueing discipline', condition: 'skb.len > 1000' }] },
  ],
  ['nothing that comes', 'send-only-queues', { functions: [{ name: 'icmp_send' }] }],
  ['a line of the scenario', 'slow-reader', { lines: [{ line: 19 }, { line: 32 }] }],
  [
    'a condition on a line, and every second hit',
    'slow-reader',
    {
      lines: [
        { line: 20, condition: 'got > 20000' },
        { line: 19, hitCondition: '%2' },
      ],
    },
  ],
  ['a logpoint on a line', 'slow-reader', { lines: [{ line: 20, logMessage: 'got {got}' }] }],
  [
    'a line of a rare function',
    'retransmission',
    { listing: ['net/ipv4/tcp_recovery.ts', 'function tcp_rack_mark_lost'] },
  ],
  ['a line of a helper', 'slow-reader', { listing: ['net/ipv4/tcp/recvmsg.ts', 'state.copied += used'] }],
  ['a line behind a wait', 'slow-reader', { listing: ['net/ipv4/tcp/recvmsg.ts', 'const skb = findSkb(sk, state)'] }],
  [
    'a line with a condition',
    'slow-reader',
    { listing: ['net/ipv4/tcp/recvmsg.ts', 'const skb = findSkb', { condition: 'state.copied > 0' }] },
  ],
  [
    'returns of what waits',
    'retransmission',
    { functions: [{ name: '__sys_recvfrom:return' }, { name: 'handle_softirqs:return' }] },
  ],
  [
    'a return, awaited for long',
    'tcp-echo',
    { functions: [{ name: 'inet_csk_accept:return' }, { name: 'tcp_recvmsg:return' }] },
  ],
  ['a return', 'udp-echo', { functions: [{ name: 'ip_rcv:return' }, { name: 'udp_recvmsg:return' }] }],
  [
    'a return of what waits, by its value',
    'slow-reader',
    {
      functions: [
        { name: 'tcp_recvmsg_locked:return', condition: 'retval > 3000' },
        { name: 'tcp_v4_rcv:return', hitCondition: '%5' },
      ],
    },
  ],
  ['a field of a sock', 'retransmission', { fields: [field(CWND), field(['sock', '6', 'sk_state'])] }],
  ['a field, by its new value', 'retransmission', { fields: [field(CWND, { condition: 'new < old' })] }],
  [
    'a field, where a local variable says so',
    'retransmission',
    { fields: [field(['sock', '6', 'tcp', 'snd_una'], { condition: 'ack == new' })] },
  ],
  [
    'every third change',
    'retransmission',
    { fields: [field(['sock', '6', 'tcp', 'packets_out'], { hitCondition: '%3' })] },
  ],
  ['a counter', 'retransmission', { fields: [field(['Host', 'server', 'mib', 'Tcp', 'InSegs'])] }],
  ['what hardware counts', 'retransmission', { fields: [field(['World', '', 'wires', 0, 'ends', 1, 'GPRC'])] }],
  ['the state of a task', 'retransmission', { fields: [field(['Host', 'server', 'tasks', 2, '__state'])] }],
  [
    'a field of a packet to come',
    'retransmission',
    { fields: [field(['sk_buff', '35', 'cb', 'sacked']), field(['sk_buff', '39', 'len'])] },
  ],
  [
    'queues',
    'retransmission',
    { fields: [field(['sock', '6', 'tcp_rtx_queue']), field(['sock', '6', 'sk_write_queue'])] },
  ],
  [
    'a queue, by its length',
    'slow-reader',
    { fields: [field(['sock', '57', 'sk_receive_queue'], { condition: 'new.length > old.length' })] },
  ],
  ['a neighbour', 'arp-cold', { fields: [field(['neighbour', 'client eth0 10.0.0.1', 'nud_state'])] }],
  [
    'a field and the function that changes it',
    'retransmission',
    {
      fields: [field(CWND)],
      functions: [
        { name: 'tcp_cong_avoid_ai' },
        { name: 'tcp_reno_cong_avoid' },
        { name: 'tcp_cwnd_reduction:return' },
      ],
    },
  ],
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
      if (asked.fields !== undefined) assert.ok(ahead.stops.length > 1, ahead.stops.join('\n'));
    });
  }
}

/** On with the packet at hand, as long as there is one. */
function alongThePacket({ world }: Stop): Move {
  const stack = world.running === null ? [] : cpuStack(world, world.running);
  const lineage = lineageOfStack(stack);
  return lineage === null ? { kind: 'continue' } : { kind: 'packet', step: packetStepFrom(stack, lineage, 'next') };
}

for (const [example, name] of [
  ['udp-echo', 'udp_send_skb'],
  ['udp-no-socket', 'udp_send_skb'],
  ['udp-fragments', 'ip_fragment'],
  ['retransmission', 'client:tcp_write_xmit'],
  ['send-only-queues', 'tcp_skb_entail'],
] as const) {
  test(`${example}: the packet's steps stop where the debug build alone does`, () => {
    const asked = { functions: [{ name }] };
    const ahead = play(example, new Scout(0), asked, alongThePacket);
    const never = play(example, new Scout(Number.POSITIVE_INFINITY), asked, alongThePacket);
    assert.deepEqual(ahead.stops, never.stops);
    assert.ok(
      ahead.stops.some((stop) => stop.includes('The packet comes to')),
      ahead.stops.join('\n'),
    );
  });
}

/** Far enough to pass several copies of the world on the way back. */
const TURN = 25;

/** The moments of the stops up to the TURN-th or the last, and of those on the way back from there. */
function thereAndBack(example: string, asked: Asked): { there: string[]; back: string[] } {
  const count = Math.min(TURN, play(example, new Scout(0), asked, onAndOn).stops.length - 1);
  const { stops } = play(example, new Scout(0), asked, (_, nth) => {
    if (nth < count) return { kind: 'continue' };
    return nth < 2 * count - 1 ? { kind: 'reverse' } : { kind: 'quit' };
  });
  const moments = stops.map((each) => each.split(' ')[0]!);
  return { there: moments.slice(0, count), back: moments.slice(count - 1, 2 * count - 1) };
}

for (const [what, example, asked] of cases) {
  const counts = [asked.functions, asked.lines, asked.fields].flat().some((each) => each?.hitCondition !== undefined);
  if (counts) continue; // hits of the past are not counted again
  test(`${what}: back to where the run had stopped`, () => {
    const { there, back } = thereAndBack(example, asked);
    assert.deepEqual(back, there.reverse());
  });
}

for (const [what, asked] of [
  ['what is never entered', { functions: [{ name: 'icmp_send' }] }],
  ['a function without its line', { listing: ['net/ipv4/icmp/send.ts', 'function __icmp_send'] }],
  ['a function that does not return', { functions: [{ name: 'icmp_send:return' }] }],
] as const satisfies [string, Asked][]) {
  test(`${what} is waited for in the watch build`, () => {
    const [ahead, never] = [new Scout(0), new Scout(Number.POSITIVE_INFINITY)].map((scout) =>
      play('send-only-queues', scout, asked, onAndOn),
    );
    assert.ok(ahead!.fastEvents > 100);
    assert.equal(never!.fastEvents, 0);
  });
}

test('a return that is long awaited is waited for in the watch build', () => {
  const asked = { functions: [{ name: 'server:tcp_recvmsg_locked:return', condition: 'retval > 900' }] };
  const { fastEvents, stops } = play('retransmission', new Scout(0), asked, onAndOn);
  assert.ok(fastEvents > 100, String(fastEvents));
  assert.ok(stops.length > 3, stops.join('\n'));
});

test('steps from line to line pass what lies between in the watch build', () => {
  const overAndOver = (stop: Stop): Move => ({ kind: 'step', how: 'over', thread: threadOf(stop.world) });
  const asked = { lines: [{ line: 16 }] };
  const [ahead, never] = [new Scout(0), new Scout(Number.POSITIVE_INFINITY)].map((scout) =>
    play('slow-reader', scout, asked, overAndOver),
  );
  assert.deepEqual(ahead!.stops, never!.stops);
  assert.ok(ahead!.stops.length > 20, String(ahead!.stops.length));
  assert.ok(ahead!.fastEvents > 100, String(ahead!.fastEvents));
});

const askedAhead: [string, Asked][] = [
  ['a condition on parameters is asked', { functions: [{ name: 'tcp_v4_rcv', condition: 'skb.len < 0' }] }],
  ['hits are counted', { functions: [{ name: 'tcp_v4_rcv', hitCondition: '1000000' }] }],
  ['a condition on variables of the process is asked', { lines: [{ line: 20, condition: 'got < 0' }] }],
  ['hits of a line are counted', { lines: [{ line: 20, hitCondition: '1000000' }] }],
];
for (const [what, asked] of askedAhead)
  test(`${what} in the watch build`, () => {
    class Never extends Scout {
      override found(): void {
        throw new Error('repeated in vain');
      }
    }
    assert.ok(play('slow-reader', new Never(0), asked, onAndOn).fastEvents > 100);
  });

test('a line that is passed by, over and over, is left to the debug build', () => {
  const asked: Asked = { listing: ['net/ipv4/tcp/recvmsg.ts', 'return tcp_recv_urg('] };
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
