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
      createDebugAdapterTracker: (session) => view.tracker(session),
    }),
    vscode.debug.onDidTerminateDebugSession((session) => view.ended(session)),
  ];
}

class TimelineView implements vscode.WebviewViewProvider {
  readonly #extensionUri: vscode.Uri;
  #view: vscode.WebviewView | undefined;
  /** Whose run is shown: the one that stopped last. */
  #session: vscode.DebugSession | undefined;
  /** Something has changed while nobody looked. */
  #stale = false;

  constructor(extensionUri: vscode.Uri) {
    this.#extensionUri = extensionUri;
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    const { webview } = view;
    const dist = vscode.Uri.joinPath(this.#extensionUri, 'dist');
    webview.options = { enableScripts: true, localResourceRoots: [dist] };
    const script = webview.asWebviewUri(vscode.Uri.joinPath(dist, 'timeline.js')).toString();
    webview.html = pageHtml(script, randomBytes(16).toString('hex'));
    webview.onDidReceiveMessage((message: FromPage) => this.#answer(message));
    this.#view = view;
    view.onDidDispose(() => {
      this.#view = undefined;
    });
    view.onDidChangeVisibility(() => {
      if (view.visible && this.#stale) this.#refresh();
    });
  }

  /** Hears of stops, and of moments that are given names. */
  tracker(session: vscode.DebugSession): vscode.DebugAdapterTracker {
    let naming = -1;
    return {
      onWillReceiveMessage: ({ seq, command, arguments: given }) => {
        if (command === 'evaluate' && /^\s*mark\b/.test(given.expression)) naming = seq;
      },
      onDidSendMessage: ({ type, event, request_seq }) => {
        if (type === 'event' ? event === 'stopped' : request_seq === naming) this.#changed(session);
      },
    };
  }

  #changed(session: vscode.DebugSession): void {
    this.#session = session;
    if (this.#view?.visible) this.#refresh();
    else this.#stale = true;
  }

  #refresh(): void {
    this.#stale = false;
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
    const all = whole ? ((await session.customRequest('chart', { columns, calls: false })) as Chart) : null;
    const part =
      all !== null && to <= from ? all : ((await session.customRequest('chart', { from, to, columns })) as Chart);
    this.#tell({ kind: 'chart', whole: all, chart: part });
  }

  /** Only a click says so: what the page asks on its own may come when the run has just gone on. */
  #refused({ message }: Error): void {
    void vscode.window.setStatusBarMessage(`NetPath: ${message}`, 5000);
  }

  #tell(message: ToPage): void {
    void this.#view?.webview.postMessage(message);
  }
}
