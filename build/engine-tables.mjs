/**
 * What the extension and the CLI know of the kernel without running it: dist/functions.json, every function a person can break
 * on, and dist/listings.json.br, the sources as people read them (Brotli: a sixth of their size, and less than a zip makes of them).
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

/** Nine tenths of what can be had, in a tenth of a second. */
const BROTLI = { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_LGWIN]: 24 };

/** Loaded when it runs, since the parser may only just have been installed. */
export async function writeEngineTables(folder) {
  const { openProject } = await import('./engine/project.mjs');
  const { engineFolders } = await import('./engine-plugin.mjs');
  const project = openProject(engineFolders, 'fast');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'functions.json'), JSON.stringify(project.functions()));
  writeFileSync(
    path.join(folder, 'listings.json.br'),
    brotliCompressSync(JSON.stringify(project.listings()), { params: BROTLI }),
  );
}
