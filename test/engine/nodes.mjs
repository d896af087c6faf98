/** Fetches other Node versions for nodes.test.ts, from npm: the packages that hold the binary itself, no download beside the registry. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const VERSIONS = { 22: '22.23.3', 24: '24.21.0' };
const root = join(import.meta.dirname, '../..');

/** Into .nodes; where npm cannot bring them the test runs on this Node alone, and we say so. */
export function fetchNodes(say = console.log) {
  if (process.platform !== 'linux') return;
  for (const [major, version] of Object.entries(VERSIONS)) {
    const prefix = join(root, '.nodes', major);
    const name = `node-linux-${process.arch}`;
    if (existsSync(join(prefix, 'node_modules', name))) continue;
    say(`  installing Node ${version} from npm, for the state hashes`);
    try {
      execFileSync('npm', ['install', '--prefix', prefix, '--no-save', '--no-package-lock', '--ignore-scripts', '--loglevel=error', `${name}@${version}`], { stdio: 'ignore' });
    } catch {
      say(`  not to be had: the state hashes are not checked on Node ${major}`);
    }
  }
}
