/** Turns a target's row into an esbuild run, and writes its files so that concurrent readers never see half of one. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { build, transform } from 'esbuild';
import { packed } from './brotli.mjs';

export const root = path.join(import.meta.dirname, '..');

const common = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  sourcemap: 'linked',
  write: false,
  logLevel: 'silent', // errors are thrown and warnings printed by those who call
};

/** `import.meta.url` has no meaning in CommonJS; this gives it the one it has in ES modules. */
const cjsImportMeta = {
  define: { 'import.meta.url': 'importMetaUrl' },
  banner: "const importMetaUrl = require('node:url').pathToFileURL(__filename).href;",
};

/** Bundles one target of the table. */
export async function bundleTarget(target) {
  const cjs = target.out.endsWith('.cjs');
  const banner = target.page ? '' : [target.banner, cjs ? cjsImportMeta.banner : esmRequire].filter(Boolean).join('\n');
  await bundle({
    entryPoints: [target.entry],
    outfile: target.out,
    ...(target.page ? { platform: 'browser', target: 'es2022' } : {}),
    format: target.page ? 'iife' : cjs ? 'cjs' : 'esm',
    define: cjs ? cjsImportMeta.define : {},
    external: target.external ?? [],
    minify: target.minify === true,
    minifyWhitespace: target.minify !== undefined,
    keepNames: target.minify === true,
    banner: { js: banner },
    plugins: await enginePlugins(target.engine),
    inline: target.inline === true,
    constants: target.constants === true,
  });
  const made = path.join(root, target.out);
  if (target.packed) writeWhole(`${made}.br`, packed(readFileSync(made, 'utf8')));
}

/** CommonJS packages inside an ES module bundle ask for Node's modules by require(). */
const esmRequire =
  "import { createRequire as requireFrom } from 'node:module'; const require = requireFrom(import.meta.url);";

/**
 * Runs esbuild with the house's options and writes what it made. With `constants` what never changes is constant; with `inline` that, and small functions go where they
 * are called. Neither has a source map.
 */
export async function bundle({ inline = false, constants = false, ...options }) {
  const asMade = !inline && !constants;
  const result = await build({ ...common, ...options, ...(asMade ? {} : { sourcemap: false, minifySyntax: inline }) });
  for (const { text, location } of result.warnings) console.warn(`${location?.file}:${location?.line}: ${text}`);
  for (const file of result.outputFiles) writeWhole(file.path, asMade ? file.contents : await rewritten(file.text));

  async function rewritten(text) {
    if (inline) return inlined(text, options);
    const { declareConstants } = await import('./engine/constants.mjs');
    return Buffer.from(declareConstants(text));
  }
}

/**
 * Loads the parser only for bundles that need it. esbuild takes away the brackets that inlining was generous with, and in small bundles
 * shortens names inside functions; those at the top stay, for stack traces.
 */
async function inlined(text, { minifyWhitespace = false }) {
  const { inlineSmallFunctions } = await import('./engine/inline.mjs');
  const { declareConstants } = await import('./engine/constants.mjs');
  const { code } = await transform(declareConstants(inlineSmallFunctions(text)), {
    minifyWhitespace,
    minifyIdentifiers: minifyWhitespace,
    target: common.target,
  });
  return Buffer.from(code);
}

/** The plugin that makes kernel sources runnable, once it exists. */
export async function enginePlugins(mode) {
  const file = path.join(import.meta.dirname, 'engine-plugin.mjs');
  if (!mode || !existsSync(file)) return [];
  const { enginePlugin } = await import(pathToFileURL(file).href);
  return [enginePlugin({ mode })];
}

/** Leaves an unchanged file alone and replaces a changed one in one step: several builds may run at once. */
function writeWhole(file, contents) {
  if (existsSync(file) && readFileSync(file).equals(contents)) return;
  mkdirSync(path.dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.part`;
  writeFileSync(draft, contents);
  renameSync(draft, file);
}
