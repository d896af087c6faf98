/** The tables that say what the numbers in a debug build mean: functions, ticks, scopes, and where frames wait. */
import { placesOf } from './ast.mjs';
import { yieldsOf } from './lower.mjs';
import { analyseScopes, patternNames } from './scopes.mjs';
import { silentHelpers } from './silent-helpers.mjs';
import { isHelper } from './sources.mjs';
import { kernelFileOf, stageOf } from './stages.mjs';
import { findTicks } from './ticks.mjs';

/**
 * @typedef {object} FunctionInfo
 * @property {string} name
 * @property {string} file     relative to the kernel folder
 * @property {number} line
 * @property {number} endLine
 * @property {string[]} params
 * @property {boolean} resumable
 * @property {boolean} helper  Linux has no such function
 * @property {boolean} kernel
 * @property {number} firstTick  its ticks are firstTick .. lastTick; 0 .. -1 without any
 * @property {number} lastTick
 * @property {[line: number, column: number, scope: number, seen: number][]} yields  by label - 1
 *
 * A name: its own, its field in a frame, whether it is constant, and the offset from which it has its value.
 * @typedef {[name: string, field: string, fixed: 0 | 1, from: number]} NameInfo
 */

/**
 * Numbers every tick and scope of the engine; the same in both builds.
 * @param {import('./sources.mjs').Source[]} sources
 */
export function analyseSources(sources) {
  const silent = silentHelpers(sources);
  const functions = [];
  for (const source of sources) {
    for (const entry of source.functions)
      if (entry.id >= 0) functions[entry.id] = { source, ...analyse(source, entry, silent.has(entry.node)) };
  }
  let tick = 1;
  let scope = 0;
  for (const fn of functions) {
    fn.firstTick = tick;
    fn.firstScope = scope;
    tick += fn.ticks.length;
    scope += fn.scopes.length;
  }
  return functions;
}

function analyse(source, { node, id, statement }, silent) {
  const { scopes, scopeOf, references } = analyseScopes(node);
  const ticks = source.kernel && !silent ? findTicks(node, { scopeOf }) : [];
  return { id, node, statement, scopes, references, ticks, silent };
}

/** @returns the tables as plain JSON */
export function debugInfoOf(functions) {
  const places = new Map();
  const placeIn = (source) => {
    if (!places.has(source)) places.set(source, placesOf(source.text));
    return places.get(source);
  };
  return {
    functions: functions.map((fn) => describe(fn, placeIn(fn.source))),
    ticks: tickTable(functions, placeIn),
    scopes: functions.flatMap(describeScopes),
  };
}

/** @returns {FunctionInfo} */
function describe(fn, place) {
  const { node, source, firstTick, ticks } = fn;
  const empty = ticks.length === 0;
  return {
    name: node.id.name,
    file: source.listing,
    stage: stageOf(source.listing),
    line: place(node.start).line,
    endLine: place(node.end - 1).line,
    params: node.params.flatMap(patternNames).map(({ name }) => name),
    resumable: node.generator,
    helper: isHelper(source, fn.statement),
    kernel: source.kernel,
    firstTick: empty ? 0 : firstTick,
    lastTick: empty ? -1 : firstTick + ticks.length - 1,
    yields: node.generator ? yieldsOf(node).map((wait) => describeYield(fn, wait, place)) : [],
  };
}

function describeYield(fn, wait, place) {
  const { line, column } = place(wait.start);
  const around = fn.scopes.filter(
    ({ node, names }) => names.length > 0 && node.start <= wait.start && wait.end <= node.end,
  );
  const scope = around.at(-1) ?? fn.scopes[0];
  return [line, column, fn.firstScope + fn.scopes.indexOf(scope), wait.start];
}

/** One array a column, since there are many ticks; number 0 is no tick. */
function tickTable(functions, placeIn) {
  const table = { fn: [-1], line: [0], column: [0], scope: [-1], seen: [0], head: [0] };
  for (const fn of functions) {
    for (const tick of fn.ticks) {
      const { line, column } = placeIn(fn.source)(tick.at);
      table.fn.push(fn.id);
      table.line.push(line);
      table.column.push(column);
      table.scope.push(fn.firstScope + fn.scopes.indexOf(tick.scope));
      table.seen.push(tick.seen);
      table.head.push(tick.kind === 'statement' || tick.kind === 'end' ? 0 : 1);
    }
  }
  return table;
}

function describeScopes(fn) {
  let first = 0;
  return fn.scopes.map(({ parent, level, names }) => {
    first += names.length;
    return {
      fn: fn.id,
      parent: parent ? fn.firstScope + fn.scopes.indexOf(parent) : -1,
      level,
      first: first - names.length,
      names: names.map(({ name, field, fixed, from }) => [name, field, fixed ? 1 : 0, from]),
    };
  });
}

/** dist/functions.json.br: what a person can break on, before anything runs. @param {import('./sources.mjs').Source[]} sources */
export function functionList(info, sources) {
  const kernelFiles = new Map(sources.map(({ listing, text }) => [listing, kernelFileOf(listing, text)]));
  return info.functions
    .filter(({ kernel }) => kernel)
    .map(({ name, file, stage, line, endLine, helper, params }) => ({
      name,
      file,
      line,
      endLine,
      helper,
      params,
      stage,
      kernelFile: kernelFiles.get(file),
    }));
}

/** dist/listings.json.br: the sources as people read them. @param {import('./sources.mjs').Source[]} sources */
export function listings(sources) {
  return Object.fromEntries(sources.filter(({ kernel }) => kernel).map(({ listing, text }) => [listing, { text }]));
}
