/** Every example runs to its end, and what it expects holds. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import test from 'node:test';
import { exampleNames } from './engine/examples.ts';

for (const file of exampleNames()) {
  test(`${file} holds what it expects`, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['dist/cli.js', 'run', file, '--quiet'], { encoding: 'utf8' });
    assert.equal(status, 0, stdout + stderr);
    assert.match(stdout, /^ok {4}/m, 'the example expects nothing');
  });
}
