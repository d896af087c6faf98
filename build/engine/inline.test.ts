/** What inlining may change is the text alone: every program prints the same with it and without it; and what must stay a call does. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { before, test } from 'node:test';
import { pathToFileURL } from 'node:url';

let inlineSmallFunctions: (text: string) => string;
let declareConstants: (text: string) => string;

before(async () => {
  const load = (file: string) => import(pathToFileURL(path.resolve('build/engine', file)).href);
  ({ inlineSmallFunctions } = await load('inline.mjs'));
  ({ declareConstants } = await load('constants.mjs'));
});

/** Runs a program that says things with `say(...)`. */
function said(source: string): unknown[] {
  const lines: unknown[] = [];
  new Function('say', `"use strict";${source}`)((...values: unknown[]) => lines.push(values));
  return lines;
}

/** Programs whose `main` calls `f`: gone from main (inlined) or still there (kept), and always with the same output. */
const programs: [what: string, fate: 'inlined' | 'kept', source: string][] = [
  ['an expression', 'inlined', 'function f(a, b) { return a - b; } function main() { return f(7, 2); } say(main());'],
  [
    'a member read late',
    'inlined',
    'function f(x) { return x.n + 1; } function main(o) { return f(o.inner); } say(main({ inner: { n: 1 } }));',
  ],
  [
    'arguments evaluated once, in order',
    'inlined',
    'const log = []; const g = (n) => { log.push(n); return n; }; function f(a, b) { return b * 10 + a + b; } function main() { return f(g(1), g(2)); } say(main(), log);',
  ],
  [
    'an argument too many, for what it does',
    'inlined',
    'let n = 0; function f(a) { return a; } function main() { return f(1, n++); } say(main(), n);',
  ],
  [
    'an argument that is missing',
    'inlined',
    'function f(a, b) { return b === undefined ? a : b; } function main() { return f(3); } say(main());',
  ],
  [
    'a parameter that is changed',
    'inlined',
    'function f(a) { a += 2; return a; } function main(x) { return f(x) + x; } say(main(5));',
  ],
  [
    'a field that is changed before its old value is used',
    'inlined',
    'function f(o, n) { o.n = 9; return n; } function main(o) { return f(o, o.n); } say(main({ n: 1 }));',
  ],
  [
    'an argument that the next one changes',
    'inlined',
    'function f(a, b) { return a + b; } function main(x) { return f(x, (x = 4)); } say(main(1));',
  ],
  [
    'a variable of the bundle that a call changes',
    'inlined',
    'let n = 1; const up = () => { n = 5; return 0; }; function f(a, b) { return a + b; } function main() { return f(n, up()); } say(main());',
  ],
  [
    'a variable that a closure changes',
    'inlined',
    'function f(a, b) { return a + b; } function main() { let n = 1; const up = () => { n = 5; return 0; }; return f(n, up()); } say(main());',
  ],
  [
    'branches that return, and what comes after them',
    'inlined',
    'function f(a) { if (a > 2) return 1; else if (a < 0) return 2; const b = a * 2; return b; } function main(a) { return f(a); } say(main(3), main(-1), main(1));',
  ],
  [
    'branches that do not return',
    'inlined',
    'function f(o) { if (o.a) o.b = 1; else { o.c = 2; o.d = 3; } o.e = 4; } function main(o) { f(o); return o; } say(main({ a: 0 }), main({ a: 1 }));',
  ],
  [
    'no value, where one is looked at',
    'inlined',
    'function f(o) { o.n++; } function main(o) { return f(o); } say(main({ n: 1 }));',
  ],
  ['an empty function', 'inlined', 'function f() {} function main() { return f(); } say(main());'],
  [
    'names of its own, twice',
    'inlined',
    'function f(a) { const n = a + 1; return n * n; } function main() { return f(1) + f(2); } say(main());',
  ],
  [
    'one that calls another',
    'inlined',
    'function g(a) { return a * 2; } function f(a) { return g(a) + g(a); } function main(n) { return f(n + 1); } say(main(3));',
  ],
  [
    'a shorthand property',
    'inlined',
    'function f(a) { return { a, b: a }; } function main(x) { return f(x); } say(main(1));',
  ],
  [
    'a template',
    'inlined',
    'function f(a) { return `<$' + '{a}>$' + '{a}`; } function main(x) { return f(x); } say(main(1));',
  ],
  [
    'an object literal',
    'inlined',
    'function f(x) { return x; } function main() { return f({ a: 1 }).a; } say(main());',
  ],
  [
    'a call inside a closure with a block',
    'inlined',
    'function f(a) { return a + 1; } function main() { return [1, 2].map((n) => { return f(n); }); } say(main());',
  ],
  [
    'a loop',
    'kept',
    'function f(a) { let s = 0; for (let i = 0; i < a; i++) s += i; return s; } function main() { return f(4); } say(main());',
  ],
  [
    'one that calls itself',
    'kept',
    'function f(a) { return a < 1 ? 0 : f(a - 1) + 1; } function main() { return f(3); } say(main());',
  ],
  ['a closure', 'kept', 'function f(a) { return () => a; } function main() { return f(3)(); } say(main());'],
  [
    'one that is assigned to',
    'kept',
    'function f(a) { return a; } f = (a) => a + 1; function main() { return f(1); } say(main());',
  ],
  ['a default parameter', 'kept', 'function f(a = 2) { return a; } function main() { return f(); } say(main());'],
  [
    'spread arguments',
    'kept',
    'function f(a, b) { return a + b; } function main(l) { return f(...l); } say(main([1, 2]));',
  ],
  [
    'a name of the caller that hides one it uses',
    'kept',
    'const k = 10; function f(a) { return a + k; } function main() { const k = 1; return f(k); } say(main());',
  ],
  [
    'a name that a function further out hides',
    'kept',
    'const k = 10; function f(a) { return a + k; } function main() { const k = 1; const g = () => [k].map((n) => { return f(n); }); return g(); } say(main());',
  ],
  [
    'a return in the middle of a branch',
    'kept',
    'function f(a) { if (a) { if (a > 1) return 5; a = 2; } return a; } function main(a) { return f(a); } say(main(0), main(1), main(2));',
  ],
];

