import assert from 'node:assert/strict';
import test from 'node:test';
import { Progress } from './progress.ts';

test('nothing is said of short runs; of long ones at intervals', () => {
  let now = 0;
  const progress = new Progress(() => now);
  const times: number[] = [];
  const run = (from: number, to: number): void => {
    now = from;
    progress.begin();
    for (; now < to; now += 0.1) if (progress.isDue()) times.push(now);
  };
  run(0, 900);
  assert.deepEqual(times, []);
  run(5000, 7500);
  assert.deepEqual(
    times.map((time) => Math.round(time / 500) * 500),
    [6000, 6500, 7000, 7500].slice(0, times.length),
  );
  assert.ok(times.length >= 3 && times[0]! >= 6000);
});
