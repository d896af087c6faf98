/**
 * The model's determinism, by what its sources may not mention: nothing that differs between runs, machines or Node versions, and
 * nothing that could not be copied as data. (docs/ARCHITECTURE.md, "Conventions of kernel code".)
 */
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

const ALLOWED_MATH = new Set(['imul', 'clz32', 'floor', 'ceil', 'trunc', 'min', 'max', 'abs']);

const MODULE_STATE = /^(?:export )?let\s/m;

/** Pattern, and why it must not be there. */
const FORBIDDEN: readonly [RegExp, string][] = [
  [/\bDate\b/, 'the clock is the world\'s'],
  [/\bIntl\b|\btoLocale\w+/, 'differs between machines'],
  [/\bMath\.random\b/, 'draw from a seeded stream (machine/random.ts)'],
  [/\bPromise\b|\basync\b|\bawait\b/, 'what waits is a frame'],
  [/\bWeakRef\b|\bFinalizationRegistry\b/, 'depends on garbage collection'],
  [/\bnew (?:Map|Set|WeakMap|WeakSet)\b/, 'state is records and arrays'],
  [/^\s*(?:export )?(?:abstract )?class\s/m, 'state is plain records'],
  [/\bprocess\.|\brequire\(|from 'node:/, 'the engine runs anywhere'],
  [/\beval\(|\bnew Function\b/, 'a scenario is untrusted'],
  [MODULE_STATE, 'no mutable state at module level'],
];

/** Who looks on is no state of the model: a run is the same with and without (cli.test.ts, `--pcap`). */
const OBSERVERS = new Set([join('debugger', 'machine', 'frame_tap.ts')]);

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .map((name) => join(folder, name));
}

/** Source text without comments, line structure kept. */
function code(file: string): string {
  return readFileSync(file, 'utf8').replace(/\/\*[\s\S]*?\*\//g, (text) => text.replace(/[^\n]/g, ' ')).replace(/(^|\s)\/\/.*$/gm, '$1');
}

const findings = (file: string): string[] => {
  const text = code(file);
  const found = FORBIDDEN.filter(([pattern]) => pattern.test(text) && !(pattern === MODULE_STATE && OBSERVERS.has(file))).map(([pattern, why]) => `${file}: ${pattern} (${why})`);
  for (const use of text.matchAll(/\bMath\.(\w+)/g)) {
    if (!ALLOWED_MATH.has(use[1]!)) found.push(`${file}: Math.${use[1]} is not exact on every machine`);
  }
  return found;
};

for (const folder of ['debugger/kernel', 'debugger/machine', 'debugger/world']) {
  test(`${folder} is deterministic by construction`, () => {
    assert.deepEqual(sources(folder).flatMap(findings), []);
  });
}

test('kernel code catches nothing', () => {
  const catching = sources('debugger/kernel').filter((file) => /\btry\s*\{/.test(code(file)));
  assert.deepEqual(catching, []);
});
