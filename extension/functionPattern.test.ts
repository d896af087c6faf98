import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFunctionPattern, splitCondition } from './functionPattern.ts';

test('globs, host:name and /expressions/ are patterns', () => {
  for (const text of ['tcp_*', '*_rcv', 'ip_?cv', 'server:ip_rcv', 'server:tcp_*', '/^tcp_.*xmit$/']) {
    assert.equal(isFunctionPattern(text), true, text);
  }
});

test('names and beginnings of names are not', () => {
  for (const text of ['', 'ip_rcv', 'ip', 'server:', 'a b*', '/', '//'])
    assert.equal(isFunctionPattern(text), false, text);
});

test('what stands behind `if` is a condition', () => {
  assert.deepEqual(splitCondition('tcp_write_xmit if skb.len > 1000 '), {
    name: 'tcp_write_xmit',
    condition: 'skb.len > 1000',
  });
  for (const text of ['tcp_write_xmit', 'tcp_write_xmit if', 'if x', 'iface_if'])
    assert.equal(splitCondition(text), null);
});

test('a stage is a pattern, and may have blanks', () => {
  for (const text of ['stage:UDP', 'server:stage:queueing discipline']) assert.ok(isFunctionPattern(text), text);
  assert.equal(isFunctionPattern('stage:'), false);
  assert.deepEqual(splitCondition('stage:queueing discipline if skb.len > 1000'), {
    name: 'stage:queueing discipline',
    condition: 'skb.len > 1000',
  });
});

test('a return is more than a name', () => {
  for (const text of ['ip_rcv:return', 'server:ip_rcv:return', 'tcp_*:return'])
    assert.ok(isFunctionPattern(text), text);
});
