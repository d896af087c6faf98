/** A person's hands and eyes on a VS Code with our .vsix installed: opens it, types, waits for what shows, takes pictures. */
import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { openWorkbench, startBrowser, workbenchUrl } from '../vscode-host/browser.mjs';
import { installVsix, startServer } from '../vscode-host/server.mjs';

const root = path.join(import.meta.dirname, '../..');
const shots = path.join(root, 'test/shots');

/** What shows is the server's work, not words of the text; and a window that shows code. */
const settings = { 'editor.wordBasedSuggestions': 'off', 'editor.minimap.enabled': false };

/** Opens `file` of a copy of examples/ as a user would have it: the extension installed, not under development. */
export async function openUserInterface(vsix, file) {
  const scratch = mkdtempSync(path.join(os.tmpdir(), 'netpath-ui-'));
  const folders = { userDataDir: path.join(scratch, 'user'), extensionsDir: path.join(scratch, 'extensions') };
  const folder = path.join(scratch, 'examples');
  rmSync(shots, { recursive: true, force: true });
  mkdirSync(shots, { recursive: true });
  cpSync(path.join(root, 'examples'), folder, { recursive: true });
  await installVsix({ vsix, ...folders });
  const token = randomBytes(12).toString('hex'); // a person's server: the one for tests draws no notifications
  const server = await startServer({ ...folders, settings, token });
  const browser = await startBrowser();
  const url = workbenchUrl({ origin: server.origin, folder, openFile: path.join(folder, file), token });
  const page = await openWorkbench(browser, url, { width: 1440, height: 900 });
  page.setDefaultTimeout(30_000);
  const close = async () => {
    await browser.close();
    await server.stop();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  };
  return { page, close };
}

/** Saves what is on the screen as test/shots/NAME.png. */
export async function takeShot(page, name) {
  await page.screenshot({ path: path.join(shots, `${name}.png`) });
}

/** Runs a command by its title in the command palette. */
export async function runCommand(page, title) {
  await page.keyboard.press('F1');
  const input = page.locator('.quick-input-widget input.input');
  await input.waitFor();
  await input.fill(`>${title}`);
  await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: title }).first().waitFor();
  await page.keyboard.press('Enter');
}

/** The texts of the rows that match, with their blanks made one. */
export async function rowTexts(page, selector) {
  const texts = await page.locator(selector).allInnerTexts();
  return texts.map((text) => text.replace(/\s+/g, ' ').trim());
}
