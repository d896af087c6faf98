/** What the plugin refuses, where it says so, and what its tables tell. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { before, test } from 'node:test';
import { pathToFileURL } from 'node:url';

// biome-ignore lint/suspicious/noExplicitAny: modules loaded while the test runs
type Loaded = any;

let compiler: Loaded;

before(async () => {
  compiler = await import(pathToFileURL(path.resolve('test/spike/compile.mjs')).href);
});

const refused: [what: string, source: string, line: number, says: RegExp][] = [
  [
    'a call of what may wait, without waiting',
    'export function* g(cpu: Cpu) {\n  yield;\n}\nexport function f(cpu: Cpu) {\n  g(cpu);\n}',
    5,
    /g may wait: call it as `yield\* g\(\.\.\.\)`/,
  ],
  [
    'yield inside an expression',
    'export function* f(cpu: Cpu) {\n  return 1 + (yield* g(cpu));\n}',
    2,
    /statement of its own/,
  ],
  [
    'yield in a condition',
    'export function* f(cpu: Cpu) {\n  if (yield* g(cpu)) return;\n}',
    2,
    /statement of its own/,
  ],
  [
    'yield in a loop head',
    'export function* f(cpu: Cpu) {\n\n  while (yield* g(cpu)) {}\n}',
    3,
    /statement of its own/,
  ],
  [
    'two declarations',
    'export function* f(cpu: Cpu) {\n  const a = 1, b = yield* g(cpu);\n}',
    2,
    /statement of its own/,
  ],
  ['a yield with a value', 'export function* f(cpu: Cpu) {\n  yield 5;\n}', 2, /gives and takes no value/],
  ['a value from a bare yield', 'export function* f(cpu: Cpu) {\n  const x = yield;\n}', 2, /no value/],
  ['a far target', 'export function* f(cpu: Cpu) {\n  cpu.a.b = yield* g(cpu);\n}', 2, /give it a name first/],
  ['try', 'export function* f(cpu: Cpu) {\n  try { yield; } finally {}\n}', 2, /no `try`/],
  ['try in a plain kernel function', 'export function f(cpu: Cpu) {\n  try { g(); } catch {}\n}', 2, /no `try`/],
  ['var', 'export function* f(cpu: Cpu) {\n  var a = 1;\n}', 2, /no `var`/],
  ['for-in with a yield', 'export function* f(cpu: Cpu) {\n  for (const k in cpu) yield;\n}', 2, /for-in/],
  ['destructuring', 'export function* f(cpu: Cpu) {\n  const { a } = cpu;\n}', 2, /destructuring/],
  ['no cpu', 'export function* f(skb: sk_buff) {\n  yield;\n}', 1, /first parameter/],
  ['patterns as parameters', 'export function* f(cpu: Cpu, { a }: T) {\n  yield;\n}', 1, /plain names/],
  ['a generator expression', 'export const f = function* (cpu: Cpu) { yield; };', 1, /top of its file/],
  [
    'a generator in a function',
    'export function f(cpu: Cpu) {\n  function* g(cpu: Cpu) { yield; }\n}',
    2,
    /top of its file/,
  ],
  ['the same name twice', 'export function f(cpu: Cpu) {}\nfunction f(cpu: Cpu) {}', 2, /two functions f/],
  [
    'a record of 128 keys',
    `export function f(cpu: Cpu) {\n  return { ${Array.from({ length: 128 }, (_, i) => `k${i}: 0`).join(', ')} };\n}`,
    2,
    /128 keys/,
  ],
  ['a syntax error', 'export function f(cpu: Cpu) {\n  let = ;\n}', 2, /./],
];

for (const [what, source, line, says] of refused) {
  test(`refused: ${what}`, () => {
    const { errors } = compiler.compile(source, 'debug');
    assert.match(errors?.[0]?.text ?? 'accepted', says);
    assert.equal(errors[0].location.line, line);
    assert.equal(errors[0].location.file, 'debugger/kernel/net/a.ts');
    assert.equal(errors[0].location.lineText, source.split('\n')[line - 1]);
  });
}

const sample = `/** Receives. @helper */
export function plain(cpu: Cpu, n: number): number {
  let t = n;
  for (let i = 0; i < n; i++) {
    const w = i * 2;
    t += w;
  }
  return t;
}

