import assert from 'node:assert/strict';
import test from 'node:test';
import { binary } from './operators.ts';
import type { Value } from './value.ts';

test('lists and texts that a loop doubles come to an end before memory does', () => {
  const doubled = (first: Value): unknown => {
    let value: unknown = first;
    for (let i = 0; i < 25 && !hasFailed(value); i++) value = binary('+', value as Value, value as Value);
    return value;
  };
  assert.deepEqual(doubled({ kind: 'list', items: [1, 2, 3] }), { failure: 'a list of 98304 elements is out of bounds' });
  assert.deepEqual(doubled('abc'), { failure: 'a text of 1572864 characters is out of bounds' });
});

function hasFailed(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'failure' in value;
}
