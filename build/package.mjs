/** `npm run package`: the .vsix, from bundles that are built already. */
import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const root = path.join(import.meta.dirname, '..');

/** Makes dist/netpath.vsix; returns its path, its size in bytes and the names of the files in it. */
export function packageVsix() {
  const vsix = path.join(root, 'dist/netpath.vsix');
  const quiet = ['--no-dependencies', '--allow-missing-repository', '--skip-license', '--no-rewrite-relative-links'];
  runVsce('package', ...quiet, '--out', vsix);
  const files = runVsce('ls', '--no-dependencies').trim().split('\n');
  return { vsix, bytes: statSync(vsix).size, files };
}

function runVsce(...args) {
  const vsce = path.join(root, 'node_modules/@vscode/vsce/vsce');
  const result = spawnSync(process.execPath, [vsce, ...args], { cwd: root, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`vsce ${args[0]}: ${result.stderr || result.stdout}`);
  return result.stdout;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { vsix, bytes, files } = packageVsix();
  console.log(`${files.join('\n')}\n${path.relative('.', vsix)}: ${(bytes / 1024).toFixed(1)} KiB`);
}
