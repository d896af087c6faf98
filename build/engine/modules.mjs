/** Modules that exist only in a build: what instrumented code calls, and the tables about functions, ticks and locals. */
import path from 'node:path';
import { packed } from '../brotli.mjs';

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
    if (name === 'netpath:debug-info')
      return { contents: tables(project().debugInfo(), build.initialOptions.minifyWhitespace), loader: 'js' };
    return { errors: [{ text: `no module ${name}` }] };
  });
}

/**
 * A megabyte of tables: the engine reads it as JSON in a fraction of the time that it takes to read it as code. Columns of ticks are written as differences
 * from row to row, most of them 0 or small. What ships is packed, too.
 */
function tables({ functions, scopes, ticks }, ships) {
  const columns = Object.fromEntries(Object.entries(ticks).map(([name, column]) => [name, differences(column)]));
  const json = JSON.stringify({ functions, scopes, ticks: columns });
  return `${ships ? unpacking(json) : `const tables = JSON.parse(${JSON.stringify(json)});`}
for (const column of Object.values(tables.ticks)) for (let i = 1; i < column.length; i++) column[i] += column[i - 1];
export default tables;`;
}

/** A zip takes the third that base64 adds away again. */
const unpacking = (json) => `import { brotliDecompressSync } from 'node:zlib';
const tables = JSON.parse(brotliDecompressSync(Buffer.from('${packed(json).toString('base64')}', 'base64')).toString());`;

const differences = (column) => column.map((value, i) => (i === 0 ? value : value - column[i - 1]));

/** The fast build's probe: nobody listens. */
const silentProbe = 'export function lineTick(line) {}';
