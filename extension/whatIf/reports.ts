/** The texts of comparisons, beside the scenario. */
import * as vscode from 'vscode';

export const reportScheme = 'netpath-what-if';

/** What came of each change, as a text that nobody can edit. */
export class Reports implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #registered: vscode.Disposable;
  readonly #texts = new Map<string, string>();
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;

  constructor() {
    this.#registered = vscode.workspace.registerTextDocumentContentProvider(reportScheme, this);
  }

  async show(change: string, text: string): Promise<void> {
    const uri = vscode.Uri.from({ scheme: reportScheme, path: `What if ${change.replaceAll('/', '\u2215')}` });
    this.#texts.set(uri.toString(), `What if ${text}\n`);
    this.#changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document, {
      viewColumn: vscode.ViewColumn.Beside,
      preserveFocus: true,
      preview: false,
    });
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.toString()) ?? 'Ask again: this was asked before VS Code was started anew.';
  }

  dispose(): void {
    this.#registered.dispose();
    this.#changed.dispose();
  }
}
