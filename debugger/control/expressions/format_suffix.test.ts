import assert from 'node:assert/strict';
import test from 'node:test';
import { childrenOf } from '../../inspect/children.ts';
import { present } from '../../inspect/present.ts';
import { cutFormat } from './format_suffix.ts';

const cuts: readonly (readonly [string, string, string | undefined])[] = [
  ['skb.len', 'skb.len', undefined],
  ['skb.len,x', 'skb.len', 'hex'],
  [' skb.len , d ', ' skb.len', 'number'],
  ['f(a, b),b', 'f(a, b)', 'binary'],
  ['[1, x]', '[1, x]', undefined],
  ['f(a,x)', 'f(a,x)', undefined],
  ['",x"', '",x"', undefined],
  ['skb.len,y', 'skb.len,y', undefined],
  [',x', ',x', undefined],
];

test('the format stands behind the expression', () => {
  for (const [text, expression, format] of cuts) assert.deepEqual(cutFormat(text), { text: expression, format });
});

const look = { now: 0, writer: () => undefined };

test('numbers in the formats that can be asked for', () => {
  const shown = (value: unknown, format: string): string => present(value, look, format);
  assert.equal(shown(255, 'hex'), '0xff');
  assert.equal(shown(2 ** 40, 'hex'), '0x10000000000');
  assert.equal(shown(-11, 'hex'), '0xfffffff5');
  assert.equal(shown(0.5, 'hex'), '0.5');
  assert.equal(shown(10, 'binary'), '0b1010');
  assert.equal(shown(10, 'number'), '10');
  assert.equal(shown('text', 'hex'), '"text"');
  assert.equal(shown(true, 'hex'), 'true');
});

test('integers without a format of their own, wherever they stand', () => {
  const inHex = { ...look, integers: 'hex' };
  const record = { len: 255, saddr: 0x0a000001, list: [16, 17], inner: { a: 32, b: true } };
  const rows = childrenOf(record, 'r', inHex).map(
    ({ name, value, format }) => `${name} ${present(value, inHex, format)}`,
  );
  assert.deepEqual(rows, ['len 0xff', 'saddr 10.0.0.1', 'list [0x10, 0x11]', 'inner {a: 0x20, b: true}']);
});
