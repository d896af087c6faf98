/**
 * The same run gives the same state on every Node: golden hashes of the examples, checked here and on the other versions that are
 * at hand (test/engine/nodes.mjs fetches them from npm; the runner of the suites brings one of its own).
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import test from 'node:test';
import { exampleNames } from './examples.ts';

const golden = 'test/engine/golden-hashes.json';
const update = process.env.UPDATE_GOLDENS === '1';

/** Node binaries: this one, and those of the npm packages in .nodes and .vscode-host. */
function nodes(): string[] {
  const found = [process.execPath];
  for (const folder of ['.nodes', '.vscode-host']) {
    const parent = resolve(folder);
    if (!existsSync(parent)) continue;
    for (const place of ['', ...readdirSync(parent)]) {
      const binary = join(parent, place, `node_modules/node-linux-${process.arch}/bin/node`);
      if (existsSync(binary)) found.push(binary);
    }
  }
  return found;
}

function hashOn(node: string, file: string): string {
  return execFileSync(node, ['dist/cli.js', 'run', file, '--quiet', '--hash'], { encoding: 'utf8' }).trim().split('\n').at(-1)!;
}

const files = exampleNames();
const expected: Record<string, string> = update ? {} : JSON.parse(readFileSync(golden, 'utf8'));

for (const node of nodes()) {
  const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim();
  test(`state hashes on Node ${version}`, () => {
    const hashes = Object.fromEntries(files.map((file) => [file, hashOn(node, file)]));
    if (update) writeFileSync(golden, `${JSON.stringify(hashes, null, 2)}\n`);
    else assert.deepEqual(hashes, expected);
  });
}
