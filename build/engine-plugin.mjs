/**
 * The esbuild plugin that makes engine sources run: `function*` becomes frames in both builds, and in the debug build the
 * kernel gets ticks, entry records and access to its locals. Sources stay as people wrote them.
 */
import path from 'node:path';
import { virtualModules } from './engine/modules.mjs';
import { openProject } from './engine/project.mjs';

/** @typedef {import('./engine/sources.mjs').Folders} Folders */

const repository = path.join(import.meta.dirname, '..');

/** @type {Folders} */
export const engineFolders = {
  root: repository,
  kernel: 'debugger/kernel',
  others: ['debugger/machine', 'debugger/world'],
};

/**
 * @param {{ mode: 'fast' | 'watch' | 'debug', folders?: Folders }} options
 * @returns {import('esbuild').Plugin}
 */
export function enginePlugin({ mode, folders = engineFolders }) {
  return {
    name: `engine-${mode}`,
    setup(build) {
      let project = openProject(folders, mode);
      let fresh = true;
      build.onStart(() => {
        if (!fresh) project = openProject(folders, mode);
        fresh = false;
      });
      virtualModules(build, () => project, { mode, repository });
      build.onLoad({ filter: /\.ts$/ }, ({ path: file }) => {
        const name = path.relative(folders.root, file).replaceAll('\\', '/');
        return project.load(name);
      });
    },
  };
}
