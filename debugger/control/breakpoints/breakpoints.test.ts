import assert from 'node:assert/strict';
import test from 'node:test';
import { functionNumber, functions, tickInfo } from '../debug_info.ts';
import { assignedTick } from './assigned.ts';
import { breakableNames, resolveName } from './function_names.ts';
import { parseHitCount } from './hit_count.ts';

const hits = (text: string): number[] => {
  const holds = parseHitCount(text);
  assert.equal(typeof holds, 'function', String(holds));
  return Array.from({ length: 10 }, (_, i) => i + 1).filter((hit) => (holds as (hit: number) => boolean)(hit));
};

test('hit counts', () => {
  assert.deepEqual(hits('5'), [5]);
  assert.deepEqual(hits('== 5'), [5]);
  assert.deepEqual(hits('>=8'), [8, 9, 10]);
  assert.deepEqual(hits('> 8'), [9, 10]);
  assert.deepEqual(hits('<3'), [1, 2]);
  assert.deepEqual(hits('%4'), [4, 8]);
  for (const text of ['five', '', '-1', '%0', '5 5', '>']) assert.equal(typeof parseHitCount(text), 'string', text);
});

const bound = (text: string): string[] =>
  resolveName(text, ['client', 'server']).places.map(({ fn }) => functions[fn]!.name);

test('function names', () => {
  assert.deepEqual(bound('ip_rcv'), ['ip_rcv', 'ip_rcv_core']);
  assert.match(resolveName('ip_rcv', []).message, /never ip_rcv/);
  assert.deepEqual(bound('ip_local_deliver'), ['ip_local_deliver']);
  assert.deepEqual(bound('server:ip_local_deliver'), ['ip_local_deliver']);
  assert.equal(resolveName('server:ip_rcv', ['server']).host, 'server');
  assert.deepEqual(bound('ip_local_deliver()'), ['ip_local_deliver']);
  assert.deepEqual(bound('napi_gro_receive'), ['gro_receive_skb']);
  assert.ok(bound('ip_*').length > 3);
  assert.deepEqual(bound('/^ip_rcv$/'), ['ip_rcv']);
  const { host, atReturn } = resolveName('server:ip_rcv:return', ['server']);
  assert.deepEqual(
    { host, atReturn, places: bound('server:ip_rcv:return') },
    { host: 'server', atReturn: true, places: bound('ip_rcv') },
  );
  assert.deepEqual(bound('/^ip_rcv$/:return'), ['ip_rcv']);
  assert.equal(bound('*').length, breakableNames().length);
});

test('a condition waits until the variables that it reads have their values', () => {
  const line = (fn: string, ...names: string[]): number => {
    const tick = assignedTick(functionNumber(fn), new Set(names));
    return tick === 0 ? 0 : tickInfo(tick).line - functions[functionNumber(fn)]!.line;
  };
  assert.equal(line('tcp_write_xmit', 'sk', 'mss_now'), 0);
  assert.equal(line('tcp_write_xmit', 'HZ'), 0);
  assert.ok(line('tcp_write_xmit', 'skb') > 0);
  assert.ok(line('tcp_write_xmit', 'skb', 'limit') > line('tcp_write_xmit', 'skb'));
  assert.equal(line('ip_rcv_core', 'skb'), 0, 'its parameter skb_in is the packet');
});

test('a name that the model lacks says which are near', () => {
  assert.match(resolveName('ip_rvc', []).message, /near: .*ip_rcv/);
  assert.match(resolveName('sever:ip_rcv', ['server']).message, /no host is called sever; near: server/);
  for (const text of ['', 'xyzzy_plugh', '/(/', '/ip', 'zzz*', ':return', 'xyzzy:return', 'server:', 'a b']) {
    const { places, message } = resolveName(text, ['server']);
    assert.equal(places.length, 0, text);
    assert.notEqual(message, '', text);
  }
});
