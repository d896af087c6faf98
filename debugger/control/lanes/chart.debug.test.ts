/** The run over time tells what the run did: slices add up to the CPUs' own accounts, nest, and lead to where they begin. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import test from 'node:test';
import { exampleLaunch } from '../../../test/engine/example_launch.ts';
import type { Cpu } from '../../machine/types.ts';
import * as debug from '../../world/engine.ts';
import { BreakpointTable } from '../breakpoints/table.ts';
import { type Engines, lazyEngine } from '../engine.ts';
import { RUN_ON } from '../plan.ts';
import { openRecording, type Recording } from '../recording.ts';
import { runSession } from '../session.ts';
import type { Stop } from '../stop.ts';
import type { Move } from '../waiter.ts';
import { BUSY_MODES, cpusOf } from './activity.ts';
import type { Chart, ChartSlice, CpuLane, WireLane } from './chart_shape.ts';
import { KERNEL } from './under_way.ts';
import { cpuStack } from '../stack/call_stack.ts';

const engines: Engines = { debug, fast: lazyEngine(pathToFileURL(path.resolve('dist/engine-watch.cjs'))) };

/** Runs to a moment of an example, and asks there. */
function stoppedAt<T>(
  name: string,
  event: number,
  ask: (recording: Recording, stop: Stop) => T,
  then: (stop: Stop) => Move = quit,
): T {
  const launch = exampleLaunch(name, { stopOnEntry: true });
  const recording = openRecording(engines, new BreakpointTable(() => undefined), launch);
  let stops = 0;
  let answer: T | undefined;
  const wait = (stop: Stop): Move => {
    recording.desk.open(stop);
    if (++stops === 1) return { kind: 'goto', moment: { event, tick: 0 } };
    if (stops > 2) return then(stop);
    answer = ask(recording, stop);
    return then(stop);
  };
  const arrival = { moment: { event: 0, tick: 0 }, reason: 'entry' as const, description: '' };
  runSession(
    recording.drive({ poll: () => 'none', wait }, () => undefined),
    { ...RUN_ON, arrival },
  );
  return answer!;
}

const quit = (): Move => ({ kind: 'quit' });
const ALL = { from: null, to: null, columns: 64, calls: true };
const cpuLanes = ({ lanes }: Chart): CpuLane[] => lanes.filter((lane) => lane.kind === 'cpu');
const wireLanes = ({ lanes }: Chart): WireLane[] => lanes.filter((lane) => lane.kind === 'wire');
const busy = ({ spent }: Cpu): number => BUSY_MODES.reduce((sum, mode) => sum + spent[mode], 0);

/** ns in which anything was under way, the idle task's own functions apart: their time counts as idle, but not that of what cut in there. */
function covered(slices: readonly ChartSlice[]): number {
  const within = (slice: ChartSlice, outer: ChartSlice): boolean =>
    outer.depth < slice.depth && outer.from <= slice.from && slice.to <= outer.to;
  const idle = slices.filter(({ depth, kind }) => depth === 0 && kind === KERNEL);
  const cutIn = slices.filter((slice) => slice.kind > KERNEL && idle.some((outer) => within(slice, outer)));
  const outermost = cutIn.filter((slice) => !cutIn.some((outer) => within(slice, outer)));
  const own = slices.filter(({ depth, kind }) => depth === 0 && kind !== KERNEL);
  return [...own, ...outermost].reduce((sum, { from, to }) => sum + to - from, 0);
}

for (const name of ['udp-echo', 'epoll-data', 'retransmission', 'send-only-queues']) {
  test(`${name}: the slices of a CPU add up to its modes`, () => {
    const [chart, spent] = stoppedAt(name, 400, ({ desk, timeline }) => [
      desk.chart(ALL),
      cpusOf(timeline.worldAt(timeline.activity.end.event + 1)).map(busy),
    ]);
    const lanes = cpuLanes(chart);
    assert.deepEqual(
      lanes.map(({ slices }) => covered(slices!)),
      spent,
    );
    for (const { slices } of lanes) assertNested(slices!);
  });
}

