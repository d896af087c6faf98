/** Whatever goes into columns comes out again. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import fc from 'fast-check';

interface Columns {
  toColumns: (rows: unknown[]) => unknown;
  readerOf: (columns: unknown, name: string) => string;
  sums: unknown;
  lists: unknown;
}
let columns: Columns;

before(async () => {
  columns = await import(pathToFileURL(path.resolve('build/engine/columns.mjs')).href);
});

function again(rows: unknown[]): unknown[] {
  const made = JSON.parse(JSON.stringify(columns.toColumns(rows)));
  const read = new Function('sums', 'lists', 'made', `return ${columns.readerOf(made, 'made')}`);
  return read(columns.sums, columns.lists, made);
}

test('records, lists and tuples', () => {
  for (const rows of [
    [],
    [1, 5, 3],
    ['a', 'b'],
    [[], []],
    [[1], [], [2, 3]],
    [
      ['a', 1],
      ['b', 2],
    ],
    [
      {
        name: 'a',
        yes: true,
        at: [
          [1, 2],
          [3, 4],
        ],
      },
      { name: 'b', yes: false, at: [] },
    ],
  ])
    assert.deepEqual(again(rows), rows);
});

test('any rows of one shape', () => {
  const fields = {
    n: fc.integer(),
    s: fc.string(),
    b: fc.boolean(),
    list: fc.array(fc.string()),
    tuples: fc.array(fc.tuple(fc.string(), fc.integer())),
  };
  const row = fc.record(fields, { noNullPrototype: true });
  fc.assert(fc.property(fc.array(row), (rows) => assert.deepEqual(again(rows), rows)));
});
