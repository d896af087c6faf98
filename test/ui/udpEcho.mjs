/**
 * The first session of a new user, in the steps of the README: completion, a function breakpoint, F5, looking around, back
 * and to the end. Each step needs the ones before it; `needs` names the bundle without which it cannot work.
 */
import assert from 'node:assert/strict';
import {
  arrange,
  askConsole,
  breakAtFunction,
  callStack,
  openScopes,
  removeBreakpoint,
  variables,
} from './debugWindow.mjs';
import { rowTexts, runCommand, takeShot } from './userInterface.mjs';

const suggestions = '.suggest-widget.visible .monaco-list-row';

export const steps = [
  { name: 'the scenario is open in its language', run: scenarioIsOpen },
  { name: 'the suggest widget offers what fits inside a host', needs: 'server.cjs', run: suggestProperties },
  { name: 'the picker adds a function breakpoint', needs: 'functions.json.br', run: pickFunction },
  { name: 'F5 stops in the kernel, stack and variables shown', needs: 'adapter.cjs', run: startAndStop },
  { name: 'the debug console evaluates skb->len', needs: 'adapter.cjs', run: evaluateInConsole },
  { name: 'step over and step back', needs: 'adapter.cjs', run: stepAndBack },
  { name: 'continue to the end', needs: 'adapter.cjs', run: continueToEnd },
];

async function scenarioIsOpen(page) {
  await page.waitForSelector('.editor-instance .view-line');
  await page.waitForSelector('[id="status.editor.mode"]:has-text("NetPath")');
}

/** The server may still be starting: asked again until its word is there. A widget that came up while typing would take the line break for its own. The file is left as it was. */
async function suggestProperties(page) {
  await page.click('.editor-instance .view-lines');
  await page.keyboard.press('Control+End');
  await page.keyboard.type('\nhost router {', { delay: 20 });
  await page.keyboard.press('Escape');
  await page.keyboard.press('Enter');
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
  await breakAtFunction(page, 'ip_rcv', () => takeShot(page, '2-picker'));
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
  await openScopes(page, 'Locals', 'Packet');
  await page.locator(variables).filter({ hasText: 'ip_hdr' }).first().waitFor();
  await takeShot(page, '3-stopped');
  await page.locator('.pane-header', { hasText: 'Breakpoints' }).first().click(); // a later step takes one away
}

async function evaluateInConsole(page) {
  const result = await askConsole(page, 'skb->len');
  assert.match(result, /^\d+$/);
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
  await removeBreakpoint(page, 'ip_rcv');
  await page.locator('.debug-toolbar .codicon-debug-continue').click();
  await page.waitForSelector('.debug-toolbar', { state: 'hidden' });
  await page
    .locator('.repl .monaco-list-row')
    .filter({ hasText: /client|server/ })
    .first()
    .waitFor();
  await takeShot(page, '6-ended');
}
