/**
 * The first session of a new user, in the steps of the README: completion, a function breakpoint, F5, looking around, back
 * and to the end. Each step needs the ones before it; `needs` names the bundle without which it cannot work.
 */
import assert from 'node:assert/strict';
import { rowTexts, runCommand, takeShot } from './userInterface.mjs';

const callStack = '.debug-call-stack .monaco-list-row';
const variables = '.debug-variables .monaco-list-row';
const suggestions = '.suggest-widget.visible .monaco-list-row';

export const steps = [
  { name: 'the scenario is open in its language', run: scenarioIsOpen },
  { name: 'the suggest widget offers what fits inside a host', needs: 'server.cjs', run: suggestProperties },
  { name: 'the picker adds a function breakpoint', needs: 'functions.json', run: pickFunction },
  { name: 'F5 stops in the kernel, stack and variables shown', needs: 'adapter.cjs', run: startAndStop },
  { name: 'the debug console evaluates skb->len', needs: 'adapter.cjs', run: evaluateInConsole },
  { name: 'step over and step back', needs: 'adapter.cjs', run: stepAndBack },
  { name: 'continue to the end', needs: 'adapter.cjs', run: continueToEnd },
];

async function scenarioIsOpen(page) {
  await page.waitForSelector('.editor-instance .view-line');
  await page.waitForSelector('[id="status.editor.mode"]:has-text("NetPath")');
}

/** The server may still be starting: asked again until its word is there. The file is left as it was. */
async function suggestProperties(page) {
  await page.click('.editor-instance .view-lines');
  await page.keyboard.press('Control+End');
  await page.keyboard.type('\nhost router {\n', { delay: 20 });
  let labels = [];
  for (let i = 0; i < 30 && !labels.includes('nic'); i++) {
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+Space');
    const first = page.locator(suggestions).first();
    await first.waitFor({ timeout: 1000 }).catch(() => {});
    labels = await page.locator(`${suggestions} .label-name`).allTextContents();
  }
  assert.ok(labels.includes('nic') && labels.includes('process'), `nic and process in ${labels}`);
  await takeShot(page, '1-suggest');
  await page.keyboard.press('Escape');
  await runCommand(page, 'File: Revert File');
  await page.locator('.tab.dirty').waitFor({ state: 'hidden' });
}

async function pickFunction(page) {
  await runCommand(page, 'NetPath: Break at Kernel Function...');
  await page.locator('.quick-input-title', { hasText: 'Break at Kernel Function' }).waitFor();
  await page.keyboard.type('ip_rcv', { delay: 20 });
  const first = page.locator('.quick-input-list .monaco-list-row').first();
  await first.filter({ hasText: 'net/ipv4/ip_input.c' }).waitFor();
  await takeShot(page, '2-picker');
  await page.keyboard.press('Enter');
  await page.locator('.notification-toast', { hasText: 'ip_rcv' }).waitFor();
  await runCommand(page, 'Notifications: Clear All Notifications');
  await runCommand(page, 'View: Show Run and Debug');
  await page.locator('.debug-breakpoints .monaco-list-row').filter({ hasText: 'ip_rcv' }).waitFor();
}

async function startAndStop(page) {
  await page.click('.editor-instance .view-lines');
  await page.keyboard.press('F5');
  await page
    .locator(callStack)
    .filter({ hasText: /ip_(rcv|list_rcv|rcv_core)/ })
    .first()
    .waitFor();
  await page.locator(variables).filter({ hasText: 'skb' }).first().waitFor();
  await page.waitForTimeout(500); // the views fill one after the other; the picture wants all of them
  const stack = await rowTexts(page, callStack);
  console.log(`        call stack: ${stack.join(' | ')}`);
  console.log(`        variables: ${(await rowTexts(page, variables)).join(' | ')}`);
  await arrange(page);
  await takeShot(page, '3-stopped');
  await page.locator('.pane-header', { hasText: 'Breakpoints' }).first().click(); // a later step takes one away
}

/** As somebody who looks at packets arranges the window: a wide side bar, the packet unfolded, what is empty folded. */
async function arrange(page) {
  await runCommand(page, 'View: Hide Panel');
  const sash = await page.locator('.monaco-sash.vertical').evaluateAll((all) => {
    const boxes = all.map((each) => each.getBoundingClientRect()).filter(({ left }) => left > 200 && left < 500);
    return boxes[0] && { x: boxes[0].left + boxes[0].width / 2, y: 400 };
  });
  if (sash) {
    await page.mouse.move(sash.x, sash.y);
    await page.mouse.down();
    await page.mouse.move(sash.x + 260, sash.y, { steps: 8 });
    await page.mouse.up();
  }
  for (const name of ['Watch', 'Loaded Scripts', 'Breakpoints']) await foldPane(page, name);
  const scope = (name) =>
    page
      .locator(variables)
      .filter({ hasText: new RegExp(`^\\s*${name}\\s*$`) })
      .first();
  await scope('Locals').click();
  await scope('Packet').click();
  await page.locator(variables).filter({ hasText: 'ip_hdr' }).first().waitFor();
  await page.mouse.move(900, 700);
  await page.waitForTimeout(500);
}

async function foldPane(page, name) {
  const header = page.locator('.pane-header.expanded', { hasText: name }).first();
  if ((await header.count()) > 0) await header.click();
}

async function evaluateInConsole(page) {
  await runCommand(page, 'Debug Console: Focus on Debug Console View');
  await page.click('.repl-input-wrapper .view-lines');
  await page.keyboard.type('skb->len', { delay: 20 });
  await page.locator('.repl-input-wrapper .view-line', { hasText: 'skb->len' }).waitFor();
  await page.keyboard.press('Escape'); // a completion may be open, and would take the Enter
  await page.keyboard.press('Enter');
  const result = page.locator('.repl .evaluation-result');
  await result.filter({ hasText: /\d+/ }).last().waitFor();
  await takeShot(page, '4-console');
}

/** Where the run stands, as the call stack's first frame tells it. */
const standing = async (page) => (await rowTexts(page, '.debug-call-stack .stack-frame'))[0];

async function waitUntilStanding(page, accept) {
  for (let i = 0; i < 300; i++) {
    const now = await standing(page);
    if (now && accept(now)) return now;
    await page.waitForTimeout(100);
  }
  throw new Error(`the call stack still shows ${await standing(page)}`);
}

async function stepAndBack(page) {
  const before = await standing(page);
  await page.keyboard.press('F10');
  await waitUntilStanding(page, (now) => now !== before);
  await page.locator('.debug-toolbar .codicon-debug-step-back').click();
  await waitUntilStanding(page, (now) => now === before);
  await takeShot(page, '5-stepped-back');
}

async function continueToEnd(page) {
  const breakpoints = page.locator('.debug-breakpoints .monaco-list-row').filter({ hasText: 'ip_rcv' });
  await breakpoints.hover(); // a row's buttons show only under the pointer: edit, remove
  await breakpoints.locator('.action-label').last().click();
  await breakpoints.waitFor({ state: 'hidden' });
  await page.locator('.debug-toolbar .codicon-debug-continue').click();
  await page.waitForSelector('.debug-toolbar', { state: 'hidden' });
  await page
    .locator('.repl .monaco-list-row')
    .filter({ hasText: /client|server/ })
    .first()
    .waitFor();
  await takeShot(page, '6-ended');
}
