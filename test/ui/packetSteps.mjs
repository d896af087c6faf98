/** Along with the packet: from the sender's socket over the wire into the receiver's driver, and back. */
import {
  breakAtFunction,
  callStack,
  openExample,
  removeBreakpoint,
  startUntil,
  stopDebugging,
} from './debugWindow.mjs';
import { takeShot } from './userInterface.mjs';

export const steps = [{ name: 'Alt+F6 goes on with the packet to the other host', needs: 'adapter.cjs', run: follow }];

const top = (page, name) => page.locator(callStack).filter({ hasText: name }).first();

async function follow(page) {
  await openExample(page, 'udp-echo.netpath');
  await breakAtFunction(page, 'udp_send_skb');
  await startUntil(page, 'udp_send_skb');
  for (const name of [
    'ip_send_skb',
    'sock_confirm_neigh',
    'dev_queue_xmit',
    'sch_direct_xmit',
    'validate_xmit_skb_list',
  ]) {
    await page.keyboard.press('Alt+F6');
    await top(page, name).waitFor();
  }
  for (const name of ['igb_xmit_frame', 'sock_wfree', 'igb_process_skb_fields']) {
    await page.keyboard.press('Alt+F6');
    await top(page, name).waitFor();
  }
  await page.waitForTimeout(800);
  await takeShot(page, '19-packet-at-the-other-host');
  await page.keyboard.press('Alt+Shift+F6');
  await top(page, 'igb_process_skb_fields').waitFor({ state: 'hidden' });
  await page.waitForTimeout(800);
  await takeShot(page, '20-packet-before');
  await stopDebugging(page);
  await removeBreakpoint(page, 'udp_send_skb');
}
