/** "What If...": another value for the setting at the cursor, and what comes of it beside the scenario. */
import { openExample, stopDebugging } from './debugWindow.mjs';
import { runCommand, takeShot } from './userInterface.mjs';

export const steps = [
  { name: 'What If tells where two runs part and what differs', needs: 'adapter.cjs', run: whatIf },
];

async function whatIf(page) {
  await openExample(page, 'ring-too-small.netpath');
  await page
    .locator('.editor-instance .view-line', { hasText: 'rx-ring' })
    .first()
    .getByText('64', { exact: false })
    .last()
    .click();
  await runCommand(page, 'NetPath: What If...');
  const input = page.locator('.quick-input-widget input');
  await input.waitFor();
  await input.fill('small.eth0.rx-ring 7');
  await page.locator('.quick-input-message', { hasText: 'may be 48 to 4096' }).waitFor();
  await takeShot(page, '21-what-if-refused');
  await input.fill('small.eth0.rx-ring 256');
  await page.keyboard.press('Enter');
  await page.locator('.editor-instance .view-line', { hasText: 'parts behind' }).first().waitFor();
  await page.waitForTimeout(800);
  await takeShot(page, '22-what-if');
  const moment = page.locator('.detected-link', { hasText: /^event\s\d+\.\d+$/ }).first();
  await moment.click({ modifiers: ['ControlOrMeta'] });
  await page.locator('.editor-instance .debug-top-stack-frame-line').first().waitFor();
  await page.waitForTimeout(800);
  await takeShot(page, '23-where-they-part');
  await stopDebugging(page);
}
