/** `npm run build [target ...]`: makes every bundle of build/targets.mjs, or only the named ones. */
import { chmodSync, existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundleTarget, root } from './bundle.mjs';
import { writeEngineTables } from './engine-tables.mjs';
import { allEntriesExist, targets } from './targets.mjs';

/** Builds the named targets (all without names); resolves to the messages of those that failed. */
export async function buildAll({ names = [], say = console.log } = {}) {
  const wanted = targets.filter((target) => names.length === 0 || names.includes(target.name));
  const failures = [];
  for (const target of wanted) {
    if (!existsSync(path.join(root, target.entry))) reportMissing(target, failures, say);
    else await bundleTarget(target).catch((error) => failures.push(`${target.name}: ${error.message}`));
  }
  if (wanted.some(({ engine }) => engine)) await writeEngineTables(path.join(root, 'dist'));
  makeExecutable(path.join(root, 'dist/cli.js'));
  return failures;
}

function reportMissing(target, failures, say) {
  const message = `${target.name}: ${target.entry} does not exist`;
  if (allEntriesExist) failures.push(message);
  else say(`  not built yet: ${message}`);
}

function makeExecutable(file) {
  if (existsSync(file)) chmodSync(file, 0o755);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const failures = await buildAll({ names: process.argv.slice(2) });
  for (const failure of failures) console.error(failure);
  process.exitCode = failures.length > 0 ? 1 : 0;
}
