/** Starts the language server when the first scenario is open: debugging or reading a listing does not need it. */
import * as vscode from 'vscode';
import { scenarioLanguage } from './languages.ts';
import type { startLanguageClient } from './startLanguageClient.ts';

/** What is used of the client: its own type would bring its code with it. */
interface Running {
  stop(): Promise<void>;
  sendRequest(method: string, parameters: unknown): Promise<unknown>;
}

export class LanguageService implements vscode.Disposable {
  readonly #extensionUri: vscode.Uri;
  readonly #opened: vscode.Disposable;
  #client: Promise<Running> | undefined;

  constructor(extensionUri: vscode.Uri) {
    this.#extensionUri = extensionUri;
    this.#opened = vscode.workspace.onDidOpenTextDocument((document) => this.#startFor(document));
    for (const document of vscode.workspace.textDocuments) this.#startFor(document);
  }

  /** A request of ours, about a scenario that is open. */
  async request<T>(method: string, parameters: unknown): Promise<T> {
    return (await this.#started().then((client) => client.sendRequest(method, parameters))) as T;
  }

  dispose(): void {
    this.#opened.dispose();
    void this.#client?.then((running) => running.stop()).catch(() => undefined);
  }

  #startFor(document: vscode.TextDocument): void {
    if (document.languageId === scenarioLanguage) void this.#started();
  }

  #started(): Promise<Running> {
    this.#client ??= start(this.#extensionUri);
    return this.#client;
  }
}

/** The client is a bundle of its own, so that activating the extension does not read it. */
async function start(extensionUri: vscode.Uri): Promise<Running> {
  const bundle = vscode.Uri.joinPath(extensionUri, 'dist/languageClient.cjs').toString(true);
  const module: { startLanguageClient: typeof startLanguageClient } = await import(bundle);
  return module.startLanguageClient(vscode.Uri.joinPath(extensionUri, 'dist/server.cjs').fsPath);
}
