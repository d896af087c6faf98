/** Finds the unit tests and bundles each to one file that plain Node runs. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { bundle, enginePlugins, root } from '../../build/bundle.mjs';

const folders = ['debugger', 'server', 'extension', 'test', 'build'];

/** Paths of all *.test.ts, relative to the repository, sorted so that every run has the same order. */
export function testFiles() {
  const found = folders.flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true }).map((file) => path.join(folder, file)),
  );
  return found.filter((file) => file.endsWith('.test.ts')).sort();
}

/** `*.debug.test.ts` run on the debug build of the kernel, all others on the fast one. */
const modeOf = (file) => (file.endsWith('.debug.test.ts') ? 'debug' : 'fast');

/** Where the bundle of a test lies. */
export const bundleOf = (file) => path.join(root, 'dist/test', file.replace(/\.ts$/, '.mjs'));

/** Bundles the tests; resolves to a map from file to message for those that do not build. */
export async function bundleTests(files) {
  const broken = new Map();
  for (const mode of ['fast', 'debug']) {
    const group = files.filter((file) => modeOf(file) === mode);
    if (group.length > 0) await bundleGroup(group, mode, broken);
  }
  return broken;
}

/** All at once is quick; when one test does not build, each goes alone so that the others still run. */
async function bundleGroup(files, mode, broken) {
  try {
    await bundle(await testOptions(files, mode));
  } catch (error) {
    if (files.length === 1) broken.set(files[0], error.message);
    else for (const file of files) await bundleGroup([file], mode, broken);
  }
}

async function testOptions(files, mode) {
  return {
    entryPoints: files.map((file) => ({ in: file, out: file.replace(/\.ts$/, '') })),
    outdir: 'dist/test',
    outExtension: { '.js': '.mjs' },
    format: 'esm',
    packages: 'external',
    sourcemap: 'inline',
    plugins: await enginePlugins(mode),
  };
}
