/** Places in a comparison that a click leads to: lines of listings, and moments of the run that is debugged. */
import * as vscode from 'vscode';
import { runConsoleCommand } from '../consoleCommand.ts';
import { listingUri } from '../kernelListings.ts';
import { reportScheme } from './reports.ts';

const goTo = 'netpath.goToMoment';

export function registerReportLinks(): vscode.Disposable[] {
  return [
    vscode.languages.registerDocumentLinkProvider({ scheme: reportScheme }, { provideDocumentLinks }),
    vscode.commands.registerCommand(goTo, (moment: string) => runConsoleCommand(`goto ${moment}`)),
  ];
}

function provideDocumentLinks(document: vscode.TextDocument): vscode.DocumentLink[] {
  const text = document.getText();
  return [...text.matchAll(/([\w/]+\.ts):(\d+)|event (\d+\.\d+)/g)].flatMap((match) => {
    const [whole, file, line, moment] = match;
    const range = new vscode.Range(document.positionAt(match.index), document.positionAt(match.index + whole.length));
    if (file !== undefined) return [link(range, listingUri(file).with({ fragment: line! }), 'Show the listing')];
    return isOfThisRun(document, range) ? [link(range, command(moment!), 'Go there')] : [];
  });
}

/** The changed run's moments are none of the one that is debugged. */
const isOfThisRun = (document: vscode.TextDocument, { start }: vscode.Range): boolean =>
  document.lineAt(start).text.startsWith('  as it is');

const command = (moment: string): vscode.Uri =>
  vscode.Uri.parse(`command:${goTo}?${encodeURIComponent(JSON.stringify([moment]))}`);

function link(range: vscode.Range, target: vscode.Uri, tooltip: string): vscode.DocumentLink {
  const made = new vscode.DocumentLink(range, target);
  made.tooltip = tooltip;
  return made;
}
