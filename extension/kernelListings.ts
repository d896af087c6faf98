/** The kernel's listings as read-only documents `netpath-kernel:/net/ipv4/ip_input.ts`, readable before anything runs. */
import * as vscode from 'vscode';
import { type Listings, readListings } from './engineFacts.ts';
import { listingLanguage } from './languages.ts';

/** The document of a listing. The adapter names its sources the same way. */
export function listingUri(file: string): vscode.Uri {
  return vscode.Uri.from({ scheme: listingLanguage, path: `/${file}` });
}

export function registerKernelListings(extensionUri: vscode.Uri): vscode.Disposable[] {
  let listings: Promise<Listings> | undefined;
  const provideTextDocumentContent = async (uri: vscode.Uri): Promise<string> => {
    listings ??= readListings(extensionUri);
    const listing = (await listings)[uri.path.slice(1)];
    if (!listing) throw vscode.FileSystemError.FileNotFound(uri);
    return listing.text;
  };
  vscode.workspace.textDocuments.forEach(useListingLanguage);
  return [
    vscode.workspace.registerTextDocumentContentProvider(listingLanguage, { provideTextDocumentContent }),
    vscode.workspace.onDidOpenTextDocument(useListingLanguage),
  ];
}

/**
 * The manifest gives listings their language by their path. A path it does not know ends in `.ts` and would be checked as
 * TypeScript, so it is put right here.
 */
function useListingLanguage(document: vscode.TextDocument): void {
  if (document.uri.scheme !== listingLanguage || document.languageId === listingLanguage) return;
  void vscode.languages.setTextDocumentLanguage(document, listingLanguage);
}
