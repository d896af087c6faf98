import assert from 'node:assert/strict';
import test from 'node:test';
import { binary } from './operators.ts';
import { createBuffer } from './value.ts';
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

test('what was received is its length where a number is wanted, as recv returns it in C, and its bytes beside a text', () => {
  const data = createBuffer(new TextEncoder().encode('hello'), 5);
  const nothing = createBuffer(new Uint8Array(0), 0);
  const answers = [binary('<', data, 0), binary('>=', data, 5), binary('+', data, 2), binary('==', data, 5), binary('==', data, 'hello'), binary('!=', data, 4)];
  assert.deepEqual(answers, [0, 1, 7, 1, 1, 1]);
  assert.deepEqual([binary('==', nothing, 0), binary('==', 0, nothing), binary('==', nothing, ''), binary('<', -11, 0)], [1, 1, 1, 1]);
  assert.ok(hasFailed(binary('<', { kind: 'list', items: [] }, 0)));
});
