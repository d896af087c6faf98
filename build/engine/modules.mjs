/** Modules that exist only in a build: what instrumented code calls, and the tables about functions, ticks and locals. */
import path from 'node:path';

/** @param {import('esbuild').PluginBuild} build */
export function virtualModules(build, project, { mode, repository }) {
  const probe = path.join(repository, 'debugger/control/probe.ts');
  build.onResolve({ filter: /^netpath:/ }, ({ path: name }) => {
    if (name === 'netpath:probe' && mode === 'debug') return { path: probe };
    if (name === 'netpath:frames') return { path: path.join(repository, 'debugger/machine/frames.ts') };
    if (name === 'netpath:entries') return { path: path.join(repository, 'debugger/control/entries.ts') };
    if (name === 'netpath:give-way') return { path: path.join(repository, 'debugger/machine/give_way.ts') };
    return { path: name, namespace: 'netpath' };
  });
  build.onLoad({ filter: /.*/, namespace: 'netpath' }, ({ path: name }) => {
    if (name === 'netpath:probe') return { contents: silentProbe, loader: 'js' };
    if (name === 'netpath:debug-info') return { contents: parsedJson(project().debugInfo()), loader: 'js' };
    return { errors: [{ text: `no module ${name}` }] };
  });
}

/** A megabyte of tables: the engine reads it as JSON in a fraction of the time that it takes to read it as code. */
function parsedJson(value) {
  return `export default JSON.parse(${JSON.stringify(JSON.stringify(value))});`;
}

/** The fast build's probe: nobody listens. */
const silentProbe = 'export function lineTick(line) {}';
