/** Modules that exist only in a build: what instrumented code calls, and the tables about functions, ticks and locals. */
import path from 'node:path';
import { packed } from '../brotli.mjs';
import { readerOf, toColumns } from './columns.mjs';

/** @param {import('esbuild').PluginBuild} build */
export function virtualModules(build, project, { mode, repository }) {
  const probe = path.join(repository, 'debugger/control/probe.ts');
  const watch = path.join(repository, 'debugger/control/watch.ts');
  build.onResolve({ filter: /^netpath:/ }, ({ path: name }) => {
    if (name === 'netpath:probe' && mode !== 'fast') return { path: mode === 'debug' ? probe : watch };
    if (name === 'netpath:frames') return { path: path.join(repository, 'debugger/machine/frames.ts') };
    if (name === 'netpath:watch') return { path: watch };
    if (name === 'netpath:give-way') return { path: path.join(repository, 'debugger/machine/give_way.ts') };
    return { path: name, namespace: 'netpath' };
  });
  build.onLoad({ filter: /.*/, namespace: 'netpath' }, ({ path: name }) => {
    if (name === 'netpath:probe') return { contents: silentProbe, loader: 'js' };
    if (name === 'netpath:debug-info') {
      const contents = tables(project().debugInfo(), build.initialOptions.minifyWhitespace);
      return { contents, loader: 'js', resolveDir: import.meta.dirname };
    }
    return { errors: [{ text: `no module ${name}` }] };
  });
}

/** A megabyte of tables: the engine reads it as JSON in a fraction of the time that it takes to read it as code. What ships is packed, too. */
function tables({ functions, scopes, ticks }, ships) {
  const all = Object.entries({ functions, scopes, ...ticks }).map(([name, rows]) => [name, toColumns(rows)]);
  const json = JSON.stringify(Object.fromEntries(all));
  const read = (name) => `${name}: ${readerOf(all.find(([each]) => each === name)[1], `columns.${name}`)}`;
  return `import { lists, sums } from './columns.mjs';
${ships ? unpacking(json) : `const columns = JSON.parse(${JSON.stringify(json)});`}
export default { ${read('functions')}, ${read('scopes')}, ticks: { ${Object.keys(ticks).map(read).join(', ')} } };`;
}

/** A zip takes the third that base64 adds away again. */
const unpacking = (json) => `import { brotliDecompressSync } from 'node:zlib';
const columns = JSON.parse(brotliDecompressSync(Buffer.from('${packed(json).toString('base64')}', 'base64')).toString());`;

/** The fast build's probe: nobody listens. */
const silentProbe = 'export function lineTick(line) {}';
