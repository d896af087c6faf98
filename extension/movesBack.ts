/** Ways back that VS Code has no button for: into calls that have returned, to the line that made this call, to the last change of a variable. */
import * as vscode from 'vscode';
import { runConsoleCommand } from './consoleCommand.ts';

export function registerMovesBack(): vscode.Disposable[] {
  return [
    vscode.commands.registerCommand('netpath.stepBackInto', () => stepBack('in')),
    vscode.commands.registerCommand('netpath.stepBackOut', () => stepBack('out')),
    vscode.commands.registerCommand('netpath.lastChange', lastChange),
  ];
}

/** `how` is our adapter's own word (debugger/adapter/handlers/movement.ts). */
async function stepBack(how: 'in' | 'out'): Promise<void> {
  const session = vscode.debug.activeDebugSession;
  const threadId = vscode.debug.activeStackItem?.threadId;
  if (session?.type !== 'netpath' || threadId === undefined) return;
  await session.customRequest('stepBack', { threadId, how });
}

/** What the Variables view's menu hands over of a row. */
interface Row {
  readonly variable?: { readonly name: string; readonly evaluateName?: string };
}

async function lastChange(row?: Row): Promise<void> {
  if (row?.variable === undefined) return;
  const { name, evaluateName } = row.variable;
  await runConsoleCommand(`who ${evaluateName ?? name}`);
}
