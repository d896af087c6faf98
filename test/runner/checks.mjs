/** The checks that run no code of ours: types and lint. */
import { spawn } from 'node:child_process';
import path from 'node:path';
import { check, newTally } from './tally.mjs';

const root = path.join(import.meta.dirname, '../..');

export async function runChecks() {
  const tally = newTally();
  await check(tally, 'types (tsc --noEmit)', () => runTool('typescript/bin/tsc', ['--noEmit']));
  await check(tally, 'types of the Timeline page', () =>
    runTool('typescript/bin/tsc', ['--noEmit', '-p', 'extension/timeline/page']),
  );
  await check(tally, 'lint and format (biome)', () =>
    runTool('@biomejs/biome/bin/biome', ['check', '--max-diagnostics=8', '.']),
  );
  return tally;
}

/** Runs a tool of node_modules; throws what it printed when it is not content. */
function runTool(tool, args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [path.join(root, 'node_modules', tool), ...args], { cwd: root });
    let output = '';
    const collect = (data) => {
      output += data;
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', reject);
    child.once('close', (code) => (code === 0 ? resolve() : reject(new Error(firstLines(output)))));
  });
}

/** Enough to act on; the tool itself tells the rest. */
function firstLines(output) {
  const lines = output.split('\n');
  return lines.length <= 60 ? output : [...lines.slice(0, 60), `... and ${lines.length - 60} more lines`].join('\n');
}
