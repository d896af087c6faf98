/**
 * `npm test`: everything, from a bare clone. The last line is `N passed, N failed[, N skipped]`.
 *   --only checks|unit|vscode|ui   one part (repeatable); `unit`, `vscode` and `ui` build first
 *   --grep TEXT                    unit: files whose path contains TEXT, else tests whose name matches; vscode: tests by name
 */
import { parseArgs } from 'node:util';
import { ensureDependencies } from '../build/install.mjs';
import { addTally, check, newTally, seconds, tallyLine } from './runner/tally.mjs';

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true }, grep: { type: 'string' } } });

/** The parts in their order. Each is loaded when it runs, because what it imports may only just have been installed. */
const parts = {
  checks: async () => (await import('./runner/checks.mjs')).runChecks(),
  build: async () => runBuild(),
  unit: async () => runUnit(),
  vscode: async () => (await import('./runner/vscode.mjs')).runVscodeSuites(values),
  ui: async () => (await import('./runner/ui.mjs')).runUi(),
};

async function runBuild() {
  const tally = newTally();
  const { buildAll } = await import('../build/build.mjs');
  await check(tally, 'all bundles', async () => {
    const failures = await buildAll();
    if (failures.length > 0) throw new Error(failures.join('\n'));
  });
  return tally;
}

/** Other Node versions are wanted for the whole, not while one file is being worked on. */
async function runUnit() {
  if (!values.grep) (await import('./engine/nodes.mjs')).fetchNodes();
  return (await import('./runner/unit.mjs')).runUnitTests(values);
}

function isWanted(name) {
  if (!values.only) return true;
  return values.only.includes(name) || (name === 'build' && values.only.some((only) => only !== 'checks'));
}

async function runPart(name, total) {
  console.log(`\n${name}`);
  const start = performance.now();
  const tally = await parts[name]();
  console.log(`  ${name}: ${tallyLine(tally)} in ${seconds(start)}`);
  addTally(total, tally);
}

process.chdir(new URL('..', import.meta.url).pathname);
const unknown = (values.only ?? []).filter((name) => !(name in parts));
if (unknown.length > 0) {
  console.error(`npm test: no part is called ${unknown.join(', ')}; there are ${Object.keys(parts).join(', ')}`);
  process.exit(2);
}
ensureDependencies();
const total = newTally();
for (const name of Object.keys(parts).filter(isWanted)) {
  await runPart(name, total).catch((error) => {
    total.failed++;
    console.log(`  FAIL  ${name} broke off\n${error.stack}`);
  });
}
console.log(`\n${tallyLine(total)}`);
process.exit(total.failed > 0 ? 1 : 0);
