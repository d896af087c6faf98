/** The language server through VS Code: that it starts, and that its answers arrive. What it answers is tested in server/. */
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { eventually, isBuilt, showExample, showScenario } from './workspace.ts';

async function labelsAt(document: vscode.TextDocument, position: vscode.Position): Promise<string[]> {
  const command = 'vscode.executeCompletionItemProvider';
  const list = await vscode.commands.executeCommand<vscode.CompletionList>(command, document.uri, position);
  return list.items.map(({ label }) => (typeof label === 'string' ? label : label.label));
}

/** The server may still be starting: asked until the wanted label is there. */
async function labelsWith(document: vscode.TextDocument, position: vscode.Position, wanted: string): Promise<string[]> {
  return eventually(async () => {
    const labels = await labelsAt(document, position);
    return labels.includes(wanted) ? labels : undefined;
  });
}

describe('language server', () => {
  before(function () {
    if (!isBuilt('server.cjs')) this.skip();
  });
  after(() => vscode.commands.executeCommand('workbench.action.closeAllEditors'));

  it('completes blocks at the top and properties inside a host', async () => {
    const document = await showScenario('\nhost server {\n  \n}\n');
    const top = await labelsWith(document, new vscode.Position(0, 0), 'host');
    assert.ok(top.includes('link'), `link in ${top}`);
    const inside = await labelsWith(document, new vscode.Position(2, 2), 'nic');
    assert.ok(inside.includes('process') && !inside.includes('link '), `process in ${inside}`);
  });

  it('draws a diagnostic, and removes it when the text is right again', async () => {
    const document = await showScenario('lnk wire { rate 1Gbps }\n');
    const found = await eventually(() => vscode.languages.getDiagnostics(document.uri)[0]);
    assert.equal(found.range.start.line, 0);
    assert.match(found.message, /lnk/);
    const edit = new vscode.WorkspaceEdit();
    edit.replace(document.uri, new vscode.Range(0, 0, 0, 3), 'link');
    await vscode.workspace.applyEdit(edit);
    await eventually(
      () => !vscode.languages.getDiagnostics(document.uri).some((left) => /lnk/.test(left.message)) || undefined,
    );
  });

  it('has no complaint about the example', async () => {
    const document = await showExample('udp-echo.netpath');
    await eventually(async () => {
      const symbols = await vscode.commands.executeCommand<unknown[]>(
        'vscode.executeDocumentSymbolProvider',
        document.uri,
      );
      return symbols?.length ? symbols : undefined;
    });
    assert.deepEqual(vscode.languages.getDiagnostics(document.uri), []);
  });

  it('says what a word means', async () => {
    const document = await showExample('udp-echo.netpath');
    const at = document.positionAt(document.getText().indexOf('host') + 1);
    const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      at,
    );
    assert.ok(hovers.length > 0);
  });
});
