/** What is exported is used: a function that nobody names is a promise that nobody keeps. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';

const ROOTS = ['extension', 'server', 'debugger', 'test', 'build'];

const texts = ROOTS.flatMap((root) =>
  readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.(ts|mjs)$/.test(file))
    .map((file) => ({ file: path.join(root, file), text: readFileSync(path.join(root, file), 'utf8') })),
);

/** How often each word stands in all texts. */
const uses = new Map<string, number>();
for (const { text } of texts) for (const [word] of text.matchAll(/[\w$]+/g)) uses.set(word, (uses.get(word) ?? 0) + 1);

/** Lists of constants are kept whole, as Linux's headers have them. */
const isConstant = (name: string): boolean => /^[A-Z0-9_]+$/.test(name);

test('every exported name stands somewhere else too', () => {
  const shipped = texts.filter(({ file }) => /^(extension|server|debugger)/.test(file) && !file.endsWith('.test.ts'));
  const unused = shipped.flatMap(({ file, text }) =>
    [...text.matchAll(/^export (?:async )?(?:function\*?|const|class|interface|type) ([\w$]+)/gm)]
      .filter(([, name]) => !isConstant(name!) && uses.get(name!) === 1)
      .map(([, name]) => `${file}: ${name}`),
  );
  assert.deepEqual(unused, []);
});
