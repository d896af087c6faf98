/** The debugger's views of a VS Code, handled as a person does: breakpoints, scopes, the console. */
import { rowTexts, runCommand } from './userInterface.mjs';

export const callStack = '.debug-call-stack .monaco-list-row';
export const variables = '.debug-variables .monaco-list-row';
const breakpoints = '.debug-breakpoints .monaco-list-row';

/** By its name among the examples. */
export async function openExample(page, name) {
  await page.keyboard.press('Control+P');
  const input = page.locator('.quick-input-widget input.input');
  await input.waitFor();
  await input.fill(name);
  // Enter takes the row in focus: files opened before are listed until the name has been looked for.
  await page.locator('.quick-input-list .monaco-list-row.focused').filter({ hasText: name }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.tab.active', { hasText: name }).waitFor();
}

/** By our picker; `written` is a name or more; `look` is called while it is open. */
export async function breakAtFunction(page, written, look = async () => {}) {
  const [name] = written.split(' ');
  await runCommand(page, 'NetPath: Break at Kernel Function...');
  await page.locator('.quick-input-title', { hasText: 'Break at Kernel Function' }).waitFor();
  await page.keyboard.type(written, { delay: 20 });
  const first = page.locator('.quick-input-list .monaco-list-row').first();
  await first.filter({ hasText: written }).waitFor();
  await look();
  await page.keyboard.press('Enter');
  if (name === written) await page.locator('.notification-toast', { hasText: name }).waitFor();
  await runCommand(page, 'Notifications: Clear All Notifications');
  await runCommand(page, 'View: Show Run and Debug');
  await unfoldPane(page, 'Breakpoints');
  await page.locator(breakpoints).filter({ hasText: name }).waitFor();
}

export async function removeBreakpoint(page, name) {
  const row = page.locator(breakpoints).filter({ hasText: name });
  await row.hover(); // a row's buttons show only under the pointer: edit, remove
  await row.locator('.action-label').last().click();
  await row.waitFor({ state: 'hidden' });
}

/** By the menu of a row of the Variables view, in a group of the scope that is open. */
export async function breakOnChange(page, group, field) {
  await openGroup(page, group);
  await chooseOf(page, field, 'Break on Value Change');
  await unfoldPane(page, 'Breakpoints');
  await page.locator(breakpoints).filter({ hasText: field }).waitFor();
}

export async function goBackToLastChange(page, group, field) {
  await openGroup(page, group);
  await chooseOf(page, field, 'Go Back to Last Change');
}

/** Opens what is closed, and closes what is open. */
async function openGroup(page, group) {
  await page
    .locator(variables)
    .filter({ hasText: new RegExp(`^${group}`) })
    .first()
    .click();
}

async function chooseOf(page, field, item) {
  const row = page
    .locator(variables)
    .filter({ hasText: new RegExp(`^${field} ?=`) })
    .first();
  await row.waitFor();
  await row.click({ button: 'right' });
  await page.locator('.monaco-menu .action-item', { hasText: item }).hover();
  await page.keyboard.press('Enter');
}

/** Ticks the box of a packet event, or takes the tick away. */
export async function toggleFilter(page, label) {
  await unfoldPane(page, 'Breakpoints');
  await page.locator(breakpoints).filter({ hasText: label }).locator('.monaco-checkbox, input').first().click();
}

/** F5 on the editor's file; answers the call stack once the innermost function is the one that matches. */
export async function startUntil(page, pattern) {
  await page.click('.editor-instance .view-lines');
  await page.keyboard.press('F5');
  await page.locator(callStack).filter({ hasText: pattern }).first().waitFor();
  await page.locator(variables).first().waitFor();
  await page.waitForTimeout(800); // the views fill one after the other; the picture wants all of them
  return rowTexts(page, callStack);
}

export async function stopDebugging(page) {
  await page.keyboard.press('Shift+F5');
  await page.waitForSelector('.debug-toolbar', { state: 'hidden' });
}

/** As somebody who looks at packets arranges the window: a wide side bar, what is empty folded. */
export async function arrange(page) {
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
}

async function foldPane(page, name) {
  const header = page.locator('.pane-header.expanded', { hasText: name }).first();
  if ((await header.count()) > 0) await header.click();
}

async function unfoldPane(page, name) {
  const header = page.locator('.pane-header:not(.expanded)', { hasText: name }).first();
  if ((await header.count()) > 0) await header.click();
}

/** Clicks these scopes of the Variables view: open ones close, closed ones open. */
export async function openScopes(page, ...names) {
  for (const name of names) {
    const exactly = new RegExp(`^\\s*${name}\\s*$`);
    await page.locator(variables).filter({ hasText: exactly }).first().click();
  }
  await page.mouse.move(900, 700);
  await page.waitForTimeout(500);
}

/** Types into the debug console; answers the last result. */
export async function askConsole(page, text) {
  await runCommand(page, 'Debug Console: Focus on Debug Console View');
  await page.click('.repl-input-wrapper .view-lines');
  await page.keyboard.type(text, { delay: 20 });
  await page.locator('.repl-input-wrapper .view-line', { hasText: text }).waitFor();
  await page.keyboard.press('Escape'); // a completion may be open, and would take the Enter
  await page.keyboard.press('Enter');
  const result = page.locator('.repl .evaluation-result').last();
  await result.filter({ hasText: /\S/ }).waitFor();
  return (await result.textContent()).trim();
}
