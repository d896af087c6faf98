/** Routes, fragments, neighbours, ICMP, UDP and its sockets; system calls in right and wrong order; steering of packets; TCP: by what scenarios must find at their end. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';

const files = ['test/kernel/network_layer', 'test/kernel/calls', 'test/kernel/steering', 'test/kernel/tcp'].flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));

for (const file of files) {
  test(file, () => {
    const run = spawnSync(process.execPath, ['dist/cli.js', 'run', file, '--quiet', '--until', '20s'], { encoding: 'utf8' });
    assert.equal(run.status, 0, `${run.stdout}${run.stderr}`);
  });
}
