/** All engine sources of one build, and what becomes of each. */
import path from 'node:path';
import MagicString from 'magic-string';
import { messageOf, parse, topFunctions } from './ast.mjs';
import { analyseSources, debugInfoOf, functionList, listings } from './debug-info.mjs';
import { indexLoops } from './index-loops.mjs';
import { accessorOf, instrumentFunction, keepDepth } from './instrument.mjs';
import { lowerFunction } from './lower.mjs';
import { silentNames } from './silent-helpers.mjs';
import { checkWaitingCalls } from './waiting-calls.mjs';
import { patternNames } from './scopes.mjs';
import { checkGenerators, checkRecords, readSources } from './sources.mjs';

/** @param {import('./sources.mjs').Folders} folders @param {'fast' | 'watch' | 'debug'} mode */
export const openProject = (folders, mode) => projectOf(readSources(folders), folders.root, mode);

/** @param {import('./sources.mjs').Source[]} sources  arranged ones */
export function projectOf(sources, root, mode) {
  const byFile = new Map(sources.map((source) => [source.file, source]));
  let analysed;
  const analysis = () => {
    analysed ??= analyseSources(sources);
    return analysed;
  };
  return {
    load: (file) => {
      const source = byFile.get(file);
      return source && loadSource(root, source, mode, { analysis, byFile });
    },
    debugInfo: () => debugInfoOf(analysis()),
    functions: () => functionList(debugInfoOf(analysis()), sources),
    listings: () => listings(sources),
  };
}

function loadSource(root, source, mode, { analysis, byFile }) {
  const errors = [...source.errors, ...(source.broken ? [source.broken] : [])];
  if (errors.length > 0) return { errors };
  try {
    checkGenerators(source);
    checkWaitingCalls(source, byFile);
    checkRecords(source);
    const file = path.join(root, source.file);
    return {
      contents:
        mode === 'debug'
          ? debugText(source, file, analysis(), byFile)
          : fastText(source, file, mode === 'watch' ? analysis() : null),
      loader: 'ts',
    };
  } catch (error) {
    return { errors: [messageOf(source.file, source.text, error)] };
  }
}

/** With an analysis (the watch build's) functions that a breakpoint can wait for tell when they begin or go on, if somebody does (control/watch.ts). */
function fastText(source, file, analysis) {
  const text = new MagicString(source.text);
  for (const { node, id } of source.functions) {
    const tells = analysis !== null && source.kernel && !analysis[id].silent;
    const atEntry = tells ? tellsEntry(id, node, '') : '';
    if (node.generator) lowerFunction(text, node, { id, enter: () => atEntry, step: tells ? tellsStep(id, node) : '' });
    else {
      indexLoops(text, node);
      text.prependRight(node.body.start + 1, atEntry);
    }
  }
  if (analysis !== null && source.kernel) text.prepend(WATCH_IMPORT);
  if (source.functions.some(({ node }) => node.generator)) text.prepend(FRAME_IMPORT);
  return withMap(text, file, source.text);
}

/** Told with its parameters; `of`: where they are. */
function tellsEntry(id, fn, of) {
  const parameters = fn.params.flatMap(patternNames).map(({ name }) => of + name);
  return ` if ($watched[${id}] !== 0) $entered(${id}, [${parameters.join(', ')}]); `;
}

const tellsStep = (id, fn) =>
  `if ($f.label === 0) {${tellsEntry(id, fn, '$f.')}} else if ($watched[${id}] !== 0) $goesOn(${id}); `;

/** Instruments first, then lowers what came out of it: ticks are statements like others. */
function debugText(source, file, analysis, byFile) {
  const text = new MagicString(source.text);
  const silent = silentNames(source, byFile, analysis);
  for (const { node, id } of source.functions) {
    if (!source.kernel) keepDepth(text, node, silent);
    else if (!analysis[id].silent) instrumentFunction(text, analysis[id], silent);
  }
  text.prepend(PROBE_IMPORT);
  lowerFunctionsOf(new MagicString(source.text), source);
  if (!source.functions.some(({ node }) => node.generator)) return withMap(text, file, source.text);
  return lowerDebug(text.toString(), source, file);
}

/** The lowering speaks of its own text; on the source as written it finds the same mistakes at their true places. */
function lowerFunctionsOf(text, source) {
  for (const { node, id } of source.functions) if (node.generator) lowerFunction(text, node, { id });
}

function lowerDebug(instrumented, source, file) {
  const text = new MagicString(instrumented);
  const ids = new Map(source.functions.map(({ node, id }) => [node.id.name, id]));
  for (const { node } of topFunctions(parse(source.file, instrumented).body)) {
    const id = ids.get(node.id.name);
    if (!node.generator) continue;
    const enter = (scopes, variables) =>
      `const $d = $direct(${id}, ${source.kernel ? accessorOf(scopes, variables) : 'null'}); `;
    lowerFunction(text, node, {
      id,
      step: `const $d = $step(${id}, $f); `,
      enter,
      keep: source.kernel ? '$returned[$d] = ' : '',
    });
  }
  text.prepend(FRAME_IMPORT);
  return withMap(text, file, source.text);
}

/** What lowered code needs. */
export const FRAME_IMPORT =
  "import { $hold, $lost, $steps, $WAIT } from 'netpath:frames'; import { $givesWay } from 'netpath:give-way'; ";
const WATCH_IMPORT = "import { $entered, $goesOn, $watched } from 'netpath:watch'; ";
const PROBE_IMPORT = "import { $direct, $enter, $here, $r, $returned, $step, $tick } from 'netpath:probe'; ";

function withMap(text, file, original) {
  const map = text.generateMap({ source: file, hires: 'boundary' });
  map.sourcesContent = [original];
  return `${text.toString()}\n//# sourceMappingURL=${map.toUrl()}`;
}
