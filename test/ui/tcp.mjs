/** A connection under the debugger: where the sender decides, where NET_TX goes on, where a packet is dropped, and what `ss` says. */
import assert from 'node:assert/strict';
import {
  askConsole,
  breakAtFunction,
  breakOnChange,
  callStack,
  goBackToLastChange,
  openScopes,
  removeBreakpoint,
  startUntil,
  stopDebugging,
  toggleFilter,
} from './debugWindow.mjs';
import { takeShot } from './userInterface.mjs';

export const steps = [
  { name: 'tcp_write_xmit stops where skb.len > 1000', needs: 'adapter.cjs', run: stopInWriteXmit },
  { name: 'the debug console answers ss -ti', needs: 'adapter.cjs', run: askSs },
  { name: 'a change of snd_cwnd stops, asked for in the Variables view', needs: 'adapter.cjs', run: watchCwnd },
  { name: 'net_tx_action stops', needs: 'adapter.cjs', run: stopInNetTx },
  { name: 'a drop stops in the function that decided it', needs: 'adapter.cjs', run: stopAtDrop },
];

async function openExample(page, name) {
  await page.keyboard.press('Control+P');
  const input = page.locator('.quick-input-widget input.input');
  await input.waitFor();
  await input.fill(name);
  await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: name }).first().waitFor();
  await page.keyboard.press('Enter');
  await page.locator('.tab.active', { hasText: name }).waitFor();
}

async function stopInWriteXmit(page) {
  await openExample(page, 'send-only-queues.netpath');
  await breakAtFunction(page, 'tcp_write_xmit if skb.len > 1000');
  const stack = await startUntil(page, 'tcp_write_xmit');
  console.log(`        call stack: ${stack.slice(0, 4).join(' | ')}`);
  await openScopes(page, 'Locals', 'Socket');
  await takeShot(page, '7-tcp-write-xmit');
}

async function askSs(page) {
  const text = await askConsole(page, 'client$ ss -ti');
  assert.match(text, /ESTAB/);
  await takeShot(page, '8-ss');
}

async function watchCwnd(page) {
  await breakOnChange(page, 'Congestion', 'snd_cwnd');
  await removeBreakpoint(page, 'tcp_write_xmit');
  await page.keyboard.press('F5');
  await page.locator(callStack).filter({ hasText: 'snd_cwnd' }).first().waitFor();
  await page.waitForTimeout(800);
  await takeShot(page, '11-data-breakpoint');
  await goBackToLastChange(page, 'Sequence space', 'snd_una');
  await page.locator(callStack).filter({ hasText: 'snd_una' }).first().waitFor();
  await page.waitForTimeout(800);
  await takeShot(page, '12-last-change');
  await stopDebugging(page);
}

async function stopInNetTx(page) {
  await openExample(page, 'quota-net-tx.netpath');
  await breakAtFunction(page, 'net_tx_action');
  await startUntil(page, 'net_tx_action');
  await takeShot(page, '9-net-tx-action');
  await stopDebugging(page);
  await removeBreakpoint(page, 'net_tx_action');
}

async function stopAtDrop(page) {
  await openExample(page, 'udp-no-socket.netpath');
  await toggleFilter(page, 'Packet dropped');
  const [thread, top] = await startUntil(page, 'udp_rcv');
  assert.match(thread, /DROP: NO_SOCKET/i);
  assert.match(top, /^udp_rcv/);
  await takeShot(page, '10-drop');
  await stopDebugging(page);
  await toggleFilter(page, 'Packet dropped');
}
