/** The folder that is open, and waiting for what VS Code does in its own time. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import * as vscode from 'vscode';

export function extension(): vscode.Extension<unknown> {
  const found = vscode.extensions.getExtension('netpath.netpath');
  if (!found) throw new Error('the extension under development is not loaded');
  return found;
}

/** Is this bundle of ours built? Suites of parts that do not exist yet are skipped, and counted so. */
export function isBuilt(bundle: string): boolean {
  return existsSync(path.join(extension().extensionPath, 'dist', bundle));
}

/** An example of the open folder. */
export function exampleUri(name: string): vscode.Uri {
  return vscode.Uri.joinPath(vscode.workspace.workspaceFolders![0]!.uri, name);
}

export async function showExample(name: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument(exampleUri(name));
  await vscode.window.showTextDocument(document);
  return document;
}

/** A scenario that is only in memory. */
export async function showScenario(content: string): Promise<vscode.TextDocument> {
  const document = await vscode.workspace.openTextDocument({ language: 'netpath', content });
  await vscode.window.showTextDocument(document);
  return document;
}

/** Asks until the answer is there. The test's own time limit is the end of it. */
export async function eventually<T>(ask: () => T | undefined | Promise<T | undefined>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
