/** Tables that the build packed with Brotli (build/brotli.mjs). */
import { readFileSync } from 'node:fs';
import { brotliDecompressSync } from 'node:zlib';

/** What dist/NAME.json.br holds. Throws what reading or unpacking throws. */
export function readPackedTable(file: URL): unknown {
  return JSON.parse(brotliDecompressSync(new Uint8Array(readFileSync(file))).toString());
}
