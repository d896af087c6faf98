/** "What If...": the setting at the cursor with another value, and beside it what would come of that. */
import * as vscode from 'vscode';
import { stoppedSession } from '../debugConfigurations.ts';
import type { LanguageService } from '../languageClient.ts';
import { scenarioLanguage } from '../languages.ts';
import { registerReportLinks } from './reportLinks.ts';
import { Reports } from './reports.ts';

export function registerWhatIf(language: LanguageService): vscode.Disposable[] {
  const reports = new Reports();
  return [
    reports,
    ...registerReportLinks(),
    vscode.commands.registerCommand('netpath.whatIf', () => whatIf(language, reports)),
  ];
}

async function whatIf(language: LanguageService, reports: Reports): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (editor?.document.languageId !== scenarioLanguage) return;
  const change = await askForChange(language, editor);
  if (change === undefined) return;
  await editor.document.save();
  const progress = { location: vscode.ProgressLocation.Window, title: `NetPath: what if ${change}` };
  try {
    await reports.show(change, await vscode.window.withProgress(progress, () => reportOf(editor.document, change)));
  } catch (error) {
    void vscode.window.showErrorMessage(`NetPath: ${(error as Error).message}`);
  }
}

/** The comparison is made by the debugger, whose run then stands where a person can go on to where the two part. */
async function reportOf(document: vscode.TextDocument, change: string): Promise<string> {
  const session = await stoppedSession(document);
  const answer = await session.customRequest('evaluate', { expression: `whatif ${change}`, context: 'repl' });
  return (answer as { result: string }).result;
}

async function askForChange(language: LanguageService, editor: vscode.TextEditor): Promise<string | undefined> {
  const { document, selection } = editor;
  const textDocument = { uri: document.uri.toString() };
  const position = { line: selection.active.line, character: selection.active.character };
  const at = await language.request<{ path: string; value: string } | null>('netpath/changeAt', {
    textDocument,
    position,
  });
  const value = at === null ? '' : `${at.path} ${at.value}`;
  return vscode.window.showInputBox({
    title: 'What if ...',
    prompt:
      'A place and another value, such as server.eth0.rx-ring 64, wire.delay 10ms, server.sysctl.net.ipv4.tcp_sack = 0 or costs.udp_rcv = 2us',
    value,
    valueSelection: [at === null ? 0 : at.path.length + 1, value.length],
    validateInput: (text) => language.request<string | null>('netpath/refusedChange', { textDocument, change: text }),
  });
}
