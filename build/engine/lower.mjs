/**
 * Turns a `function*` into two plain functions: one that makes its frame, under the old name, and a step function that runs
 * the frame from its label to the next point where it waits. Both builds use the same frames.
 *
 *   export function* f(cpu, a) { const b = yield* g(cpu, a); return b; }
 *   export function f(cpu, a) { return { fn: 7, label: 0, cpu, a, b: undefined }; }
 *   $steps[7] = function ($f, $x) { let $l = $f.label, $s; $j: for (;;) switch ($l) { case 0:
 *     $f.label = 1; $x.frames.push(g($f.cpu, $f.a)); return 0; case 1: $f.b = $x.ret; ...
 *
 * Labels 1..n are the function's yields in source order; higher numbers are jumps and never outlive a step.
 */
import { childrenOf, isClosure, SourceError } from './ast.mjs';
import { lowerStatement } from './lower-statements.mjs';
import { YIELD_ADVICE } from './lower-yield.mjs';
import { analyseScopes, patternNames } from './scopes.mjs';

/**
 * What the lowering of one function keeps track of.
 * @typedef {object} Lowering
 * @property {import('magic-string').default} text
 * @property {Set<any>} waiting     nodes with a yield inside
 * @property {Map<string, string>} fieldAt  field by position of the declaring identifier
 * @property {string[]} loops       fields for the array and index of each for-of loop
 * @property {number} yields        numbered so far
 * @property {number} labels        highest jump label so far
 * @property {Set<any>} lowered     yields that stood where they may
 */

/** Lowers one declaration in place. `step` is code to run at the start of each step (the debug build's). */
export function lowerFunction(text, fn, { id, step = '' }) {
  checkHead(fn);
  const { scopes, references } = analyseScopes(fn);
  const waiting = new Set();
  const yields = findYields(fn.body, waiting, []);
  const names = scopes.flatMap((scope) => scope.names);
  const lowering = {
    text,
    waiting,
    fieldAt: new Map(),
    loops: [],
    yields: 0,
    labels: yields.length,
    lowered: new Set(),
  };
  for (const name of names) lowering.fieldAt.set(name.node.start, name.field);
  for (const reference of references) renameReference(text, reference);
  const flow = { breakTo: null, continueTo: null, named: new Map() };
  for (const statement of fn.body.body) lowerStatement(lowering, statement, flow);
  const stray = yields.find((node) => !lowering.lowered.has(node));
  if (stray) throw new SourceError(YIELD_ADVICE, stray.start);
  writeFrame(text, fn, { id, step, names, loops: lowering.loops });
}

function checkHead(fn) {
  const [first] = fn.params;
  if (fn.async) throw new SourceError('no async functions here: what sleeps is a `function*`', fn.start);
  if (first?.type !== 'Identifier' || !/^_?cpu$/.test(first.name)) {
    throw new SourceError(
      'the first parameter of a `function*` must be `cpu: Cpu`: its frame says where it runs',
      fn.id.start,
    );
  }
  for (const param of fn.params) {
    const simple =
      param.type === 'Identifier' || (param.type === 'AssignmentPattern' && param.left.type === 'Identifier');
    if (!simple)
      throw new SourceError('parameters of a `function*` must be plain names: they become its frame', param.start);
  }
}

/** Collects the yields in source order and marks every node around them. */
function findYields(node, waiting, found, around = []) {
  if (isClosure(node)) return found;
  if (node.type === 'YieldExpression') {
    found.push(node);
    for (const outer of around) waiting.add(outer);
    waiting.add(node);
  }
  around.push(node);
  for (const child of childrenOf(node)) findYields(child, waiting, found, around);
  around.pop();
  return found;
}

/** @returns the yields of a function in the order of their labels */
export const yieldsOf = (fn) => findYields(fn.body, new Set(), []);

function renameReference(text, { node, name, shorthand }) {
  const end = node.start + node.name.length;
  if (shorthand) text.appendLeft(end, `: $f.${name.field}`);
  else text.update(node.start, end, `$f.${name.field}`);
}

/** Cuts the function in two at its opening brace. */
function writeFrame(text, fn, { id, step, names, loops }) {
  const params = new Set(fn.params.flatMap(patternNames).map((node) => node.start));
  const fields = names.map(({ name, field, node }) => {
    if (!params.has(node.start)) return `${field}: undefined`;
    return name === field ? name : `${field}: ${name}`;
  });
  fields.push(...loops.map((field) => `${field}: undefined`));
  const star = text.original.indexOf('*', fn.start);
  text.update(star, star + 1, '');
  text.prependRight(
    fn.body.start + 1,
    ` return { fn: ${id}, label: 0, ${fields.join(', ')} }; } ` +
      `$steps[${id}] = function ($f: any, $x: any): number { ${step}let $l = $f.label, $s: any; ` +
      `$j: for (;;) switch ($l) { case 0: `,
  );
  text.appendLeft(fn.body.end - 1, ` $x.ret = undefined; $x.frames.pop(); return 0; default: return $lost($f); } `);
  text.appendLeft(fn.body.end, ';');
}
