/** All engine sources of one build, and what becomes of each. */
import path from 'node:path';
import MagicString from 'magic-string';
import { messageOf } from './ast.mjs';
import { lowerFunction } from './lower.mjs';
import { checkGenerators, checkNames, readSources } from './sources.mjs';

/** @param {import('./sources.mjs').Folders} folders @param {'fast' | 'debug'} mode */
export function openProject(folders, mode) {
  const sources = readSources(folders);
  checkNames(sources);
  const byFile = new Map(sources.map((source) => [source.file, source]));
  return {
    load: (file) => {
      const source = byFile.get(file);
      return source && loadSource(folders, source, mode);
    },
    debugInfo: () => ({}),
  };
}

function loadSource({ root }, source, mode) {
  const errors = [...source.errors, ...(source.broken ? [source.broken] : [])];
  if (errors.length > 0) return { errors };
  try {
    checkGenerators(source);
    return { contents: transform(root, source, mode), loader: 'ts' };
  } catch (error) {
    return { errors: [messageOf(source.file, source.text, error)] };
  }
}

function transform(root, source) {
  const resumable = source.functions.filter(({ node }) => node.generator);
  if (resumable.length === 0) return source.text;
  const text = new MagicString(source.text);
  for (const { node, id } of resumable) lowerFunction(text, node, { id });
  text.prepend("import { $lost, $steps } from 'netpath:frames'; ");
  return withMap(text, path.join(root, source.file));
}

function withMap(text, file) {
  const map = text.generateMap({ source: file, includeContent: true, hires: 'boundary' });
  return `${text.toString()}\n//# sourceMappingURL=${map.toUrl()}`;
}
