/** One debug session as a person has it: F5 without launch.json, a stop in the kernel, looking, stepping back, the end. */
import assert from 'node:assert/strict';
import type { DebugProtocol } from '@vscode/debugprotocol';
import * as vscode from 'vscode';
import { DebugEvents } from './debugEvents.ts';
import { eventually, isBuilt, showExample } from './workspace.ts';

/** The delivery of a list has no ip_rcv of its own: the breakpoint binds to the per-packet work as well. */
const ipReceive = /^ip_(rcv|list_rcv|rcv_core)\b/;

function session(): vscode.DebugSession {
  const active = vscode.debug.activeDebugSession;
  assert.ok(active, 'a debug session is active');
  return active;
}

async function stackOf(threadId: number): Promise<DebugProtocol.StackFrame[]> {
  const answer = await session().customRequest('stackTrace', { threadId, startFrame: 0, levels: 200 });
  return answer.stackFrames;
}

async function scopesOf(frameId: number): Promise<DebugProtocol.Scope[]> {
  return (await session().customRequest('scopes', { frameId })).scopes;
}

async function variablesOf(variablesReference: number): Promise<DebugProtocol.Variable[]> {
  return (await session().customRequest('variables', { variablesReference })).variables;
}

async function evaluate(expression: string, frameId: number, context = 'repl'): Promise<string> {
  return (await session().customRequest('evaluate', { expression, frameId, context })).result;
}

describe('debugging udp-echo', () => {
  let events: DebugEvents;
  let threadId = 0;
  let top: DebugProtocol.StackFrame;

  before(async function () {
    if (!isBuilt('adapter.cjs')) this.skip();
    events = new DebugEvents();
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    vscode.debug.addBreakpoints([new vscode.FunctionBreakpoint('ip_rcv', true, 'skb->len > 20')]);
    await showExample('udp-echo.netpath');
  });
  after(async () => {
    await vscode.debug.stopDebugging();
    events?.dispose();
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  });

  it('F5 without launch.json stops at the function breakpoint whose condition holds', async () => {
    await vscode.commands.executeCommand('workbench.action.debug.start');
    const stop = await events.nextStop();
    assert.match(stop.reason, /breakpoint/);
    assert.equal(session().type, 'netpath');
    assert.equal(session().name, 'NetPath: udp-echo.netpath');
    threadId = stop.threadId!;
  });

  it('the stack leads from the kernel function across the wire to the line that sent the packet', async () => {
    const frames = await stackOf(threadId);
    top = frames[0]!;
    assert.match(top.name, ipReceive);
    assert.match(top.source?.path ?? '', /^netpath-kernel:/);
    const told = frames.map(({ name }) => name).join('\n');
    assert.match(told, /net_rx_action/);
    assert.match(told, /--- hard interrupt|--- softirq/);
    assert.ok(
      frames.some(({ source }) => source?.path?.endsWith('udp-echo.netpath')),
      told,
    );
  });

  it('the listing of the top frame opens, in its own language, at the line', async () => {
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(top.source!.path!));
    const listing = await eventually(() =>
      vscode.workspace.textDocuments.find(
        (open) => open.uri.path === document.uri.path && open.languageId === 'netpath-kernel',
      ),
    );
    assert.ok(top.line <= listing.lineCount);
  });

  it('scopes hold the packet', async () => {
    const scopes = await scopesOf(top.id);
    assert.ok(scopes.length > 1, 'more than the locals');
    const all = (await Promise.all(scopes.map((scope) => variablesOf(scope.variablesReference)))).flat();
    assert.ok(
      all.some(({ name }) => name === 'skb'),
      `skb in ${all.map(({ name }) => name)}`,
    );
  });

  it('expressions read the packet as C and as JavaScript would', async () => {
    const length = Number.parseInt(await evaluate('skb->len', top.id), 10);
    assert.ok(length > 20);
    assert.equal(Number.parseInt(await evaluate('skb.len', top.id, 'watch'), 10), length);
    assert.match(await evaluate('ip_hdr(skb)->saddr == 10.0.0.2', top.id), /^(true|1)$/);
  });

  it('a step forward and a step back lead to the same place and values', async () => {
    const length = await evaluate('skb->len', top.id);
    await session().customRequest('next', { threadId });
    const forward = await events.nextStop();
    assert.notEqual((await stackOf(forward.threadId!))[0]!.line, top.line);
    await session().customRequest('stepBack', { threadId });
    const back = await events.nextStop();
    const frame = (await stackOf(back.threadId!))[0]!;
    assert.deepEqual([frame.name, frame.line], [top.name, top.line]);
    assert.equal(await evaluate('skb->len', frame.id), length);
  });

  it('commands step back out of the call, and back into what ran before it', async () => {
    const [, caller] = await stackOf(threadId);
    await eventually(() => vscode.debug.activeStackItem);
    await vscode.commands.executeCommand('netpath.stepBackOut');
    const out = await events.nextStop();
    const [call] = await stackOf(out.threadId!);
    assert.equal(call!.name, caller!.name);
    await eventually(() => vscode.debug.activeStackItem);
    await vscode.commands.executeCommand('netpath.stepBackInto');
    const into = await events.nextStop();
    const [before] = await stackOf(into.threadId!);
    assert.notDeepEqual([before!.name, before!.line], [call!.name, call!.line]);
  });

  it('runs to the end and says what each process received', async () => {
    vscode.debug.removeBreakpoints(vscode.debug.breakpoints);
    await session().customRequest('continue', { threadId });
    await eventually(async () => {
      // The removal travels on its own; a stop that came before it is continued.
      const stop = events.takeStop();
      if (stop) await session().customRequest('continue', { threadId: stop.threadId });
      return events.sessionsEnded() > 0 || undefined;
    });
    assert.match(events.output.join(''), /client|server/);
  });
});
