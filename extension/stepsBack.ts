/** Steps back that VS Code has no button for: into calls that have returned, and to the line that made this call. */
import * as vscode from 'vscode';

export function registerStepsBack(): vscode.Disposable[] {
  return [
    vscode.commands.registerCommand('netpath.stepBackInto', () => stepBack('in')),
    vscode.commands.registerCommand('netpath.stepBackOut', () => stepBack('out')),
  ];
}

/** `how` is our adapter's own word (debugger/adapter/handlers/movement.ts). */
async function stepBack(how: 'in' | 'out'): Promise<void> {
  const session = vscode.debug.activeDebugSession;
  const threadId = vscode.debug.activeStackItem?.threadId;
  if (session?.type !== 'netpath' || threadId === undefined) return;
  await session.customRequest('stepBack', { threadId, how });
}
