/** Starts the language server when the first scenario is open: debugging or reading a listing does not need it. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { scenarioLanguage } from './languages.ts';

export function registerLanguageClient(extensionUri: vscode.Uri): vscode.Disposable[] {
  let client: Promise<LanguageClient> | undefined;
  const startFor = (document: vscode.TextDocument): void => {
    if (document.languageId === scenarioLanguage) client ??= startClient(extensionUri);
  };
  vscode.workspace.textDocuments.forEach(startFor);
  const stop = (): void => void client?.then((started) => started.stop()).catch(() => undefined);
  return [vscode.workspace.onDidOpenTextDocument(startFor), new vscode.Disposable(stop)];
}

/** The client's code is large, so it is evaluated only here. */
async function startClient(extensionUri: vscode.Uri): Promise<LanguageClient> {
  const { LanguageClient, TransportKind } = await import('vscode-languageclient/node');
  const server = { module: vscode.Uri.joinPath(extensionUri, 'dist/server.cjs').fsPath, transport: TransportKind.ipc };
  const documentSelector = [{ language: scenarioLanguage }];
  const client = new LanguageClient('netpath', 'NetPath Language Server', server, { documentSelector });
  await client.start();
  return client;
}
