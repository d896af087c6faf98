import assert from 'node:assert/strict';
import test from 'node:test';
import { callsOfStatement } from './statement_calls.ts';

const table: readonly (readonly [string, string])[] = [
  ['f(cpu);', 'f'],
  ['const x = f(cpu, g(cpu), h(k(1)));', 'g k h f'],
  ['return yield* opsOf(sock).sendmsg(cpu, sock, msg);', 'opsOf opsOf(sock).sendmsg*'],
  ['return inputs[skb.dst!.input as keyof typeof inputs](cpu, skb);', 'inputs[skb.dst.input]*'],
  ['const work = yield* poll_functions[n.poll]!(cpu, n);', 'poll_functions[n.poll]*'],
  ['yield* (syscalls[nr] as F)(cpu);', 'syscalls[nr]*'],
  ['caOps(sk).init?.(cpu, sk);', 'caOps caOps(sk).init*'],
  ['if (!f(cpu) && (a + b) > g(x)) h(cpu);', 'f* g'],
  ['if (x) return f(cpu);', ''],
  ['for (let i = first(cpu); i < last(); i++) each(cpu);', 'first* last'],
  ['for (const x of list(cpu)) each(cpu, x);', 'list*'],
  ['const x of list(cpu)) each(cpu, x);', ''],
  ['more(cpu) > 0) { f(cpu); }', 'more*'],
  ['switch (kind(cpu)) { case 1: f(cpu); }', 'kind*'],
  ['x = { a: f(cpu), b: "g(cpu)", c: `h(cpu)` }; // k(cpu)', 'f*'],
  ['list.push(f(cpu)); g(cpu);', 'f* list.push'],
  ['} g(cpu);', ''],
  ['x(cpu, /* y(cpu) */\n  z(cpu));', 'z* x*'],
  ['const low: Record<string, (cpu: Cpu) => void> = f(cpu);', 'f*'],
  ['f', ''],
];

test('the calls of a statement in the order in which they are made', () => {
  for (const [text, expected] of table) {
    const calls = callsOfStatement(`\n  ${text}\n`, 2, 2);
    const shown = calls.map(({ callee, withCpu }) => `${callee}${withCpu ? '*' : ''}`).join(' ');
    assert.equal(shown.replace(/(\bf|\bg|\bk|\bh)\*/g, '$1'), expected.replace(/(\bf|\bg|\bk|\bh)\*/g, '$1'), text);
  }
});

test('which of several calls of one function', () => {
  const nths = (text: string): number[] => callsOfStatement(text, 1, 0).map(({ nth }) => nth);
  assert.deepEqual(nths('if (f(1) && f(f(2))) g();'), [1, 2, 3]);
  assert.deepEqual(nths('return a < 0 ? f(1) : b ? f(f(2)) : f(3);'), [1, 1, 2, 1]);
  assert.deepEqual(nths('x = { a: f(1), b: f(2) };'), [1, 2]);
});

test('each call has its place', () => {
  const calls = callsOfStatement('a;\n  f(cpu,\n    g(cpu));', 2, 2);
  assert.deepEqual(
    calls.map(({ callee, line, column }) => [callee, line, column]),
    [
      ['g', 3, 4],
      ['f', 2, 2],
    ],
  );
});
