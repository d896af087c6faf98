/** The debug adapter runs as a process of its own, on the Node that VS Code itself brings. */
import * as vscode from 'vscode';
import { scenarioLanguage } from './languages.ts';

export function registerAdapter(extensionUri: vscode.Uri): vscode.Disposable[] {
  const adapter = vscode.Uri.joinPath(extensionUri, 'dist/adapter.cjs').fsPath;
  // On the desktop process.execPath is Electron, which behaves as Node when asked; elsewhere it is Node.
  const options = { env: { ELECTRON_RUN_AS_NODE: '1' } };
  const createDebugAdapterDescriptor = (): vscode.DebugAdapterDescriptor =>
    new vscode.DebugAdapterExecutable(process.execPath, [adapter], options);
  return [vscode.debug.registerDebugAdapterDescriptorFactory(scenarioLanguage, { createDebugAdapterDescriptor })];
}
