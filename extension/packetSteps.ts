/** Steps of the packet instead of the processor: on to its next stage, be it on another CPU or host, and back to the one before. */
import * as vscode from 'vscode';

export function registerPacketSteps(): vscode.Disposable[] {
  return [
    vscode.commands.registerCommand('netpath.packetNext', () => follow('packet next')),
    vscode.commands.registerCommand('netpath.packetBack', () => follow('packet back')),
  ];
}

/** By the console's own command, which says why where there is no packet. */
async function follow(expression: string): Promise<void> {
  const session = vscode.debug.activeDebugSession;
  const frame = vscode.debug.activeStackItem;
  if (session?.type !== 'netpath') return;
  const frameId = frame instanceof vscode.DebugStackFrame ? frame.frameId : undefined;
  try {
    await session.customRequest('evaluate', { expression, frameId, context: 'repl' });
  } catch (error) {
    void vscode.window.showInformationMessage(`NetPath: ${(error as Error).message}`);
  }
}
