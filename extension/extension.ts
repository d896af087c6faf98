/** What runs inside VS Code. It wires things together and decides nothing; the work is done by the server and the adapter. */
import type * as vscode from 'vscode';
import { registerAdapter } from './adapterProcess.ts';
import { registerBreakAtFunction } from './breakAtFunction.ts';
import { registerDebugConfigurations } from './debugConfigurations.ts';
import { registerInspection } from './inspection.ts';
import { registerKernelListings } from './kernelListings.ts';
import { LanguageService } from './languageClient.ts';
import { registerMovesBack } from './movesBack.ts';
import { registerPacketSteps } from './packetSteps.ts';
import { registerTimeline } from './timeline/timelineView.ts';
import { registerWhatIf } from './whatIf/whatIf.ts';

export function activate(context: vscode.ExtensionContext): void {
  const language = new LanguageService(context.extensionUri);
  context.subscriptions.push(
    language,
    ...registerKernelListings(context.extensionUri),
    ...registerAdapter(context.extensionUri),
    ...registerDebugConfigurations(),
    ...registerBreakAtFunction(context.extensionUri),
    ...registerInspection(),
    ...registerMovesBack(),
    ...registerPacketSteps(),
    ...registerTimeline(context.extensionUri),
    ...registerWhatIf(language),
  );
}
