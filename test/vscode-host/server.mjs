/** Starts the VS Code server on a free loopback port, and installs extensions into it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { nodeBinary, serverMain } from './paths.mjs';

/** Settings every run starts from; a settings.json already in the user data folder is kept. */
const defaultSettings = {
  'security.workspace.trust.enabled': false,
  'telemetry.telemetryLevel': 'off',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
  'workbench.enableExperiments': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'chat.disableAIFeatures': true,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'git.enabled': false,
  'files.autoSave': 'off', // the browser's VS Code saves after a delay by default; the desktop does not
  'window.menuBarVisibility': 'compact',
  'npm.autoDetect': 'off',
  'typescript.disableAutomaticTypeAcquisition': true,
};

const outerVscode =
  /^(ELECTRON_RUN_AS_NODE|VSCODE_(IPC_HOOK.*|PID|CWD|NLS_CONFIG|CODE_CACHE_PATH|ESM_ENTRYPOINT|HANDLES_.*|DEV|AGENT_FOLDER))$/;

/** The environment without the variables of a VS Code around us, and without an extension gallery. */
function cleanEnvironment(env) {
  const kept = Object.entries(env).filter(([name]) => !outerVscode.test(name));
  return { ...Object.fromEntries(kept), EXTENSIONS_GALLERY: '{}' };
}

const folderArgs = ({ userDataDir, extensionsDir }) => [
  ...['--server-data-dir', userDataDir],
  ...['--user-data-dir', userDataDir],
  ...['--extensions-dir', extensionsDir],
  '--accept-server-license-terms',
];

// Without --enable-smoke-test-driver a built VS Code ignores that the address names an extension under development. A
// person's server has a token instead, so that no other page of the browser can talk to it.
const serverArgs = (port, token) => [
  ...['--host', '127.0.0.1', '--port', String(port)],
  ...(token ? ['--connection-token', token] : ['--without-connection-token', '--enable-smoke-test-driver']),
  ...['--telemetry-level', 'off', '--disable-telemetry', '--disable-workspace-trust'],
  '--disable-getting-started-override',
];

/** Starts a server, for tests unless a token is given. Resolves to its address and a way to stop it. */
export async function startServer({
  userDataDir,
  extensionsDir,
  settings = {},
  env = process.env,
  port = 0,
  token,
  log,
}) {
  prepareFolders(userDataDir, extensionsDir, settings);
  const child = spawn(
    nodeBinary,
    [serverMain, ...serverArgs(port, token), ...folderArgs({ userDataDir, extensionsDir })],
    {
      env: cleanEnvironment(env),
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true, // a process group of its own, so that extension hosts go with it
    },
  );
  process.once('exit', () => signalGroup(child, 'SIGKILL'));
  const origin = await listening(child, log);
  return { origin, stop: () => stop(child) };
}

function prepareFolders(userDataDir, extensionsDir, settings) {
  const user = path.join(userDataDir, 'User');
  for (const folder of [user, extensionsDir]) mkdirSync(folder, { recursive: true });
  const file = path.join(user, 'settings.json');
  if (!existsSync(file)) writeFileSync(file, JSON.stringify({ ...defaultSettings, ...settings }, null, 2));
}

/** Resolves to the address the server prints when it is ready. */
function listening(child, log) {
  return new Promise((resolve, reject) => {
    let output = '';
    const give = (message) => reject(new Error(`${message}:\n${output}`));
    const timer = setTimeout(() => give('the VS Code server did not start in 60 s'), 60_000);
    const read = (data) => {
      output += data;
      log?.(String(data));
      const port = /Web UI available at http:\/\/[^:]+:(\d+)/.exec(output)?.[1];
      if (port) resolve(`http://127.0.0.1:${port}`);
      if (port) clearTimeout(timer);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('error', reject);
    child.once('exit', (code) => give(`the VS Code server ended with ${code}`));
  });
}

function signalGroup(child, signal) {
  try {
    process.kill(-child.pid, signal);
  } catch {
    // It is gone already.
  }
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  signalGroup(child, 'SIGTERM');
  const hard = setTimeout(() => signalGroup(child, 'SIGKILL'), 3000);
  await gone;
  clearTimeout(hard);
}

/** Installs a .vsix as a user would. Call it before startServer with the same folders. */
export async function installVsix({ vsix, userDataDir, extensionsDir }) {
  const args = [serverMain, ...folderArgs({ userDataDir, extensionsDir }), '--install-extension', vsix, '--force'];
  const child = spawn(nodeBinary, args, { stdio: ['ignore', 'pipe', 'pipe'], env: cleanEnvironment(process.env) });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      output += data;
    });
  }
  const [code] = await once(child, 'close');
  if (code !== 0 || !/successfully installed/.test(output))
    throw new Error(`installing ${vsix} ended with ${code}:\n${output}`);
}
