/** What the build of the engine wrote down about itself: the listings and the functions. Read once, when first asked. */
import { brotliDecompressSync } from 'node:zlib';
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

export async function readListings(extensionUri: vscode.Uri): Promise<Listings> {
  return (await readPacked(extensionUri, 'listings')) as Listings;
}

export async function readFunctions(extensionUri: vscode.Uri): Promise<readonly KernelFunction[]> {
  return (await readPacked(extensionUri, 'functions')) as readonly KernelFunction[];
}

/** Packed with Brotli, as a zip packs tables worse. */
async function readPacked(extensionUri: vscode.Uri, name: string): Promise<unknown> {
  const packed = await vscode.workspace.fs.readFile(vscode.Uri.joinPath(extensionUri, `dist/${name}.json.br`));
  return JSON.parse(brotliDecompressSync(packed).toString());
}
