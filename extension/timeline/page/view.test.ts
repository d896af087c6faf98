import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { firstView, moved, ruler, showing, timeAt, type View, xOf, zoomed } from './view.ts';

const END = 10_000;
const views = fc
  .tuple(fc.nat(END - 200), fc.integer({ min: 100, max: END }))
  .map(([from, span]): View => ({ from, to: Math.min(END, from + span) }));

test('places and times are each other’s inverse', () => {
  const view = { from: 1000, to: 3000 };
  assert.equal(xOf(view, 400, 2000), 200);
  assert.equal(timeAt(view, 400, 200), 2000);
});

test('zooming keeps the time under the pointer where it is', () => {
  assert.deepEqual(zoomed({ from: 2000, to: 4000 }, 0.5, 2500, END), { from: 2250, to: 3250 });
});

const rows: [string, View, View][] = [
  ['out, no further than all there is', zoomed({ from: 4000, to: 9000 }, 100, 5000, END), { from: 0, to: END }],
  ['in, no further than a hundred ns', zoomed({ from: 4000, to: 4100 }, 0.01, 4050, END), { from: 4000, to: 4100 }],
  ['pulled beyond the end', moved({ from: 8000, to: 9500 }, 5000, END), { from: 8500, to: END }],
  ['pulled before the beginning', moved({ from: 500, to: 1500 }, -5000, END), { from: 0, to: 1000 }],
  ['what is in sight stays', showing({ from: 500, to: 1500 }, 700, END), { from: 500, to: 1500 }],
  ['what is out of sight comes into the middle', showing({ from: 500, to: 1500 }, 5000, END), { from: 4500, to: 5500 }],
  ['a run shorter than the least to see', zoomed({ from: 0, to: 40 }, 0.1, 20, 40), { from: 0, to: 40 }],
];
for (const [name, found, wanted] of rows) test(name, () => assert.deepEqual(found, wanted));

test('wherever one zooms and pulls, one stays within the run', () => {
  const acts = fc.array(
    fc.oneof(
      fc.tuple(fc.constant('zoom'), fc.double({ min: 0.01, max: 50, noNaN: true })),
      fc.tuple(fc.constant('move'), fc.integer({ min: -END, max: END })),
    ),
  );
  fc.assert(
    fc.property(views, acts, (start, all) => {
      let view = start;
      for (const [act, by] of all) {
        view =
          act === 'zoom' ? zoomed(view, by as number, (view.from + view.to) / 2, END) : moved(view, by as number, END);
        assert.ok(view.from >= 0 && view.to <= END && view.from < view.to, JSON.stringify(view));
      }
    }),
  );
});

test('a long end in which nothing happens is not shown at first', () => {
  assert.deepEqual(firstView(1000, 900), { from: 0, to: 1000 });
  assert.deepEqual(firstView(60_000, 900), { from: 0, to: 990 });
  assert.deepEqual(firstView(0, 0), { from: 0, to: 1 });
});

test('the ruler has round times, neither too close nor none', () => {
  assert.deepEqual(ruler({ from: 950, to: 5100 }, 500, 100), [1000, 2000, 3000, 4000, 5000]);
  fc.assert(
    fc.property(views, (view) => {
      const marks = ruler(view, 800, 100);
      assert.ok(marks.every((each) => each >= view.from && each <= view.to));
      assert.ok(marks.length <= 9);
    }),
  );
});
