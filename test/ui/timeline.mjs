/** The Timeline view: the run over time; a click goes there, a name unfolds. */
import {
  askConsole,
  breakAtFunction,
  callStack,
  openExample,
  removeBreakpoint,
  startUntil,
  stopDebugging,
} from './debugWindow.mjs';
import { runCommand, takeShot } from './userInterface.mjs';

export const steps = [
  { name: 'Show Timeline runs a scenario to its end and shows it', needs: 'timeline.js', run: showWhole },
  { name: 'the Timeline view shows the run so far', needs: 'timeline.js', run: showTimeline },
  { name: 'a CPU unfolds into its calls, and a click goes to one', needs: 'timeline.js', run: goToCall },
];

/** The page lies in a frame within a frame. */
const pageOf = (page) => page.frameLocator('iframe.webview.ready').last().frameLocator('#active-frame');

/** Room for the lanes' names (extension/timeline/page/paint.ts). */
const GUTTER = 130;

/** Of the time up to the stop: where the first segments have just been sent. */
const SENDING = 5.03 / 7.563;

async function showWhole(page) {
  await openExample(page, 'net-rx-far-above-net-tx.netpath');
  await page.click('.editor-instance .view-lines');
  await runCommand(page, 'NetPath: Show Timeline');
  await pageOf(page).locator('#range').filter({ hasText: /of \d/ }).waitFor();
  await page.waitForTimeout(800);
  await takeShot(page, '18-timeline-whole');
  await stopDebugging(page);
}

async function showTimeline(page) {
  await openExample(page, 'retransmission.netpath');
  await breakAtFunction(page, 'tcp_retransmit_skb');
  await startUntil(page, 'tcp_retransmit_skb');
  await askConsole(page, 'mark again');
  await runCommand(page, 'NetPath: Show Timeline');
  const range = pageOf(page).locator('#range');
  await range.filter({ hasText: /of \d/ }).waitFor();
  await page.waitForTimeout(500);
  await takeShot(page, '15-timeline');
}

async function goToCall(page) {
  const lanes = pageOf(page).locator('#lanes');
  await lanes.click({ position: { x: 20, y: 32 } });
  await lanes.focus();
  await lanes.hover({ position: { x: GUTTER + SENDING * ((await lanes.boundingBox()).width - GUTTER), y: 32 } });
  for (let i = 0; i < 6; i++) await page.keyboard.press('+');
  await page.waitForTimeout(800);
  const name = await walkToCall(page, lanes);
  await takeShot(page, '16-timeline-calls');
  await page.keyboard.press('Enter');
  await page.locator(callStack).filter({ hasText: name }).first().waitFor();
  await page.waitForTimeout(800);
  await takeShot(page, '17-timeline-gone-to');
  await stopDebugging(page);
  await removeBreakpoint(page, 'tcp_retransmit_skb');
}

/** By the keyboard alone: down to calls, left until a function of the kernel's is met. Answers its name. */
async function walkToCall(page, lanes) {
  for (let i = 0; i < 3; i++) await page.keyboard.press('ArrowDown');
  for (let i = 0; i < 60; i++) {
    const [, name] = /^([a-z_]\w+_\w+): .*client cpu0/.exec((await lanes.getAttribute('aria-valuetext')) ?? '') ?? [];
    if (name !== undefined) return name;
    await page.keyboard.press('ArrowLeft');
  }
  throw new Error('no call was met');
}
