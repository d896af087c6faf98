/**
 * Whoever calls a `function*` has to wait with it: `yield* f()`, or hand its answer on. Anything else would take $WAIT for a value.
 * Calls through tables are not seen here; `resume` (machine/frames.ts) finds those when they happen.
 */
import { childrenOf, SourceError } from './ast.mjs';
import { functionsByName } from './sources.mjs';

/** @param {import('./sources.mjs').Source} source  @param {Map<string, import('./sources.mjs').Source>} byFile */
export function checkWaitingCalls(source, byFile) {
  const generators = [...functionsByName(source, byFile)].filter(([, { node }]) => node.generator);
  const names = new Set(generators.map(([name]) => name));
  if (names.size > 0) for (const { node } of source.functions) visit(node.body, names, false);
}

/** Nodes that wait for one of their parts, or answer what it does. */
const waiters = {
  YieldExpression: ({ argument }) => [argument],
  ReturnStatement: ({ argument }) => [argument],
  ArrowFunctionExpression: ({ body }) => [body],
};

/** Nodes that are waited for when one of their parts is. */
const passers = {
  ConditionalExpression: ({ consequent, alternate }) => [consequent, alternate],
  TSAsExpression: ({ expression }) => [expression],
  ParenthesizedExpression: ({ expression }) => [expression],
};

/** @param {boolean} waits  what the node answers is waited for, or handed on */
function visit(node, names, waits) {
  if (node.type === 'CallExpression' && names.has(node.callee.name) && !waits) {
    throw new SourceError(`${node.callee.name} may wait: call it as \`yield* ${node.callee.name}(...)\``, node.start);
  }
  const parts = (waiters[node.type] ?? (waits ? passers[node.type] : undefined))?.(node) ?? [];
  for (const child of childrenOf(node)) visit(child, names, parts.includes(child));
}
