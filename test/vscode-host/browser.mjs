/** The system's Chromium, headless, reaching nothing but this machine; and the workbench's address in it. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** The browser's path: $CHROMIUM_PATH, or the first known name on PATH. */
export function findBrowser() {
  if (process.env.CHROMIUM_PATH) return process.env.CHROMIUM_PATH;
  const folders = (process.env.PATH ?? '').split(path.delimiter);
  return names.flatMap((name) => folders.map((folder) => path.join(folder, name))).find(isExecutable);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Installs Chromium with apt when it is missing and we may; returns a message when that is impossible. */
export function ensureBrowser(say) {
  if (findBrowser()) return undefined;
  if (process.getuid?.() !== 0) return 'no Chromium on PATH, and only root may install it';
  if (spawnSync('apt-get', ['--version']).status !== 0) return 'no Chromium on PATH, and no apt-get to install it';
  say('Installing Chromium with apt-get (chromium fonts-dejavu-core) ...');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...args) => spawnSync('apt-get', ['-o', 'DPkg::Lock::Timeout=600', ...args], { env, encoding: 'utf8' });
  apt('update', '-qq');
  const result = apt('install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-dejavu-core');
  return findBrowser() ? undefined : `apt-get could not install Chromium: ${result.stderr.trim().split('\n').at(-1)}`;
}

export async function startBrowser() {
  const { chromium } = await import('playwright-core');
  const loopbackOnly = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost';
  const quiet = [
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    '--disable-quic',
    '--no-first-run',
  ];
  const inContainers = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'];
  return chromium.launch({
    executablePath: findBrowser(),
    headless: true,
    args: [loopbackOnly, ...quiet, ...inContainers],
  });
}

/** The workbench's address for a folder or workspace, an open file and an extension under development. Paths are this machine's. */
export function workbenchUrl({
  origin,
  folder,
  workspace,
  openFile,
  extensions = [],
  suite,
  disableExtensions,
  token,
}) {
  const remote = (file) => `vscode-remote://${new URL(origin).host}${pathToFileURL(file).pathname}`;
  const payload = [
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
  ];
  for (const extension of extensions) payload.push(['extensionDevelopmentPath', remote(extension)]);
  if (suite) payload.push(['extensionTestsPath', remote(suite)]);
  if (openFile) payload.push(['openFile', remote(openFile)]);
  if (disableExtensions) payload.push(['disableExtensions', 'true']);
  const place = folder ? { folder } : workspace ? { workspace } : { ew: 'true' };
  const access = token ? { tkn: token } : {};
  return `${origin}/?${new URLSearchParams({ ...access, ...place, payload: JSON.stringify(payload) })}`;
}

/** Opens the workbench in a page and waits until it is there; `prepare` sees the page before it loads anything. */
export async function openWorkbench(browser, url, viewport = { width: 1280, height: 800 }, prepare = async () => {}) {
  const page = await (await browser.newContext({ viewport })).newPage();
  await prepare(page);
  await page.goto(url, { timeout: 60_000 });
  await page.waitForSelector('.monaco-workbench .part.editor', { timeout: 60_000 });
  return page;
}
