/** What the build packed with Brotli (build/brotli.mjs). */
import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';

/** What dist/NAME.json.br holds. Throws what reading or unpacking throws. */
export function readPackedTable(file: URL): unknown {
  return JSON.parse(unpacked(file));
}

/** The text of a file of ours that ends in .br. */
export function unpacked(file: URL): string {
  return brotliDecompressSync(new Uint8Array(readFileSync(file))).toString();
}
