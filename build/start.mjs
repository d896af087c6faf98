/**
 * `npm start`: builds, and opens VS Code on examples/ with the extension loaded. From a bare clone; says what it installs.
 *   npm start                            the desktop's `code` if there is one, else the VS Code from npm: prints its address
 *   npm start -- --headless FILE [...]   no VS Code: the run's packet path on the terminal (`netpath run FILE ...`)
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { ensureDependencies } from './install.mjs';
import { nodeFlags } from './node_flags.mjs';

const root = path.join(import.meta.dirname, '..');
const examples = path.join(root, 'examples');
const firstExample = path.join(examples, 'udp-echo.netpath');

async function build() {
  const { buildAll } = await import('./build.mjs');
  const failures = await buildAll({ say: () => {} });
  if (failures.length > 0) fail(failures.join('\n'));
}

function fail(message) {
  console.error(message);
  process.exit(1);
}

/** A file is looked for where the caller stands: npm itself changes into the repository. */
function runHeadless(args) {
  const cli = path.join(root, 'dist/cli.js');
  if (!existsSync(cli)) fail('dist/cli.js was not built');
  const cwd = process.env.INIT_CWD ?? process.cwd();
  const result = spawnSync(process.execPath, [...nodeFlags, cli, 'run', ...args], { cwd, stdio: 'inherit' });
  process.exit(result.status ?? 1);
}

function desktopCode() {
  const shell = process.platform === 'win32';
  return spawnSync('code', ['--version'], { shell }).status === 0;
}

function openDesktop() {
  console.log('Opening VS Code on examples/ with the extension loaded ...');
  const args = [`--extensionDevelopmentPath=${root}`, examples, firstExample];
  const result = spawnSync('code', args, { stdio: 'inherit', shell: process.platform === 'win32' });
  process.exit(result.status ?? 1);
}

/** The server runs until Ctrl+C. Its folders stay between starts, so settings and open files do too. */
async function serveFromNpm() {
  const { ensureHost } = await import('../test/vscode-host/install.mjs');
  console.log('There is no `code` on the PATH; using the VS Code from npm.');
  const problem = ensureHost(console.log);
  if (problem) fail(`${problem}\nWithout VS Code: npm start -- --headless examples/udp-echo.netpath`);
  const { hostDir } = await import('../test/vscode-host/paths.mjs');
  const { installVsix, startServer } = await import('../test/vscode-host/server.mjs');
  const { workbenchUrl } = await import('../test/vscode-host/browser.mjs');
  const { packageVsix } = await import('./package.mjs');
  const folders = {
    userDataDir: path.join(hostDir, 'start/user'),
    extensionsDir: path.join(hostDir, 'start/extensions'),
  };
  await installVsix({ vsix: packageVsix().vsix, ...folders });
  const token = randomBytes(12).toString('hex');
  const server = await startServer({ ...folders, token, port: Number(process.env.PORT ?? 0) });
  const url = workbenchUrl({ origin: server.origin, folder: examples, openFile: firstExample, token });
  console.log(`\nVS Code is at\n\n  ${url}\n\nPress F5 there. Ctrl+C here ends it.`);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => server.stop().then(() => process.exit(0)));
}

const [mode, ...rest] = process.argv.slice(2);
if (mode !== undefined && (mode !== '--headless' || rest.length === 0))
  fail('usage: npm start [-- --headless FILE [...]]');
ensureDependencies();
await build();
if (mode === '--headless') runHeadless(rest);
else if (desktopCode()) openDesktop();
else await serveFromNpm();
