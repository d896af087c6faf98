/** TCP under the debugger in VS Code: stops in the sender, in NET_TX and at a drop, and what `ss` tells there. */
import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import { DebugEvents } from './debugEvents.ts';
import { isBuilt, showExample } from './workspace.ts';

let events: DebugEvents;

const session = (): vscode.DebugSession => events.stoppedSession();

async function topFrame(threadId: number): Promise<DebugProtocol.StackFrame> {
  const { stackFrames } = await session().customRequest('stackTrace', { threadId, startFrame: 0, levels: 20 });
  return stackFrames[0];
}

async function evaluate(expression: string, frameId: number): Promise<string> {
  return (await session().customRequest('evaluate', { expression, frameId, context: 'repl' })).result;
}

async function childNames(variablesReference: number): Promise<DebugProtocol.Variable[]> {
  return (await session().customRequest('variables', { variablesReference })).variables;
}

/** F5 on an example with these breakpoints; answers the first stop's thread and frame. */
async function stopIn(example: string, breakpoint: vscode.Breakpoint) {
  vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
  vscode.debug.addBreakpoints([breakpoint]);
  await showExample(example);
  await vscode.commands.executeCommand('workbench.action.debug.start');
  const stop = await events.nextStop();
  return { stop, threadId: stop.threadId!, frame: await topFrame(stop.threadId!) };
}

/** In a listing, before anything runs: where the text first stands. A local is assigned there, as it is not at the entry. */
async function breakpointAt(listing: string, text: string, condition: string): Promise<vscode.SourceBreakpoint> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(`netpath-kernel:${listing}`));
  const position = document.positionAt(document.getText().indexOf(text));
  return new vscode.SourceBreakpoint(new vscode.Location(document.uri, position), true, condition);
}

describe('debugging TCP', () => {
  beforeEach(function () {
    if (!isBuilt('adapter.cjs')) this.skip();
    events = new DebugEvents();
  });
  afterEach(async () => {
    await vscode.debug.stopDebugging();
    events?.dispose();
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('stops in tcp_write_xmit where skb.len > 1000; ss -ti tells of the connection', async () => {
    const condition = 'skb.len > 1000';
    const wanted = await breakpointAt('/net/ipv4/tcp_output/write_xmit.ts', 'const missing_bytes =', condition);
    const { frame } = await stopIn('send-only-queues.netpath', wanted);
    assert.equal(frame.name, 'tcp_write_xmit');
    assert.match(await evaluate(condition, frame.id), /^(true|1)$/);
    const text = await evaluate('client$ ss -tinme', frame.id);
    assert.match(text, /^State +Recv-Q Send-Q Local Address:Port +Peer Address:Port/);
    assert.match(
      text,
      /ESTAB .*\n\t skmem:\(r0,rb\d+,t\d+,tb\d+,.*\) ts sack cubic wscale:7,7 rto:\d+ rtt:.* cwnd:10 /,
    );
    assert.match(await evaluate('client$ ss -ti', frame.id), /\n\t ts sack cubic/);
  });

  it('the Socket scope opens into groups and queues', async () => {
    const { frame } = await stopIn('send-only-queues.netpath', new vscode.FunctionBreakpoint('tcp_ack', true));
    const { scopes } = await session().customRequest('scopes', { frameId: frame.id });
    const socket = scopes.find(({ name }: DebugProtocol.Scope) => name === 'Socket');
    assert.ok(socket, 'a scope Socket');
    const rows = new Map((await childNames(socket.variablesReference)).map((row) => [row.name, row]));
    for (const name of [
      'Sequence space',
      'Congestion',
      'Timers',
      'Memory',
      'Options',
      'Write queue',
      'Out-of-order queue',
    ])
      assert.ok(rows.has(name), `${name} in ${[...rows.keys()]}`);
    assert.match(rows.get('Congestion')!.value, /^cubic, cwnd \d+/);
  });

  it('stops in net_tx_action', async () => {
    const wanted = new vscode.FunctionBreakpoint('net_tx_action', true);
    const { frame } = await stopIn('quota-net-tx.netpath', wanted);
    assert.equal(frame.name, 'net_tx_action');
  });

  it('stops at a drop, and the console says which', async () => {
    const { stop, frame } = await stopIn(
      'slow-reader.netpath',
      new vscode.FunctionBreakpoint('sk_skb_reason_drop', true),
    );
    assert.match(stop.reason, /breakpoint/);
    assert.match(await evaluate('where', frame.id), /sk_skb_reason_drop/);
    assert.match(await evaluate('server$ ss -ti', frame.id), /ESTAB/);
  });
});
