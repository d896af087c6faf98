/**
 * Lists of like records as columns: keys once, numbers as differences from row to row (most of them small), lists end to end with their lengths. It packs a
 * third smaller than the records do.
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

/**
 * Source text that makes the rows again from columns of this form called `name`, with `sums` and `lists` at hand: written out, since V8 makes records from literals ten
 * times as fast as key by key. The arrays of numbers are used up.
 */
export function readerOf({ values, numbers, object, tuple, items, lengths }, name) {
  if (values) return `${name}.values`;
  if (numbers) return `sums(${name}.numbers)`;
  if (items) return `lists(${readerOf(items, `${name}.items`)}, ${readerOf(lengths, `${name}.lengths`)})`;
  const keys = Object.keys(object ?? tuple);
  const kind = object ? 'object' : 'tuple';
  const columns = keys.map((key) => readerOf((object ?? tuple)[key], `${name}.${kind}[${JSON.stringify(key)}]`));
  const row = object
    ? `({ ${keys.map((key, i) => `${JSON.stringify(key)}: c${i}[i]`)} })`
    : `[${keys.map((_, i) => `c${i}[i]`)}]`;
  return `((${keys.map((_, i) => `c${i}`)}) => c0.map((_, i) => ${row}))(${columns.join(', ')})`;
}

/** Each number on top of those before it. */
export function sums(numbers) {
  for (let i = 1; i < numbers.length; i++) numbers[i] += numbers[i - 1];
  return numbers;
}

/** A list cut into lists of these lengths. */
export function lists(items, lengths) {
  let at = 0;
  return lengths.map((length) => items.slice(at, (at += length)));
}
