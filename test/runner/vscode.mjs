/** The suites that run inside a real VS Code, through @vscode/test-electron: the npm one, or with NETPATH_VSCODE=desktop a desktop's. */
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { bundle, root } from '../../build/bundle.mjs';
import { ensureBrowser } from '../vscode-host/browser.mjs';
import { ensureHost } from '../vscode-host/install.mjs';
import { newTally, skip } from './tally.mjs';

const suites = () => readdirSync(path.join(root, 'test/vscode')).filter((file) => file.endsWith('.suite.ts'));

const onDesktop = process.env.NETPATH_VSCODE === 'desktop';

/** Makes sure the npm VS Code can run here; otherwise counts what cannot run and says why. */
export function hostIsReady(tally, names) {
  const why = ensureBrowser(console.log) ?? ensureHost(console.log);
  if (why) for (const name of names) skip(tally, name, why);
  return why === undefined;
}

export async function runVscodeSuites({ grep } = {}) {
  const tally = newTally();
  const names = suites().map((file) => `test/vscode/${file}`);
  if (!onDesktop && !hostIsReady(tally, names)) return tally;
  await bundleSuites();
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'netpath-vscode-'));
  const results = path.join(scratch, 'results.json');
  const folder = path.join(scratch, 'examples');
  const folders = [`--user-data-dir=${scratch}/user`, `--extensions-dir=${scratch}/extensions`];
  cpSync(path.join(root, 'examples'), folder, { recursive: true });
  const env = { NETPATH_RESULTS: results, NETPATH_GREP: grep ?? '', NETPATH_HOST_TIMEOUT: '400' };
  const problem = await runInVscode([folder, '--disable-extensions', ...folders], env);
  readResults(tally, results, problem);
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  return tally;
}

/** CommonJS, because VS Code loads a suite by require(); mocha finds its own files and stays outside. */
async function bundleSuites() {
  await bundle({
    entryPoints: ['test/vscode/index.ts'],
    outfile: 'dist/test/vscode/index.cjs',
    format: 'cjs',
    external: ['vscode', 'mocha'],
    sourcemap: 'inline',
  });
}

/** Resolves to what went wrong, if something did: a failed test, or the host itself. */
async function runInVscode(launchArgs, extensionTestsEnv) {
  const { runTests } = await import('@vscode/test-electron');
  const launcher = path.join(root, 'test/vscode-host/launcher.mjs');
  try {
    await runTests({
      ...(onDesktop ? { version: 'stable' } : { vscodeExecutablePath: launcher }),
      extensionDevelopmentPath: root,
      extensionTestsPath: path.join(root, 'dist/test/vscode/index.cjs'),
      extensionTestsEnv,
      launchArgs,
    });
    return undefined;
  } catch (error) {
    return error.message;
  }
}

/** The counts that the suites left; without them the run broke off, which is one failure. */
function readResults(tally, file, problem) {
  if (existsSync(file)) Object.assign(tally, JSON.parse(readFileSync(file, 'utf8')));
  const broke = problem !== undefined && tally.failed === 0;
  if (!existsSync(file) || broke) {
    tally.failed++;
    console.log(`  FAIL  the run in VS Code broke off: ${problem ?? 'no results'}`);
  }
}
