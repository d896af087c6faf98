/** Steps of the packet instead of the processor: on to its next stage, be it on another CPU or host, and back to the one before. */
import * as vscode from 'vscode';
import { runConsoleCommand } from './consoleCommand.ts';

export function registerPacketSteps(): vscode.Disposable[] {
  return [
    vscode.commands.registerCommand('netpath.packetNext', () => runConsoleCommand('packet next')),
    vscode.commands.registerCommand('netpath.packetBack', () => runConsoleCommand('packet back')),
  ];
}
