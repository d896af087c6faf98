/** The manifest and the extension as VS Code sees them. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, extension, isBuilt, showExample } from './workspace.ts';

describe('extension', () => {
  it('gives .netpath files their language and is activated by them', async () => {
    const document = await showExample('udp-echo.netpath');
    assert.equal(document.languageId, 'netpath');
    await eventually(() => extension().isActive || undefined);
  });

  it('registers every command it contributes', async () => {
    await extension().activate();
    const registered = new Set(await vscode.commands.getCommands(true));
    const contributed: { command: string }[] = extension().packageJSON.contributes.commands;
    assert.deepEqual(
      contributed.filter(({ command }) => !registered.has(command)),
      [],
    );
  });
});

describe('kernel listings', () => {
  before(function () {
    if (!isBuilt('functions.json.br') || !isBuilt('listings.json.br')) this.skip();
  });
  beforeEach(() => vscode.debug.removeBreakpoints(vscode.debug.breakpoints));

  it('open before any run, with a language of their own and no errors', async () => {
    const uri = vscode.Uri.from({ scheme: 'netpath-kernel', path: '/net/ipv4/ip_input.ts' });
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    assert.match(document.getText(), /function\*? ip_rcv\b/);
    await eventually(() => vscode.workspace.textDocuments.find((open) => open.languageId === 'netpath-kernel'));
    assert.deepEqual(vscode.languages.getDiagnostics(uri), []);
  });

  it('a kernel function becomes a function breakpoint, once', async () => {
    await vscode.commands.executeCommand('netpath.breakAtFunction', 'ip_rcv');
    await vscode.commands.executeCommand('netpath.breakAtFunction', 'ip_rcv');
    const names = vscode.debug.breakpoints.map((known) => (known as vscode.FunctionBreakpoint).functionName);
    assert.deepEqual(names, ['ip_rcv']);
  });
});
