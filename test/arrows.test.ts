/** The arrows of docs/ARCHITECTURE.md: who may import whom. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { checkArrow, importsOf } from './arrows.ts';

const folders = ['extension', 'server', 'debugger'];

/** Everything shipped; tests may reach further, a test of one layer often needs the one above. */
function sourceFiles(): string[] {
  const all = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true }).map((file) => path.join(folder, String(file))),
  );
  return all.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
}

test('every import follows an arrow', () => {
  const wrong = sourceFiles().flatMap((file) =>
    importsOf(file, readFileSync(file, 'utf8')).flatMap((target) => checkArrow(file, target) ?? []),
  );
  assert.deepEqual(wrong, []);
});

test('looking runs no kernel code: who inspects imports types and constants of the kernel alone', () => {
  const lookers = sourceFiles().filter((file) => /^debugger\/(inspect|control\/(expressions|desk|stack))\//.test(file));
  const wrong = lookers.flatMap((file) =>
    kernelFunctions(readFileSync(file, 'utf8')).map((name) => `${file} imports ${name}`),
  );
  assert.deepEqual(wrong, []);
});

/** Names of code, not of types and constants, that a text imports from the kernel's folder. */
function kernelFunctions(text: string): string[] {
  const imports = text.matchAll(/^import \{([^}]*)\} from '[^']*\/kernel\/[^']*'/gm);
  const names = [...imports].flatMap(([, list]) => list!.split(',').map((each) => each.trim()));
  return names.filter((name) => name !== '' && !/^type |^[A-Z0-9_]+$/.test(name));
}

test('imports of all forms are seen', () => {
  const text = [
    "import a from './a.ts';",
    "import type { B } from '../b.ts';",
    "export * from './c.ts';",
    "import './d.ts';",
    "const e = await import('./e.ts');",
    "const f = require('node:fs');",
    'import {',
    '  g,',
    "} from './g.ts';",
    "// import './comment.ts';",
  ].join('\n');
  const expected = ['x/a.ts', 'b.ts', 'x/c.ts', 'x/d.ts', 'x/e.ts', 'node:fs', 'x/g.ts'];
  assert.deepEqual(importsOf('x/file.ts', text).sort(), expected.sort());
});

test('a forbidden import is told with its reason', () => {
  assert.match(checkArrow('debugger/kernel/net/core/dev.ts', 'debugger/world/run.ts') ?? '', /kernel.*may not import/);
  assert.match(checkArrow('server/language/parser.ts', 'node:fs') ?? '', /node:/);
  assert.match(checkArrow('server/features/hover.ts', 'vscode-languageserver') ?? '', /vscode/);
  assert.match(checkArrow('extension/extension.ts', 'debugger/cli.ts') ?? '', /extension/);
  assert.match(checkArrow('server/main.ts', 'debugger/cli.ts') ?? '', /server/);
  assert.equal(checkArrow('debugger/world/build.ts', 'server/language/scenario.ts'), undefined);
  assert.equal(checkArrow('debugger/kernel/a.ts', 'debugger/machine/cpu.ts'), undefined);
});
