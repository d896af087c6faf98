import assert from 'node:assert/strict';
import test from 'node:test';
import type { Chart, ChartSlice } from '../../../debugger/control/lanes/chart_shape.ts';
import { heightOf, pick, ROW, rowsOf, rowTops } from './rows.ts';
import { describe, destination } from './words.ts';

const slice = (name: string, kind: number, depth: number, from: number, to: number): ChartSlice => ({
  name,
  kind,
  depth,
  from,
  to,
  moment: `${from}.1`,
});
const slices = [
  slice('app', 0, 0, 100, 900),
  slice('do_syscall_64', 1, 1, 200, 800),
  slice('common_interrupt', 3, 2, 300, 400),
  slice('handle_irq', 3, 3, 320, 390),
];
const frame = { name: 'UDP', from: 1000, sent: 1010, to: 1500, ofPacket: false };
const chart: Chart = {
  end: 2000,
  now: 500,
  eventful: 1900,
  from: 0,
  to: 2000,
  lanes: [
    { kind: 'cpu', name: 'a cpu0', load: [], slices },
    { kind: 'cpu', name: 'b cpu0', load: [], slices: null },
    { kind: 'wire', name: 'wire from a', load: [], frames: [frame] },
  ],
  marks: [],
  bookmarks: [],
};

test('a folded CPU is one row, an unfolded one as high as its calls are deep', () => {
  assert.deepEqual(
    rowsOf(chart, new Set()).map(({ height }) => height / ROW),
    [1, 2, 1],
  );
  const rows = rowsOf(chart, new Set(['a cpu0', 'b cpu0']));
  assert.deepEqual(
    rows.map(({ height }) => height / ROW),
    [4, 2, 1],
  );
  assert.equal(rowTops(rows).length, 7);
  assert.ok(rows.every(({ y }, i) => i === 0 || y >= rows[i - 1]!.y + rows[i - 1]!.height));
  assert.ok(heightOf(rows) > rowTops(rows).at(-1)! + ROW);
});

test('a context of its own begins where the kind changes', () => {
  const [cpu] = rowsOf(chart, new Set());
  assert.ok(cpu?.kind === 'cpu');
  assert.deepEqual(
    cpu.slices!.filter(({ begins }) => begins).map(({ name }) => name),
    ['app', 'do_syscall_64', 'common_interrupt'],
  );
});

const folded = rowsOf(chart, new Set());
const open = rowsOf(chart, new Set(['a cpu0']));
const picks: [string, ReturnType<typeof pick>, string, string][] = [
  [
    'folded: the innermost',
    pick(folded, folded[0]!.y + 3, 350, 1),
    'handle_irq: 70 ns from 320 ns, a cpu0, hard interrupt\napp › do_syscall_64 › common_interrupt',
    'goto 320.1',
  ],
  [
    'unfolded: the one of its row',
    pick(open, open[0]!.y + ROW + 3, 350, 1),
    'do_syscall_64: 600 ns from 200 ns, a cpu0, kernel, for a process\napp',
    'goto 200.1',
  ],
  ['below the innermost: the time', pick(open, open[0]!.y + 3 * ROW + 3, 450, 1), '450 ns', 'at 450ns'],
  ['a CPU whose calls are too many: the time', pick(folded, folded[1]!.y + 3, 450, 1), '450 ns', 'at 450ns'],
  [
    'a frame',
    pick(folded, folded[2]!.y + 3, 998, 5),
    'UDP\nwire from a: leaves in 10 ns from 1 us, arrives at 1.5 us',
    'at 1000ns',
  ],
  ['between two lanes', pick(folded, folded[1]!.y - 1, 450, 1), '450 ns', 'at 450ns'],
];
for (const [name, picked, words, command] of picks)
  test(name, () => {
    const time = name === 'a frame' ? 998 : 450;
    assert.equal(describe(picked, undefined, time), words);
    assert.equal(destination(picked, undefined, time), command);
  });

test('a mark goes before what lies under it', () => {
  const mark = { time: 350, lane: 'a cpu0', name: 'udp_rcv: NO_SOCKET', moment: '17.0' };
  assert.equal(describe(folded[0] ? pick(folded, 3, 350, 1) : null, mark, 350), 'udp_rcv: NO_SOCKET, at 350 ns');
  assert.equal(destination(null, mark, 350), 'goto 17.0');
});
