import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chainsOf, expressionAt } from './expressionAt.ts';

const line = '  if (skb.len > sk.sk_rcvbuf && !skb.dev!.flags) ring.desc[i].len = 0; // skb.mark "x"';

const under = (word: string): string | undefined => expressionAt(line, line.indexOf(word))?.expression;

test('the expression ends with the segment under the pointer', () => {
  assert.equal(under('skb.len'), 'skb');
  assert.equal(under('len >'), 'skb.len');
  assert.equal(under('flags'), 'skb.dev.flags');
  assert.equal(under('dev!'), 'skb.dev');
  assert.equal(under('[i]'), 'ring.desc[i]');
});

test('nothing is under blanks, operators, comments and strings', () => {
  assert.equal(expressionAt(line, 0), undefined);
  assert.equal(expressionAt(line, line.indexOf('> sk')), undefined);
  assert.equal(under('mark'), undefined);
  assert.equal(expressionAt('call("skb.len")', 8), undefined);
  assert.equal(expressionAt(' * skb.len of a doc comment', 5), undefined);
});

test('ranges are those of the text', () => {
  const found = expressionAt(line, line.indexOf('len >'))!;
  assert.equal(line.slice(found.start, found.end), 'skb.len');
});

test('all chains of a line', () => {
  const found = chainsOf('a.b = c[0].d + f(e)').map((chain) => chain.expression);
  assert.deepEqual(found, ['a.b', 'c[0].d', 'f', 'e']);
});
