#!/usr/bin/env node
/**
 * Takes a desktop VS Code's command line and runs it in the VS Code from npm, shown by a headless Chromium. Meant as
 * `vscodeExecutablePath` of @vscode/test-electron. Exit code: 0 the suite passed, 1 it failed, 2 the host failed, 130 interrupted.
 *   NETPATH_HOST_TIMEOUT   seconds, 600       NETPATH_HOST_VERBOSE=1   all logs       NETPATH_HOST_SHOT   a PNG of the end
 */
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { openWorkbench, startBrowser, workbenchUrl } from './browser.mjs';
import { readCommandLine } from './commandLine.mjs';
import { followOutput } from './followOutput.mjs';
import { startServer } from './server.mjs';

const verbose = Boolean(process.env.NETPATH_HOST_VERBOSE);
const limit = Number(process.env.NETPATH_HOST_TIMEOUT ?? 600);
const scratch = mkdtempSync(path.join(os.tmpdir(), 'netpath-host-'));
const output = path.join(scratch, 'suite.out');
const running = {};

const note = (...words) => console.error('[vscode-host]', ...words);

/** Ends everything once, whatever called it. */
async function end(code, why) {
  if (running.ending) return;
  running.ending = true;
  running.follower?.drain();
  const hasNoVerdict = running.follower && code === 0 && running.follower.verdict() !== 'passed';
  if (hasNoVerdict) note(`the extension host ended without a verdict of the suite (${running.follower.verdict()})`);
  if (why) note(why);
  await takeShot();
  await Promise.race([running.browser?.close().catch(() => {}), wait(5000, undefined, { ref: false })]);
  await running.server?.stop();
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  process.exit(hasNoVerdict ? 2 : code);
}

async function takeShot() {
  const file = process.env.NETPATH_HOST_SHOT;
  if (file) await running.page?.screenshot({ path: file, timeout: 5000 }).catch(() => {});
}

/** The workbench calls these two when a suite prints and when it ends. */
async function exposeAutomation(page) {
  await page.exposeFunction('codeAutomationLog', (type, args) => verbose && note(type, ...args));
  await page.exposeFunction('codeAutomationExit', (code) => {
    setImmediate(() => end(code));
  });
}

function watchPage(browser, page) {
  browser.on('disconnected', () => end(2, 'the browser went away'));
  page.on('crash', () => end(2, 'the page crashed'));
  if (verbose) page.on('pageerror', (error) => note('page error', error.message));
}

async function launch() {
  const line = readCommandLine(process.argv.slice(2));
  const userDataDir = line.userDataDir ?? path.join(scratch, 'user-data');
  const extensionsDir = line.extensionsDir ?? path.join(scratch, 'extensions');
  if (line.suite) running.follower = followOutput(output);
  const env = { ...process.env, NETPATH_HOST_OUTPUT: output, NETPATH_HOST_SUITE: line.suite ?? '' };
  running.server = await startServer({ userDataDir, extensionsDir, env, log: verbose ? note : undefined });
  running.browser = await startBrowser();
  const suite = line.suite && path.join(import.meta.dirname, 'suiteWrapper.cjs');
  const url = workbenchUrl({ ...line, origin: running.server.origin, suite });
  running.page = await openWorkbench(running.browser, url, undefined, exposeAutomation);
  watchPage(running.browser, running.page);
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end(130, signal));
process.on('unhandledRejection', (error) => end(2, error));
setTimeout(() => end(2, `not finished after ${limit} s`), limit * 1000).unref();
await launch().catch((error) => end(2, error));
