/** Routes, fragments, neighbours, ICMP, UDP and its sockets, by what scenarios must find at their end. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

const folder = 'test/kernel/network_layer';

for (const file of readdirSync(folder)) {
  test(file, () => {
    const run = spawnSync(process.execPath, ['dist/cli.js', 'run', join(folder, file), '--quiet', '--until', '20s'], { encoding: 'utf8' });
    assert.equal(run.status, 0, `${run.stdout}${run.stderr}`);
  });
}
