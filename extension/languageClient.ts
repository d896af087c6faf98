/** Starts the language server when the first scenario is open: debugging or reading a listing does not need it. */
import * as vscode from 'vscode';
import { scenarioLanguage } from './languages.ts';
import type { startLanguageClient } from './startLanguageClient.ts';

/** Any object with a way to stop: the client's own type would bring its code with it. */
interface Running {
  stop(): Promise<void>;
}

export function registerLanguageClient(extensionUri: vscode.Uri): vscode.Disposable[] {
  let client: Promise<Running> | undefined;
  const startFor = (document: vscode.TextDocument): void => {
    if (document.languageId === scenarioLanguage) client ??= start(extensionUri);
  };
  vscode.workspace.textDocuments.forEach(startFor);
  const stop = (): void => void client?.then((running) => running.stop()).catch(() => undefined);
  return [vscode.workspace.onDidOpenTextDocument(startFor), new vscode.Disposable(stop)];
}

/** The client is a bundle of its own, so that activating the extension does not read it. */
async function start(extensionUri: vscode.Uri): Promise<Running> {
  const bundle = vscode.Uri.joinPath(extensionUri, 'dist/languageClient.cjs').toString(true);
  const module: { startLanguageClient: typeof startLanguageClient } = await import(bundle);
  return module.startLanguageClient(vscode.Uri.joinPath(extensionUri, 'dist/server.cjs').fsPath);
}
