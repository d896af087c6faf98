/** What the build of the engine wrote down about itself: the listings and the functions. Read once, when first asked. */
import * as vscode from 'vscode';

/** A function of the model: its place in the listing, the file of the Linux tree it models, and its stage of the path. */
export interface KernelFunction {
  readonly name: string;
  /** The listing's path, e.g. `net/ipv4/ip_input.ts`. */
  readonly file: string;
  /** Its line there, from 1; 0 if it has none. */
  readonly line: number;
  readonly stage: string;
  /** E.g. `net/ipv4/ip_input.c`. */
  readonly kernelFile: string;
}

export type Listings = Readonly<Record<string, { readonly text: string } | undefined>>;

export function readListings(extensionUri: vscode.Uri): Promise<Listings> {
  return readJson(extensionUri, 'dist/listings.json');
}

export function readFunctions(extensionUri: vscode.Uri): Promise<readonly KernelFunction[]> {
  return readJson(extensionUri, 'dist/functions.json');
}

async function readJson<T>(extensionUri: vscode.Uri, name: string): Promise<T> {
  const bytes = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(extensionUri, name));
  return JSON.parse(new TextDecoder().decode(bytes)) as T;
}