/** Each slice lies within one of the depth above it, and beside all others of its own. */
function assertNested(slices: readonly ChartSlice[]): void {
  const sorted = [...slices].sort((a, b) => a.from - b.from || b.to - a.to || a.depth - b.depth);
  const open: ChartSlice[] = [];
  for (const slice of sorted) {
    while (open.length > 0 && open.at(-1)!.to <= slice.from) open.pop();
    assert.equal(slice.depth, open.length, `${slice.name} at ${slice.from}`);
    assert.ok(open.length === 0 || slice.to <= open.at(-1)!.to, `${slice.name} at ${slice.from}`);
    open.push(slice);
  }
}

test('a slice leads to where its function begins', () => {
  const slice = stoppedAt(
    'udp-echo',
    60,
    ({ desk }) =>
      cpuLanes(desk.chart(ALL))
        .flatMap(({ slices }) => slices!)
        .find(({ name }) => name === 'ip_list_rcv')!,
  );
  const [event, tick] = slice.moment.split('.').map(Number);
  const found: string[] = [];
  stoppedAt(
    'udp-echo',
    60,
    () => undefined,
    (stop) => {
      if (stop.moment.event === event && stop.moment.tick === tick) {
        found.push(cpuStack(stop.world, stop.world.running!)[0]!.name, String(stop.world.running!.now));
        return { kind: 'quit' };
      }
      return { kind: 'goto', moment: { event: event!, tick: tick! } };
    },
  );
  assert.deepEqual(found, ['ip_list_rcv', String(slice.from)]);
});

test('frames stand on their wires, the load counts them, what is lost is a mark', () => {
  const chart = stoppedAt('retransmission', 500, ({ desk }) => desk.chart(ALL));
  const lanes = wireLanes(chart);
  assert.deepEqual(lanes.map(({ name }) => name).sort(), ['wire from client', 'wire from server']);
  for (const { frames } of lanes) for (const { from, sent, to } of frames!) assert.ok(from < sent && sent < to);
  assert.match(lanes.flatMap(({ frames }) => frames!)[0]!.name, /ARP|TCP/);
  assert.deepEqual(
    chart.marks.map(({ lane, name, moment }) => [lane, name, moment]),
    [
      ['wire from client', 'wire: LOST_BY_POSITION', '60.0'],
      ['server cpu0', 'eth0: NOT_SPECIFIED', '240.0'],
    ],
  );
});

test('frames of the packet at which the run stands are told from others', () => {
  const marked = (fn: string): string[] => {
    const launch = exampleLaunch('udp-echo');
    const breakpoints = new BreakpointTable(() => undefined);
    const recording = openRecording(engines, breakpoints, launch);
    breakpoints.setFunctions([{ name: fn }], recording.hosts);
    let chart: Chart | undefined;
    const wait = (stop: Stop): Move => {
      recording.desk.open(stop);
      chart = recording.desk.chart(ALL);
      return { kind: 'quit' };
    };
    runSession(
      recording.drive({ poll: () => 'none', wait }, () => undefined),
      RUN_ON,
    );
    return wireLanes(chart!).flatMap(({ frames }) =>
      frames!.filter(({ ofPacket }) => ofPacket).map(({ name }) => name),
    );
  };
  assert.deepEqual(
    marked('client:arp_rcv').map((name) => name.slice(0, 10)),
    ['ARP, Reply', 'ARP, Reque'],
  );
  assert.equal(marked('server:udp_rcv').length, 1);
  assert.equal(marked('server:udp_send_skb').length, 0);
});

test('a window shows what the whole shows there', () => {
  const [all, part] = stoppedAt('udp-echo', 90, ({ desk }) => {
    const whole = desk.chart(ALL);
    const [from, to] = [whole.end * 0.4, whole.end * 0.6].map(Math.round) as [number, number];
    return [whole, desk.chart({ from, to, columns: 16, calls: true })] as const;
  });
  cpuLanes(part).forEach(({ slices }, i) => {
    const within = cpuLanes(all)[i]!.slices!.filter(({ from, to }) => to > part.from && from < part.to);
    assert.deepEqual(
      slices!.filter(({ from, to }) => to > part.from && from < part.to),
      within,
    );
  });
});

test('while it runs there is no detail', () => {
  const chart = stoppedAt('udp-echo', 90, ({ desk }) => {
    desk.close();
    return desk.chart(ALL);
  });
  assert.equal(chart.now, null);
  assert.ok(cpuLanes(chart).every(({ slices }) => slices === null));
  assert.ok(cpuLanes(chart).some(({ load }) => load.some((column) => column.some((share) => share > 0))));
});
