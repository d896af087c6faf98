/** `npm run package`: the .vsix, from bundles that are built already. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const root = path.join(import.meta.dirname, '..');

/** Makes dist/netpath.vsix; returns its path, its size in bytes and the names of the files in it. */
export function packageVsix() {
  const vsix = path.join(root, 'dist/netpath.vsix');
  const tool = path.join(root, 'node_modules/@vscode/vsce/vsce');
  const quiet = ['--no-dependencies', '--allow-missing-repository', '--skip-license', '--no-rewrite-relative-links'];
  const smallest = path.join(root, 'build/smallest-zip.cjs');
  const result = spawnSync(process.execPath, ['--require', smallest, tool, 'package', ...quiet, '--out', vsix], {
    cwd: root,
    encoding: 'utf8',
  });
  if (result.status !== 0) throw new Error(`vsce package: ${result.stderr || result.stdout}`);
  const zip = readFileSync(vsix);
  return { vsix, bytes: zip.length, files: zipNames(zip) };
}

/** The names in a zip's central directory, which its last record (22 bytes, without a comment) points to. */
function zipNames(zip) {
  const end = zip.length - 22;
  const names = [];
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset));
    names.push(zip.toString('utf8', at + 46, at + 46 + name));
    at += 46 + name + extra + comment;
  }
  return names;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const { vsix, bytes, files } = packageVsix();
  console.log(`${files.join('\n')}\n${path.relative('.', vsix)}: ${(bytes / 1024).toFixed(1)} KiB`);
}
