/** The statements that wait: each stores its label, hands over, and goes on at that label. */
import { SourceError } from './ast.mjs';

export const YIELD_ADVICE =
  '`yield` may stand only as a statement of its own: `yield;` `yield* f();` `x = yield* f();` `x.y = yield* f();` ' +
  '`const x = yield* f();` or `return yield* f();`. Give the result a name first, then use the name.';

/** Lowers a statement that is one of the forms in which `yield` may stand. */
export function lowerYield(lowering, node) {
  const { wait, target } = takeApart(node);
  const label = ++lowering.yields;
  lowering.lowered.add(wait);
  if (!wait.delegate) return lowerPause(lowering, node, wait, label);
  const { text } = lowering;
  const call = wait.argument;
  const after = afterCall(lowering, node, target);
  text.update(node.start, call.start, `$f.label = ${label}; if (($s = `);
  const code = `) === $WAIT) return 1; $x.ret = $s; case ${label}: ${after}`;
  if (call.end < node.end) text.update(call.end, node.end, code);
  else text.appendLeft(node.end, code);
}

function lowerPause({ text }, node, wait, label) {
  if (wait.argument || node.type !== 'ExpressionStatement' || node.expression !== wait) {
    throw new SourceError('a bare `yield` gives and takes no value: write `yield;`', wait.start);
  }
  text.update(node.start, node.end, `$f.label = ${label}; if ($givesWay($f.cpu)) return 1; case ${label}: `);
}

/** @returns the yield of a statement and what its value goes to */
export function takeApart(node) {
  if (node.type === 'ReturnStatement' && isYield(node.argument)) return { wait: node.argument, target: null };
  if (node.type === 'VariableDeclaration' && node.declarations.length === 1) {
    const [{ id, init }] = node.declarations;
    if (isYield(init) && id.type === 'Identifier') return { wait: init, target: id };
  }
  if (node.type === 'ExpressionStatement') {
    const { expression } = node;
    if (isYield(expression)) return { wait: expression, target: null };
    const assigns = expression.type === 'AssignmentExpression' && expression.operator === '=';
    if (assigns && isYield(expression.right)) return { wait: expression.right, target: checkTarget(expression.left) };
  }
  throw new SourceError(YIELD_ADVICE, node.start);
}

const isYield = (node) => node?.type === 'YieldExpression';

/** The target is found after the call returned, so nothing on the way to it may be changed by the call. */
function checkTarget(node) {
  if (node.type === 'Identifier') return node;
  const plain = node.type === 'MemberExpression' && !node.computed && node.object.type === 'Identifier';
  if (plain) return node;
  throw new SourceError(
    'a yielded value goes to `name` or `name.member`: give it a name first, then store it',
    node.start,
  );
}

function afterCall({ text, fieldAt }, node, target) {
  if (node.type === 'ReturnStatement') return '$x.frames.pop(); return 0; ';
  if (!target) return '';
  const declares = node.type === 'VariableDeclaration';
  const place = declares ? `$f.${fieldAt.get(target.start)}` : text.slice(target.start, target.end);
  return `${place} = $x.ret; `;
}
