import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { present } from '../../inspect/present.ts';
import { evaluate, parse } from './evaluate.ts';
import { EvaluationError } from './found.ts';
import type { Names } from './names.ts';

const values: Record<string, unknown> = {
  skb: { len: 142, cb: null, head: new Uint8Array([1, 2, 3]), 'odd-name': 7 },
  list: [10, 20, 30],
  reply: {
    kind: 'buffer',
    bytes: new TextEncoder().encode('hello'),
    length: 5,
    from: { kind: 'endpoint', address: 0x0a000001, port: 7 },
    lineage: [],
  },
  reason: 'NO_SOCKET',
  daddr: 0x0a000002,
  nothing: null,
};
const names: Names = {
  lookup: (name) => (Object.hasOwn(values, name) ? { value: values[name] } : undefined),
  all: () => Object.keys(values),
};
const shown = (text: string): string => {
  const { value, format } = evaluate(parse(text), names);
  return present(value, { now: 0, writer: () => undefined }, format);
};

const table: readonly (readonly [string, string])[] = [
  ['skb->len', '142'],
  ['skb.len', '142'],
  ['skb.len > 100 && reason == "NO_SOCKET"', 'true'],
  ['skb.len / 4', '35'],
  ['skb.len % 4', '2'],
  ['skb.len & 0x80', '128'],
  ['1 << 4 | 1', '17'],
  ['-3 + 5', '2'],
  ['!nothing', 'true'],
  ['nothing == 0', 'true'],
  ['nothing && nothing.len', 'false'],
  ["skb['odd-name']", '7'],
  ['list[1]', '20'],
  ['list.length', '3'],
  ['len(list)', '3'],
  ['len(skb.head)', '3'],
  ['daddr == 10.0.0.2', 'true'],
  ['10.0.0.2', '10.0.0.2'],
  ['ntohs(80) == 80', 'true'],
  ['reply.text == "hello"', 'true'],
  ['reply == "hello"', 'true'],
  ['reply.length', '5'],
  ['reply.from', '10.0.0.1:7'],
  ['reply.from.port', '7'],
  ['TCP_LISTEN', '10'],
  ['skb.len > 100 ? "big" : "small"', '"big"'],
];

test('expressions and what they give', () => {
  for (const [text, expected] of table) assert.equal(shown(text), expected, text);
});

const refused: readonly (readonly [string, RegExp])[] = [
  ['', /empty/],
  ['skb.', /./],
  ['skb.lem', /has no member lem; did you mean len\?/],
  ['skp.len', /nothing here is called skp; did you mean skb\?/],
  ['nothing.len', /null has no member len/],
  ['list[3]', /3 elements/],
  ['list[-1]', /3 elements/],
  ['ip_hdr(list)', /takes a struct sk_buff/],
  ['ip_hdr()', /one argument/],
  ['kfree_skb(skb)', /looking changes nothing/],
  ['1 / 0', /division by zero/],
  ['reason + 1', /takes numbers/],
  ['skb.len(', /./],
  ['skb = 1', /./],
];

test('what has no value is refused in words', () => {
  for (const [text, message] of refused)
    assert.throws(
      () => shown(text),
      (error) => error instanceof EvaluationError && message.test(error.message),
      text,
    );
});

test('no text breaks the evaluator', () => {
  const word = fc.constantFrom(
    'skb',
    'list',
    'reply',
    'nothing',
    '.',
    '->',
    '[',
    ']',
    '(',
    ')',
    'len',
    '+',
    '-',
    '*',
    '/',
    '%',
    '==',
    '&&',
    '?',
    ':',
    '0',
    '1',
    '0xffffffff',
    '10.0.0.1',
    '"a"',
    '5us',
    '!',
    '~',
    '<<',
    'ip_hdr',
    'text',
    '__proto__',
    'constructor',
    ' ',
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(word, { maxLength: 12 }).map((words) => words.join('')),
      ),
      (text) => {
        try {
          shown(text);
        } catch (error) {
          assert.ok(error instanceof EvaluationError, `${text}: ${String(error)}`);
        }
      },
    ),
    { numRuns: 2000, seed: 1 },
  );
});