const mainOf = (text: string): string => /function main\([\s\S]*?(?= say\()/.exec(text)![0];

for (const [what, fate, source] of programs) {
  test(`${fate}: ${what}`, () => {
    const changed = inlineSmallFunctions(source);
    assert.equal(/\bf\(/.test(mainOf(changed)), fate === 'kept', changed);
    assert.deepEqual(said(changed), said(source));
    assert.deepEqual(said(declareConstants(changed)), said(source), 'with constants');
  });
}

test('what is large stays a call', () => {
  const sum = Array.from({ length: 30 }, (_, i) => `a.x${i}`).join(' + ');
  const text = inlineSmallFunctions(`function f(a) { return ${sum}; } function main(o) { return f(o) + f(o); } say(1)`);
  assert.match(mainOf(text.replace('; say', '\n say')), /f\(o\)/);
});

test('what never changes becomes constant, functions first', () => {
  const source =
    'var a = f(), b = 2; var n = 0; var late; var table = {}; function f() { return 1; } function g() { n++; table.x = n; late = b; return n; } say(a, b, g(), table, late);';
  const text = declareConstants(source);
  assert.deepEqual(said(text), said(source));
  assert.match(text, /^const f=function ?\(\)/);
  assert.deepEqual(said(`${text} say(f.name)`).at(-1), ['f']);
  for (const [name, declared] of Object.entries({ a: 'const', table: 'const', n: 'var', late: 'var' }))
    assert.match(text, new RegExp(`${declared} ${name}\\b`), name);
});

test('a function that another takes the place of is no constant', () => {
  const source = 'function f() { return 1; } f = () => 2; for (k of [1, 2]) say(k); var k; say(f(), k);';
  const text = declareConstants(source);
  assert.deepEqual(said(text), said(source));
  assert.match(text, /var k/);
});
