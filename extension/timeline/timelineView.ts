/** The Timeline view: the run over time, CPU by CPU and wire by wire. It asks the debug adapter; its page (page/) draws. */
import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { Chart } from '../../debugger/control/lanes/chart_shape.ts';
import { scenarioLanguage } from '../languages.ts';
import type { FromPage, ToPage } from './messages.ts';
import { pageHtml } from './pageHtml.ts';

const NOTHING = 'Start debugging a scenario: when the run stops, its past is shown here.';
const RUNNING = 'The run goes on. When it stops, its past is shown here.';

export function registerTimeline(extensionUri: vscode.Uri): vscode.Disposable[] {
  const view = new TimelineView(extensionUri);
  return [
    vscode.window.registerWebviewViewProvider('netpath.timeline', view, {
      webviewOptions: { retainContextWhenHidden: true },
    }),
    vscode.debug.registerDebugAdapterTrackerFactory(scenarioLanguage, {
      createDebugAdapterTracker: (session) => ({ onDidSendMessage: (message) => view.hear(session, message) }),
    }),
    vscode.debug.onDidTerminateDebugSession((session) => view.ended(session)),
  ];
}

class TimelineView implements vscode.WebviewViewProvider {
  readonly #extensionUri: vscode.Uri;
  #page: vscode.Webview | undefined;
  /** Whose run is shown: the one that stopped last. */
  #session: vscode.DebugSession | undefined;

  constructor(extensionUri: vscode.Uri) {
    this.#extensionUri = extensionUri;
  }

  resolveWebviewView({ webview, onDidDispose }: vscode.WebviewView): void {
    const dist = vscode.Uri.joinPath(this.#extensionUri, 'dist');
    webview.options = { enableScripts: true, localResourceRoots: [dist] };
    const script = webview.asWebviewUri(vscode.Uri.joinPath(dist, 'timeline.js')).toString();
    webview.html = pageHtml(script, randomBytes(16).toString('hex'));
    webview.onDidReceiveMessage((message: FromPage) => this.#answer(message));
    this.#page = webview;
    onDidDispose(() => {
      this.#page = undefined;
    });
  }

  /** What an adapter tells its client. */
  hear(session: vscode.DebugSession, { type, event }: { type?: string; event?: string }): void {
    if (type !== 'event' || event !== 'stopped') return;
    this.#session = session;
    this.#tell({ kind: 'stopped' });
  }

  ended(session: vscode.DebugSession): void {
    if (session !== this.#session) return;
    this.#session = undefined;
    this.#tell({ kind: 'none', text: NOTHING });
  }

  async #answer(message: FromPage): Promise<void> {
    const session = this.#session;
    if (message.kind === 'ready')
      this.#tell(
        session === undefined
          ? { kind: 'none', text: vscode.debug.activeDebugSession?.type === scenarioLanguage ? RUNNING : NOTHING }
          : { kind: 'stopped' },
      );
    else if (session !== undefined) await this.#serve(session, message).catch((error) => this.#refused(error as Error));
  }

  async #serve(session: vscode.DebugSession, message: Exclude<FromPage, { kind: 'ready' }>): Promise<void> {
    if (message.kind === 'go') {
      await session.customRequest('evaluate', { expression: message.command, context: 'repl' });
      return;
    }
    const { whole, from, to, columns } = message;
    const all = whole ? ((await session.customRequest('chart', { columns })) as Chart) : null;
    const part =
      all !== null && to <= from ? all : ((await session.customRequest('chart', { from, to, columns })) as Chart);
    this.#tell({ kind: 'chart', whole: all, chart: part });
  }

  /** Only a click says so: what the page asks on its own may come when the run has just gone on. */
  #refused({ message }: Error): void {
    void vscode.window.setStatusBarMessage(`NetPath: ${message}`, 5000);
  }

  #tell(message: ToPage): void {
    void this.#page?.postMessage(message);
  }
}
