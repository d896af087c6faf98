/**
 * Where the debug build ticks: before each statement, and at the head of a loop on every round. Found in the source as people
 * wrote it, so that the numbers are the same however the code is built afterwards.
 */

/**
 * A place where the debugger can stop.
 * @typedef {object} Tick
 * @property {'statement' | 'test' | 'update' | 'each' | 'end'} kind
 * @property {any} node      the statement, or the loop whose head it is
 * @property {number} at     offset shown to people
 * @property {number} seen   offset that decides which names have a value already
 * @property {import('./scopes.mjs').Scope} scope  the innermost scope with names
 */

const silent = new Set(['BlockStatement', 'EmptyStatement', 'WhileStatement', 'DoWhileStatement', 'LabeledStatement']);
const isTypeOnly = (node) => node.type.startsWith('TS');

/** @returns {Tick[]} in source order of their statements */
export function findTicks(fn, { scopeOf }) {
  const finder = { ticks: [], scopeOf };
  const top = scopeOf.get(fn);
  for (const statement of fn.body.body) findIn(finder, statement, top);
  if (finder.ticks.length === 0) add(finder, 'end', fn, fn.body.end - 1, top);
  return finder.ticks;
}

function add({ ticks }, kind, node, at, scope, seen = at) {
  ticks.push({ kind, node, at, seen, scope });
}

/** The scope a node opens, if it declares names. */
function within({ scopeOf }, node, scope) {
  const own = scopeOf.get(node);
  return own && own.names.length > 0 ? own : scope;
}

const handlers = {
  BlockStatement: (finder, node, scope) => findAll(finder, node.body, within(finder, node, scope)),
  LabeledStatement: (finder, node, scope) => findIn(finder, node.body, scope),
  IfStatement(finder, node, scope) {
    findIn(finder, node.consequent, scope);
    if (node.alternate) findIn(finder, node.alternate, scope);
  },
  SwitchStatement(finder, node, scope) {
    const inner = within(finder, node, scope);
    for (const part of node.cases) findAll(finder, part.consequent, inner);
  },
  WhileStatement(finder, node, scope) {
    add(finder, 'test', node, node.test.start, scope);
    findIn(finder, node.body, scope);
  },
  DoWhileStatement(finder, node, scope) {
    findIn(finder, node.body, scope);
    add(finder, 'test', node, node.test.start, scope);
  },
  ForStatement(finder, node, scope) {
    const inner = within(finder, node, scope);
    if (node.update) add(finder, 'update', node, node.update.start, inner, node.body.start);
    else if (node.test) add(finder, 'test', node, node.test.start, inner, node.body.start);
    findIn(finder, node.body, inner);
  },
  ForOfStatement: findForEach,
  ForInStatement: findForEach,
  TryStatement(finder, node, scope) {
    for (const part of [node.block, node.handler?.body, node.finalizer]) if (part) findIn(finder, part, scope);
  },
};

function findForEach(finder, node, scope) {
  const inner = within(finder, node, scope);
  add(finder, 'each', node, node.left.start, inner, node.body.start);
  findIn(finder, node.body, inner);
}

function findAll(finder, statements, scope) {
  for (const statement of statements) findIn(finder, statement, scope);
}

/** A loop is met as a statement first, then its head ticks; `while` has its test alone. */
function findIn(finder, node, scope) {
  if (isTypeOnly(node)) return;
  if (!silent.has(node.type)) add(finder, 'statement', node, node.start, scope);
  handlers[node.type]?.(finder, node, scope);
}