/** Waits. */
export function* waits(cpu: Cpu): Resumable<void> {
  while (cpu.busy) yield;
  const got = yield* other(cpu);
}
`;

test('the tables name functions, ticks and scopes', () => {
  const { info } = compiler.compile(sample, 'debug');
  const described = info.functions.map(({ name, line, endLine, helper, resumable, params }: Loaded) => [
    name,
    line,
    endLine,
    helper,
    resumable,
    params.join(),
  ]);
  assert.deepEqual(described, [
    ['waits', 12, 15, false, true, 'cpu'],
    ['plain', 2, 9, true, false, 'cpu,n'],
  ]);
  const [waits, plain] = info.functions;
  const linesOf = ({ firstTick, lastTick }: Loaded) => info.ticks.line.slice(firstTick, lastTick + 1);
  assert.deepEqual(linesOf(plain), [3, 4, 4, 5, 6, 8]);
  assert.deepEqual(linesOf(waits), [13, 13, 14]);
  assert.deepEqual(
    waits.yields.map(([line]: number[]) => line),
    [13, 14],
  );
  const scope = info.scopes[info.ticks.scope[plain.firstTick + 4]];
  assert.deepEqual(
    scope.names.map(([name]: string[]) => name),
    ['w'],
  );
});

test('both builds have the same tables', () => {
  assert.deepEqual(compiler.compile(sample, 'fast').info, compiler.compile(sample, 'debug').info);
});

test('instrumented code has the lines of its source', () => {
  const { contents } = compiler.compile(sample.replace(/export function\* [\s\S]*/, ''), 'debug');
  const lines = contents.split('\n');
  sample
    .split('\n')
    .slice(0, 9)
    .forEach((line, i) => {
      const word = /\w+/.exec(line)?.[0];
      if (word && !['const', 'let'].includes(word)) assert.match(lines[i], new RegExp(word));
    });
});

test('code outside the kernel keeps its depth and has no ticks', () => {
  const { contents } = compiler.compile(
    'export function f(cpu: Cpu) {\n  g(cpu); h(g(cpu), Math.max(1, 2));\n  return g(cpu);\n}',
    'debug',
    false,
  );
  assert.match(contents, /const \$d = \$here\(\)/);
  assert.match(contents, /\$r\(\$d, g\(cpu\)\); \$r\(\$d, h\(\$r\(\$d, g\(cpu\)\), Math\.max\(1, 2\)\)\);/);
  assert.match(contents, /return g\(cpu\);/);
  assert.doesNotMatch(contents, /\$tick\(/);
});

test('ids stay when plain functions come and go', () => {
  const more = `${sample}\nexport function aaa(cpu: Cpu) {}\n`;
  const idOf = (text: string) => /\$steps\[(\d+)\]/.exec(compiler.compile(text, 'fast').contents)?.[1];
  assert.equal(idOf(more), idOf(sample));
});

test('a helper that only looks something up, and calls only such, has no ticks', () => {
  const helper = (code: string) => `/** @helper */\nexport function ${code}\n`;
  const text = [
    helper('look(a: A) { return a.x + Math.max(a.y, 0); }'),
    helper('twice(a: A) { return look(a) + look(a); }'),
    helper('put(a: A) { if (a.x) a.y = 1; }'),
    helper('loops(a: A) { for (const b of a.list) b.x = 1; }'),
    helper('callsKernel(a: A) { return kernel(a); }'),
    helper('callsThat(a: A) { return callsKernel(a); }'),
    helper('viaTable(a: A) { return a.ops.f(a); }'),
    'export function kernel(a: A) { return look(a) + callsThat(a) + look(a); }\n',
  ].join('');
  const { contents, info } = compiler.compile(text, 'debug');
  const silent = info.functions.filter(({ lastTick }: Loaded) => lastTick < 0).map(({ name }: Loaded) => name);
  assert.deepEqual(silent.sort(), ['look', 'put', 'twice']);
  assert.match(contents, /function twice\(a: A\) \{ return look\(a\) \+ look\(a\); \}/);
  assert.match(contents, /look\(a\) \+ \$r\(\$d, callsThat\(a\)\) \+ look\(a\)/);
});
