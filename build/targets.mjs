import { nodeFlags } from './node_flags.mjs';

/** The CLI's first line; npm's shims for Windows read it too. */
const banner = `#!/usr/bin/env -S node ${nodeFlags.join(' ')}`;

/**
 * Every bundle of the product, one row each.
 *   entry    the source file; until it exists the row is skipped with a note
 *   out      the bundle; `.cjs` where CommonJS is needed, because the package is `type: module`
 *   engine   which build of the kernel the bundle contains, if it may import the kernel ('fast' | 'watch': fast, and tells of
 *            entries | 'debug')
 *   inline   true where small functions go where they are called (build/engine/inline.mjs) and what never changes is constant; no source map then
 *   constants  true where only the latter is done (build/engine/constants.mjs); no source map either
 *   packed   true where the .vsix has the bundle in Brotli (.br beside it), which code of this repetitive kind halves again
 *   page     true where it runs in a webview
 *   minify   true where start-up time or the size of the .vsix counts; 'whitespace' for what holds the engine, whose names are data
 */
export const targets = [
  // VS Code loads its entry by require(), so this one is CommonJS. The language client is most of the code and is not needed
  // to activate, so it is a bundle of its own, loaded when a scenario opens.
  { name: 'extension', entry: 'extension/extension.ts', out: 'dist/extension.cjs', external: ['vscode'], minify: true },
  {
    name: 'language-client',
    entry: 'extension/startLanguageClient.ts',
    out: 'dist/languageClient.cjs',
    external: ['vscode'],
    minify: true,
  },
  { name: 'timeline', entry: 'extension/timeline/page/page.ts', out: 'dist/timeline.js', page: true, minify: true },
  { name: 'server', entry: 'server/main.ts', out: 'dist/server.cjs', minify: true },
  { name: 'adapter', entry: 'debugger/adapter/main.ts', out: 'dist/adapter.cjs', engine: 'fast' },
  {
    name: 'worker',
    entry: 'debugger/control/worker.ts',
    out: 'dist/worker.cjs',
    minify: 'whitespace',
    engine: 'debug',
    constants: true,
    packed: true,
  },
  { name: 'worker-start', entry: 'debugger/control/worker_start.ts', out: 'dist/workerStart.cjs', minify: true },
  { name: 'cli', entry: 'debugger/cli.ts', out: 'dist/cli.js', engine: 'debug', banner },
  {
    name: 'engine-fast',
    entry: 'debugger/world/engine.ts',
    out: 'dist/engine-fast.cjs',
    minify: 'whitespace',
    engine: 'fast',
    inline: true,
  },
  {
    name: 'engine-watch',
    entry: 'debugger/world/engine.ts',
    out: 'dist/engine-watch.cjs',
    minify: 'whitespace',
    engine: 'watch',
    inline: true,
    packed: true,
  },
  { name: 'engine-debug', entry: 'debugger/world/engine.ts', out: 'dist/engine-debug.js', engine: 'debug' },
];

/** Set to true when every entry above exists: from then on a missing one is an error. */
export const allEntriesExist = true;
