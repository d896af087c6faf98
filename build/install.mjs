/** Brings a bare clone to the point where it can build. Imports nothing but Node, since nothing else may be there yet. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

const root = path.join(import.meta.dirname, '..');

/**
 * Not `npm ci`: it refuses a lock file without the packages of every platform, and a registry that carries only some
 * platforms' packages yields such a lock file. This takes the locked versions and hashes all the same and leaves the lock alone.
 */
const install = ['install', '--no-save', '--include=dev', '--ignore-scripts', '--no-audit', '--no-fund'];

/** Installs node_modules when they are missing or older than the lock file, and says so. Ends the process if npm fails. */
export function ensureDependencies(say = console.log) {
  if (dependenciesInstalled()) return;
  say('Installing npm packages (npm install, at the versions of the lock file) ...');
  const shell = process.platform === 'win32';
  const result = spawnSync('npm', install, { cwd: root, stdio: 'inherit', shell });
  if (result.status !== 0) {
    console.error('npm install failed: is there a way to the npm registry?');
    process.exit(1);
  }
}

/** Does node_modules hold every package of the lock file in its version? npm leaves its own lock file there to compare. */
function dependenciesInstalled() {
  const installed = path.join(root, 'node_modules/.package-lock.json');
  if (!existsSync(installed)) return false;
  const have = JSON.parse(readFileSync(installed, 'utf8')).packages;
  const want = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')).packages;
  return Object.entries(want).every(
    ([name, entry]) => name === '' || entry.optional || have[name]?.version === entry.version,
  );
}
