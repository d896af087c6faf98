import assert from 'node:assert/strict';
import test from 'node:test';
import { $hold, $steps, type Context, DONE, type Frame, resume, YIELD } from './frames.ts';

const frame = (fn: number): Frame => ({ fn, label: 0 });

test('what waits comes to lie on its context, callers below', () => {
  const context: Context = { frames: [frame(900_000)], ret: null };
  $steps[900_000] = () => {
    $hold(frame(900_002));
    $hold(frame(900_001));
    return YIELD;
  };
  assert.equal(resume(context), YIELD);
  assert.deepEqual(context.frames.map(({ fn }) => fn), [900_000, 900_001, 900_002]);
});

test('a wait that its caller has overlooked is no silence', () => {
  const context: Context = { frames: [frame(900_003)], ret: null };
  $steps[900_003] = (_, { frames }) => {
    $hold(frame(900_004));
    frames.pop();
    return DONE;
  };
  assert.throws(() => resume(context), /function 900004 waits, but whoever called it in function 900003 went on: call it with yield\*/);
});
