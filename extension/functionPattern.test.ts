import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFunctionPattern } from './functionPattern.ts';

test('globs, host:name and /expressions/ are patterns', () => {
  for (const text of ['tcp_*', '*_rcv', 'ip_?cv', 'server:ip_rcv', 'server:tcp_*', '/^tcp_.*xmit$/']) {
    assert.equal(isFunctionPattern(text), true, text);
  }
});

test('names and beginnings of names are not', () => {
  for (const text of ['', 'ip_rcv', 'ip', 'server:', 'a b*', '/', '//'])
    assert.equal(isFunctionPattern(text), false, text);
});
