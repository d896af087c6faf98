/**
 * What the extension and the CLI know of the kernel without running it: dist/functions.json, every function a person can break
 * on, and dist/listings.json, the sources as people read them.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Loaded when it runs, since the parser may only just have been installed. */
export async function writeEngineTables(folder) {
  const { openProject } = await import('./engine/project.mjs');
  const { engineFolders } = await import('./engine-plugin.mjs');
  const project = openProject(engineFolders, 'fast');
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, 'functions.json'), JSON.stringify(project.functions()));
  writeFileSync(path.join(folder, 'listings.json'), JSON.stringify(project.listings()));
}
