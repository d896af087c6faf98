/** Packages the extension, installs it in a VS Code as a user would, and goes through the first session step by step. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../build/bundle.mjs';
import { packageVsix } from '../../build/package.mjs';
import { steps as packetSteps } from '../ui/packetSteps.mjs';
import { steps as timeline } from '../ui/timeline.mjs';
import { steps as whatIf } from '../ui/whatIf.mjs';
import { steps as tcp } from '../ui/tcp.mjs';
import { steps as udpEcho } from '../ui/udpEcho.mjs';
import { openUserInterface, takeShot } from '../ui/userInterface.mjs';
import { check, newTally, skip } from './tally.mjs';
import { hostIsReady } from './vscode.mjs';

/** The whole extension stays a quick download: the engine in both its builds and the listings of the kernel make most of it. */
const vsixLimit = 1792 * 1024;

const steps = [...udpEcho, ...tcp, ...packetSteps, ...timeline, ...whatIf];

export async function runUi() {
  const tally = newTally();
  const packaged = await checkPackage(tally);
  const names = steps.map(({ name }) => `ui: ${name}`);
  if (!packaged || !hostIsReady(tally, names)) return tally;
  let ui;
  const opened = await check(tally, 'VS Code opens with the .vsix installed', async () => {
    ui = await openUserInterface(packaged.vsix, 'udp-echo.netpath');
  });
  if (opened) await goThrough(tally, ui.page);
  await ui?.close();
  return tally;
}

async function checkPackage(tally) {
  let packaged;
  await check(tally, '.vsix: only what runs, under 1.75 MiB', () => {
    packaged = packageVsix();
    console.log(`        ${packaged.files.length} files, ${(packaged.bytes / 1024).toFixed(1)} KiB`);
    const strangers = packaged.files.filter((file) =>
      /\.(map|ts)$|^extension\/(test|dist\/test|build|node_modules)\//.test(file),
    );
    if (strangers.length > 0) throw new Error(`does not belong in it: ${strangers.join(', ')}`);
    if (packaged.bytes > vsixLimit) throw new Error(`${packaged.bytes} bytes`);
  });
  return packaged;
}

/** After a failed step the later ones say nothing new: they are skipped. */
async function goThrough(tally, page) {
  let failed;
  for (const { name, needs, run } of steps) {
    if (failed) skip(tally, name, `after "${failed}" failed`);
    else if (needs && !existsSync(path.join(root, 'dist', needs))) skip(tally, name, `dist/${needs} is not built`);
    else if (!(await check(tally, name, () => run(page)))) failed = name;
  }
  if (failed) await takeShot(page, 'failure');
}
