/** Builds the spike's engine in one mode and loads it. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { enginePlugin } from '../../build/engine-plugin.mjs';

const root = path.join(import.meta.dirname, '../..');

export const spikeFolders = { root, kernel: 'test/spike/kernel', others: ['debugger/machine', 'test/spike/world'] };

/** @param {'fast' | 'debug'} mode  @param {{ name?: string, before?: import('esbuild').Plugin[] }} [options] */
export async function loadEngine(mode, { name = mode, before = [] } = {}) {
  return import(
    pathToFileURL(await bundleOf('test/spike/world/engine.ts', mode, { name: `engine-${name}`, before })).href
  );
}

/** The copier and the hash, the same for every engine. */
export async function loadTools() {
  return import(pathToFileURL(await bundleOf('test/spike/tools.ts', 'fast', { name: 'tools', before: [] })).href);
}

async function bundleOf(entry, mode, { name, before }) {
  const outfile = path.join(root, `dist/test/spike/${name}.mjs`);
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    format: 'esm',
    target: 'node20',
    platform: 'node',
    sourcemap: 'inline',
    logLevel: 'silent',
    plugins: [...before, enginePlugin({ mode, folders: spikeFolders })],
  });
  return outfile;
}
