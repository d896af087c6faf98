/**
 * What the extension and the CLI know of the kernel without running it: dist/functions.json.br, every function a person can break
 * on, and dist/listings.json.br, the sources as people read them.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { packed } from './brotli.mjs';

/** Loaded when it runs, since the parser may only just have been installed. */
export async function writeEngineTables(folder) {
  const { openProject } = await import('./engine/project.mjs');
  const { engineFolders } = await import('./engine-plugin.mjs');
  const project = openProject(engineFolders, 'fast');
  mkdirSync(folder, { recursive: true });
  for (const [name, table] of [
    ['functions', project.functions()],
    ['listings', project.listings()],
  ])
    writeFileSync(path.join(folder, `${name}.json.br`), packed(JSON.stringify(table)));
}
