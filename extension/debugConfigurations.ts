/** Makes F5 work on a scenario without any launch.json, and fills in what a launch.json leaves out. */
import * as vscode from 'vscode';
import { scenarioLanguage } from './languages.ts';

export function registerDebugConfigurations(): vscode.Disposable[] {
  const recent = new RecentScenario();
  const provider: vscode.DebugConfigurationProvider = {
    resolveDebugConfiguration: (_folder, configuration) => completed(configuration, recent),
  };
  const offer: vscode.DebugConfigurationProvider = {
    provideDebugConfigurations: () => [recent.document].flatMap((document) => (document ? [launchOf(document)] : [])),
  };
  const dynamic = vscode.DebugConfigurationProviderTriggerKind.Dynamic;
  return [
    recent,
    vscode.debug.registerDebugConfigurationProvider(scenarioLanguage, provider),
    vscode.debug.registerDebugConfigurationProvider(scenarioLanguage, offer, dynamic),
    vscode.commands.registerCommand('netpath.debugScenario', (uri?: vscode.Uri) => start(recent, uri)),
    vscode.commands.registerCommand('netpath.runScenario', (uri?: vscode.Uri) => start(recent, uri, { noDebug: true })),
    vscode.commands.registerCommand('netpath.showTimeline', (uri?: vscode.Uri) => showTimeline(recent, uri)),
  ];
}

/** The scenario in front, or the last one that was: F5 in a kernel listing means the scenario it was opened from. */
class RecentScenario implements vscode.Disposable {
  document: vscode.TextDocument | undefined;
  private readonly subscription: vscode.Disposable;

  constructor() {
    this.subscription = vscode.window.onDidChangeActiveTextEditor((editor) => this.take(editor));
    for (const editor of vscode.window.visibleTextEditors) this.take(editor);
    this.take(vscode.window.activeTextEditor);
  }

  dispose(): void {
    this.subscription.dispose();
  }

  private take(editor: vscode.TextEditor | undefined): void {
    if (editor?.document.languageId === scenarioLanguage) this.document = editor.document;
  }
}

function launchOf(document: vscode.TextDocument): vscode.DebugConfiguration {
  const name = `NetPath: ${document.uri.path.split('/').at(-1)}`;
  return { type: scenarioLanguage, request: 'launch', name, program: document.uri.fsPath };
}

/** VS Code passes an empty configuration when there is no launch.json. `undefined` ends the launch. */
function completed(
  configuration: vscode.DebugConfiguration,
  recent: RecentScenario,
): vscode.DebugConfiguration | undefined {
  if (configuration.program) return configuration;
  const { document } = recent;
  if (document?.uri.scheme === 'file') return { ...launchOf(document), ...withoutEmpty(configuration) };
  const why = document ? 'Save the scenario to a file first' : 'Open a scenario (*.netpath) first';
  void vscode.window.showErrorMessage(`NetPath: ${why}, then start debugging again.`);
  return undefined;
}

function withoutEmpty(configuration: vscode.DebugConfiguration): Partial<vscode.DebugConfiguration> {
  return Object.fromEntries(Object.entries(configuration).filter(([, value]) => value !== undefined && value !== ''));
}

interface StartOptions {
  readonly noDebug?: boolean;
  readonly stopAtEnd?: boolean;
}

/** Of the run under way; without one, of a run that stops at its end. */
async function showTimeline(recent: RecentScenario, uri: vscode.Uri | undefined): Promise<void> {
  if (vscode.debug.activeDebugSession?.type !== scenarioLanguage) await start(recent, uri, { stopAtEnd: true });
  await vscode.commands.executeCommand('netpath.timeline.focus');
}

/** A run of this scenario that stands still: the one that does, or one that begins now and stops before its first event. */
export async function stoppedSession(document: vscode.TextDocument): Promise<vscode.DebugSession> {
  const active = vscode.debug.activeDebugSession;
  if (active?.configuration.program === document.uri.fsPath && vscode.debug.activeStackItem !== undefined)
    return active;
  const folder = vscode.workspace.getWorkspaceFolder(document.uri);
  const stopped = firstStop();
  const started = await vscode.debug.startDebugging(folder, { ...launchOf(document), stopOnEntry: true });
  if (!started) throw new Error('the scenario cannot be run');
  return stopped;
}

/** Of the next session to begin; an Error when it ends without one. */
function firstStop(): Promise<vscode.DebugSession> {
  return new Promise((resolve, reject) => {
    const factory = vscode.debug.registerDebugAdapterTrackerFactory(scenarioLanguage, {
      createDebugAdapterTracker: (session) => {
        factory.dispose();
        return {
          onDidSendMessage: ({ type, event }) => {
            if (type === 'event' && event === 'stopped') resolve(session);
          },
          onExit: () => reject(new Error('the run ended before it could be compared')),
        };
      },
    });
  });
}

async function start(
  recent: RecentScenario,
  uri: vscode.Uri | undefined,
  { noDebug = false, stopAtEnd = false }: StartOptions = {},
): Promise<void> {
  const document = uri ? await vscode.workspace.openTextDocument(uri) : recent.document;
  const folder = document && vscode.workspace.getWorkspaceFolder(document.uri);
  const configuration = document ? launchOf(document) : { type: scenarioLanguage, request: 'launch', name: 'NetPath' };
  await vscode.debug.startDebugging(folder, { ...configuration, ...(stopAtEnd ? { stopAtEnd } : {}) }, { noDebug });
}
