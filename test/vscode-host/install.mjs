/**
 * Installs a real VS Code without a desktop: the VS Code server that ships inside an npm package, the Node it asks for,
 * and nothing that needs compiling. Idempotent: a stamp file says which versions are in place.
 */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { hostDir, nodePackage, serverRoot } from './paths.mjs';

const here = import.meta.dirname;

/** Node 24 because the server asks for it; the package carries the plain binary. */
const packages = { [nodePackage]: '24.21.0', 'code-server': '4.139.1' };

/** Built-in extensions that only talk to cloud services. */
const cloudExtensions = ['copilot', 'github-authentication', 'microsoft-authentication', 'github', 'tunnel-forwarding'];

const stampFile = path.join(hostDir, 'installed.json');

/** Is the host there in the versions this file names? */
export function hostInstalled() {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === JSON.stringify(packages);
}

/** Installs the host if it is missing; returns a message when that is impossible, else undefined. */
export function ensureHost(say) {
  if (hostInstalled()) return undefined;
  if (process.platform !== 'linux') return 'the VS Code from npm runs on Linux only';
  say(
    `Installing VS Code from npm (code-server ${packages['code-server']}, about 500 MB) into ${path.relative('.', hostDir)} ...`,
  );
  try {
    installPackages();
    installServerDependencies();
    replaceCompiledModules();
    removeUnneeded();
    writeFileSync(stampFile, JSON.stringify(packages));
    return undefined;
  } catch (error) {
    return `VS Code could not be installed from npm: ${error.message}`;
  }
}

function npm(cwd, ...args) {
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const result = spawnSync('npm', ['install', ...quiet, ...args], { cwd, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`npm install in ${cwd}: ${result.stderr || result.error?.message}`);
}

function installPackages() {
  mkdirSync(hostDir, { recursive: true });
  writeFileSync(path.join(hostDir, 'package.json'), JSON.stringify({ private: true, dependencies: packages }));
  npm(hostDir, '--no-package-lock');
}

/** The server's own dependencies, pinned by its shrinkwrap. (`npm ci` refuses that file: it lacks an entry.) */
function installServerDependencies() {
  npm(serverRoot, '--omit=dev');
}

/** Two compiled modules come without a binary; JavaScript stand-ins with the same interface do. */
function replaceCompiledModules() {
  for (const name of ['spdlog', 'native-watchdog']) {
    copyFileSync(path.join(here, `shims/${name}.cjs`), path.join(serverRoot, `node_modules/@vscode/${name}/index.js`));
  }
}

/** Big parts that neither tests nor `npm start` ever load. */
function removeUnneeded() {
  const remove = (name) => rmSync(path.join(serverRoot, name), { recursive: true, force: true });
  for (const name of cloudExtensions) remove(`extensions/${name}`);
  for (const name of ['node_modules/@github', 'node_modules/@microsoft/mxc-sdk']) remove(name);
  const ripgrep = path.join(serverRoot, 'node_modules/@vscode/ripgrep-universal/bin');
  if (!existsSync(ripgrep)) return;
  for (const name of readdirSync(ripgrep, { withFileTypes: true })) {
    if (name.isDirectory() && name.name !== `linux-${process.arch}`)
      rmSync(path.join(ripgrep, name.name), { recursive: true });
  }
}
