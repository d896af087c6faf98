/**
 * Lists of like records as columns: keys once, numbers as differences from row to row (most of them small), lists end to end with their lengths. It packs a
 * third smaller than the records do, and is read in milliseconds.
 *
 *   [{ name: 'a', at: [3, 5] }, { name: 'b', at: [] }]
 *   { object: { name: { values: ['a', 'b'] }, at: { lengths: { numbers: [2, -2] }, items: { numbers: [3, 2] } } } }
 */

/** @param {any[]} rows all of one shape: numbers, strings, booleans, lists, tuples or plain objects of these */
export function toColumns(rows) {
  const [first] = rows;
  if (first !== undefined && rows.every((row) => typeof row === 'number')) return { numbers: differences(rows) };
  if (!rows.every((row) => row !== null && typeof row === 'object') || first === undefined) return { values: rows };
  if (!Array.isArray(first)) return { object: byKey(Object.keys(first), rows) };
  if (isTuple(first, rows)) return { tuple: byKey([...first.keys()], rows) };
  return { lengths: toColumns(rows.map(({ length }) => length)), items: toColumns(rows.flat()) };
}

const byKey = (keys, rows) => Object.fromEntries(keys.map((key) => [key, toColumns(rows.map((row) => row[key]))]));

/** Lists of one length, the same kind of thing in each place. */
const isTuple = (first, rows) =>
  first.length > 0 &&
  rows.every((row) => row.length === first.length && row.every((each, i) => typeof each === typeof first[i]));

const differences = (column) => column.map((value, i) => (i === 0 ? value : value - column[i - 1]));

/** The rows again. The arrays of numbers in `columns` are used up. */
export function fromColumns({ values, numbers, object, tuple, lengths, items }) {
  if (values) return values;
  if (numbers) {
    for (let i = 1; i < numbers.length; i++) numbers[i] += numbers[i - 1];
    return numbers;
  }
  if (object) return rowsOf(object, () => ({}));
  if (tuple) return rowsOf(tuple, () => []);
  const all = fromColumns(items);
  let at = 0;
  return fromColumns(lengths).map((length) => all.slice(at, (at += length)));
}

function rowsOf(columns, empty) {
  const entries = Object.entries(columns).map(([key, column]) => [key, fromColumns(column)]);
  return entries[0][1].map((_, i) => {
    const row = empty();
    for (const [key, column] of entries) row[key] = column[i];
    return row;
  });
}
