/** Moves that the debug console has words for, asked by a button or a key. */
import * as vscode from 'vscode';
import { scenarioLanguage } from './languages.ts';

/** In the frame that is looked at. Where it cannot be done the console's own answer says why. */
export async function runConsoleCommand(expression: string): Promise<void> {
  const session = vscode.debug.activeDebugSession;
  const frame = vscode.debug.activeStackItem;
  if (session?.type !== scenarioLanguage) return;
  const frameId = frame instanceof vscode.DebugStackFrame ? frame.frameId : undefined;
  try {
    await session.customRequest('evaluate', { expression, frameId, context: 'repl' });
  } catch (error) {
    void vscode.window.showInformationMessage(`NetPath: ${(error as Error).message}`);
  }
}
