/**
 * `npm run bench`: every figure we keep an eye on as one JSON on stdout; what happens on the way goes to stderr.
 * A part that does not exist yet is null. `-- --only language|engine|dap|vsix|activation` (repeatable) measures less.
 */
import { existsSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { ensureDependencies } from '../../build/install.mjs';

const root = path.join(import.meta.dirname, '../..');

/** Written by those who own the parts: each file exports one function that resolves to a plain object of figures. */
const ownBenches = {
  language: { file: 'test/bench/language.ts', name: 'benchLanguage' },
  engine: { file: 'test/bench/engine.ts', name: 'benchEngine' },
  dap: { file: 'test/bench/dap.ts', name: 'benchDap' },
};

const parts = {
  language: () => runOwn(ownBenches.language),
  engine: () => runOwn(ownBenches.engine),
  dap: () => runOwn(ownBenches.dap),
  vsix: async () => {
    const { bytes, files } = (await import('../../build/package.mjs')).packageVsix();
    return { bytes, files: files.length };
  },
  activation: async () => (await import('./activation.mjs')).benchActivation(),
};

async function runOwn({ file, name }) {
  if (!existsSync(path.join(root, file))) return null;
  const { bundle, enginePlugins } = await import('../../build/bundle.mjs');
  const outfile = path.join(root, 'dist', file.replace(/\.ts$/, '.mjs'));
  const plugins = await enginePlugins('fast');
  await bundle({ entryPoints: [file], outfile, format: 'esm', packages: 'external', sourcemap: 'inline', plugins });
  const module = await import(pathToFileURL(outfile).href);
  return module[name]();
}

async function measure(name) {
  console.error(`${name} ...`);
  try {
    return await parts[name]();
  } catch (error) {
    process.exitCode = 1;
    return { error: error.message };
  }
}

/** Whatever prints while we measure prints to stderr: stdout is for the result alone. */
const printResult = process.stdout.write.bind(process.stdout);
process.stdout.write = process.stderr.write.bind(process.stderr);

const { values } = parseArgs({ options: { only: { type: 'string', multiple: true } } });
process.chdir(root);
ensureDependencies(console.error);
const { buildAll } = await import('../../build/build.mjs');
const failures = await buildAll({ say: console.error });
for (const failure of failures) console.error(failure);
const result = { node: process.version, cpus: os.cpus().length, load: os.loadavg()[0] };
for (const name of Object.keys(parts)) if (values.only?.includes(name) ?? true) result[name] = await measure(name);
printResult(`${JSON.stringify(result, null, 2)}\n`);
