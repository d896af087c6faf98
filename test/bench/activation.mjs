/** How long the extension takes to activate in a real VS Code: loading its bundle and running activate(). */
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { bundle, root } from '../../build/bundle.mjs';
import { ensureBrowser } from '../vscode-host/browser.mjs';
import { ensureHost } from '../vscode-host/install.mjs';

const runs = 3;

/** Milliseconds of each of a few cold starts, or why there are none. */
export async function benchActivation() {
  const missing = ensureBrowser(console.error) ?? ensureHost(console.error);
  if (missing) return { skipped: missing };
  const suite = 'dist/test/vscode/activation.cjs';
  const options = { entryPoints: ['test/vscode/activation.ts'], outfile: suite, format: 'cjs', external: ['vscode'] };
  await bundle(options);
  const milliseconds = [];
  for (let i = 0; i < runs; i++) milliseconds.push(await activateOnce(path.join(root, suite)));
  return {
    milliseconds: {
      load: milliseconds.map(({ load }) => load),
      activate: milliseconds.map(({ activate }) => activate),
    },
  };
}

async function activateOnce(suite) {
  const { runTests } = await import('@vscode/test-electron');
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'netpath-activation-'));
  const results = path.join(scratch, 'result.json');
  const empty = path.join(scratch, 'empty');
  mkdirSync(empty);
  await runTests({
    vscodeExecutablePath: path.join(root, 'test/vscode-host/launcher.mjs'),
    extensionDevelopmentPath: root,
    extensionTestsPath: suite,
    extensionTestsEnv: { NETPATH_RESULTS: results },
    launchArgs: [empty, `--user-data-dir=${scratch}/user`, `--extensions-dir=${scratch}/extensions`],
  });
  const measured = JSON.parse(readFileSync(results, 'utf8'));
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  return measured;
}
