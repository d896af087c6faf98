/**
 * Turns a `function*` into three plain functions. Both builds use the same frames.
 *
 *   export function* f(cpu, a) { const b = yield* g(cpu, a); return b; }
 *   export function f(cpu, a) { ... }                      its first run, as far as it comes without waiting (lower-direct.mjs)
 *   f.frame = function (cpu, a) { ... }                    a frame that has not begun
 *   $steps[7] = function ($f, $x) { let $l = $f.label, $s; $j: for (;;) switch ($l) { case 0:
 *     $f.label = 1; if (($s = g($f.cpu, $f.a)) === $WAIT) return 1; $x.ret = $s; case 1: $f.b = $x.ret; ...
 *
 * A call that waits answers $WAIT after it has put its frame aside; then each of its callers does the same, innermost first, and
 * `resume` puts them on the context. The step function goes on with a frame: from its label to its next wait or to its end.
 * Labels 1..n are the function's yields in source order; higher numbers are jumps and never outlive a step.
 */
import MagicString from 'magic-string';
import { childrenOf, isClosure, SourceError } from './ast.mjs';
import { replaceReference } from './declarations.mjs';
import { lowerDirect } from './lower-direct.mjs';
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

/**
 * Lowers one declaration in place.
 * @param {import('magic-string').default} text
 * @param {{ id: number, step?: string, enter?: (scopes: import('./scopes.mjs').Scope[], variables: string[]) => string, keep?: string }} options
 *   the debug build's code: at the start of each step, and of a first run whose variables are named in the order of the scopes; before the value
 *   that a first run returns
 */
export function lowerFunction(text, fn, { id, step = '', enter = () => '', keep = '' }) {
  checkHead(fn);
  const { scopes, references } = analyseScopes(fn);
  const waiting = new Set();
  const yields = findYields(fn.body, waiting, []);
  const names = scopes.flatMap((scope) => scope.names);
  const lowered = lowerSteps(text.original, fn, { references, names, waiting, yields });
  lowerDirect(text, fn, { scopes, references, waiting, yields, keep, enter: (variables) => enter(scopes, variables) });
  writeFrame(text, fn, { id, step, names, ...lowered });
}

/** @returns the body of the step function, and the fields that its loops need */
function lowerSteps(original, fn, { references, names, waiting, yields }) {
  const text = new MagicString(original);
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
  for (const reference of references) replaceReference(text, reference, `$f.${reference.name.field}`);
  const flow = { breakTo: null, continueTo: null, named: new Map() };
  for (const statement of fn.body.body) lowerStatement(lowering, statement, flow);
  const stray = yields.find((node) => !lowering.lowered.has(node));
  if (stray) throw new SourceError(YIELD_ADVICE, stray.start);
  return { loops: lowering.loops, body: text.slice(fn.body.start + 1, fn.body.end - 1) };
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

/** Adds what makes frames and what goes on with them, on the line where the function ends. */
function writeFrame(text, fn, { id, step, names, loops, body }) {
  const name = fn.id.name;
  const params = fn.params.flatMap(patternNames);
  const given = new Set(params.map((node) => node.start));
  const keys = [...names.map((each) => each.field), ...loops];
  const star = text.original.indexOf('*', fn.start);
  text.update(star, star + 1, '');
  const head = text.original.slice(fn.params[0].start, fn.params.at(-1).end);
  const initial = names.map((each) => (given.has(each.node.start) ? each.name : 'undefined'));
  text.appendLeft(
    fn.end,
    ` function ${name}$at(label: any, ${keys.map((key) => `${key}: any`).join(', ')}) { return { fn: ${id}, label, ${keys.join(', ')} }; } ` +
      `(${name} as any).frame = function (${head}) { return ${name}$at(0, ${[...initial, ...loops.map(() => 'undefined')].join(', ')}); }; ` +
      `$steps[${id}] = function ${name}$step($f: any, $x: any): number { ${step}let $l = $f.label, $s: any; ` +
      `$j: for (;;) switch ($l) { case 0: ${body} $x.ret = undefined; $x.frames.pop(); return 0; default: return $lost($f); } };`,
  );
}
