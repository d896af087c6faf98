/** The tick of an idle CPU and timers that wait for one. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'node:test';

interface Root { t_ns: number; fn: string }

/** Whole ms at which roots of `context` began. */
function times(calls: { threads: { context: string; roots: Root[] }[] }, context: string): number[] {
  const roots = calls.threads.filter((thread) => thread.context === context).flatMap((thread) => thread.roots);
  return roots.map((root) => Math.floor(root.t_ns / 1e6));
}

test('a CPU that becomes idle has one more tick, and only with a tick does a deferrable timer run', () => {
  const dir = mkdtempSync(join(tmpdir(), 'netpath-tick-'));
  const [file, out] = [join(dir, 'a.netpath'), join(dir, 'calls.json')];
  writeFileSync(file, 'host a {\n  process p at 150ms {\n    sleep 100ms\n    sleep 100ms\n    sleep 500ms\n  }\n}\n');
  execFileSync(process.execPath, ['dist/cli.js', 'run', file, '--quiet', '--calls', out]);
  const calls = JSON.parse(readFileSync(out, 'utf8'));
  rmSync(dir, { recursive: true });
  assert.deepEqual(times(calls, 'hardirq'), [4, 150, 152, 250, 252, 350, 352, 850]);
  // tcp_orphan_timer, due at 104 ms and again 104 ms after it ran
  assert.deepEqual(times(calls, 'softirq'), [152, 352]);
});
