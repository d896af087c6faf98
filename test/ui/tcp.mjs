/** A connection under the debugger: where the sender decides, where NET_TX goes on, where a packet is dropped, and what `ss` says. */
import assert from 'node:assert/strict';
import {
  askConsole,
  breakAtFunction,
  breakOnChange,
  callStack,
  goBackToLastChange,
  openExample,
  openScopes,
  removeBreakpoint,
  startUntil,
  stopDebugging,
  toggleFilter,
} from './debugWindow.mjs';
import { rowTexts, takeShot } from './userInterface.mjs';

export const steps = [
  { name: 'tcp_write_xmit stops where skb.len > 1000', needs: 'adapter.cjs', run: stopInWriteXmit },
  { name: 'the debug console answers ss -ti', needs: 'adapter.cjs', run: askSs },
  { name: 'a change of snd_cwnd stops, asked for in the Variables view', needs: 'adapter.cjs', run: watchCwnd },
  { name: 'a call of the statement can be chosen to step into', needs: 'adapter.cjs', run: chooseCall },
  { name: 'a frame restarts', needs: 'adapter.cjs', run: restartFrame },
  { name: 'net_tx_action stops', needs: 'adapter.cjs', run: stopInNetTx },
  { name: 'a drop stops in the function that decided it', needs: 'adapter.cjs', run: stopAtDrop },
];

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

/** At `if (tcp_pacing_check(cpu, sk)) break;`, where the condition's variable has its value. */
async function chooseCall(page) {
  await openExample(page, 'send-only-queues.netpath');
  await breakAtFunction(page, 'tcp_write_xmit if skb.len > 1000');
  await startUntil(page, 'tcp_write_xmit');
  await page.keyboard.press('Control+F11');
  await page.locator('.quick-input-list .monaco-list-row').filter({ hasText: 'tcp_pacing_check' }).waitFor();
  await takeShot(page, '13-step-targets');
  await page.keyboard.press('Enter');
  await page.locator(callStack).filter({ hasText: 'tcp_pacing_check' }).first().waitFor();
}

async function restartFrame(page) {
  await page.waitForTimeout(800); // the stack's outer frames come after the innermost
  const frame = page.locator(callStack).filter({ hasText: 'tcp_push_one' }).first();
  await frame.hover();
  await frame.locator('.codicon-debug-restart-frame').click();
  await page.locator(callStack).filter({ hasText: 'tcp_write_xmit' }).waitFor({ state: 'hidden' });
  await page.waitForTimeout(800);
  const [, top] = await rowTexts(page, callStack).then((rows) => rows.slice(rows.findIndex((row) => /app/.test(row))));
  assert.match(top, /tcp_push_one/);
  await takeShot(page, '14-restarted-frame');
  await stopDebugging(page);
  await removeBreakpoint(page, 'tcp_write_xmit');
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
