/**
 * Calls put the depth back: a debug build's functions count themselves in and never out, so whoever calls restores its own
 * depth after every call that is not the last thing of its statement (the next tick does it there).
 */
import { childrenOf, isClosure } from './ast.mjs';

/** Called so often, and never instrumented. */
const harmless = new Set(['Math', 'Number', 'Object', 'Array', 'String', 'BigInt']);

/**
 * Wraps the calls in a function's body.
 * @param {import('magic-string').default} text
 * @param {boolean} ticking  the function has ticks, which restore the depth between statements
 * @param {Set<string>} silent  names of functions that leave the depth alone
 */
export function wrapCalls(text, fn, ticking, silent) {
  for (const statement of fn.body.body) visitStatement({ text, ticking, silent }, statement);
}

/** Parts of statements whose last call is followed by a tick or by the end of the function. */
const tails = {
  ExpressionStatement: (node) => node.expression,
  ReturnStatement: (node) => node.argument,
  ThrowStatement: (node) => node.argument,
  IfStatement: (node) => node.test,
  WhileStatement: (node) => node.test,
  DoWhileStatement: (node) => node.test,
  ForOfStatement: (node) => node.right,
  ForInStatement: (node) => node.right,
  VariableDeclaration: (node) => node.declarations.at(-1).init,
};

function visitStatement(wrapper, node) {
  const ends = wrapper.ticking || (node.type === 'ReturnStatement' && !wrapper.callback);
  const tail = ends ? tails[node.type]?.(node) : undefined;
  for (const child of childrenOf(node)) {
    if (child.type.endsWith('Statement') || child.type === 'SwitchCase' || child.type === 'CatchClause') {
      visitStatement(wrapper, child);
    } else if (child.type === 'VariableDeclaration') visitDeclaration(wrapper, child, node);
    else if (child.type === 'VariableDeclarator') visitParts(wrapper, child, child.init === tail ? tail : undefined);
    else visitExpression(wrapper, child, child === tail);
  }
}

/** In the head of a loop no tick follows. */
function visitDeclaration(wrapper, node, parent) {
  const ticking = wrapper.ticking && !parent.type.startsWith('For');
  visitStatement({ ...wrapper, ticking }, node);
}

function visitParts(wrapper, node, tail) {
  for (const child of childrenOf(node)) visitExpression(wrapper, child, child === tail);
}

/** What an expression evaluates last, by type; a call itself comes after all its parts. */
const lastParts = {
  AssignmentExpression: (node) => [node.right],
  BinaryExpression: (node) => [node.right],
  LogicalExpression: (node) => [node.right],
  ConditionalExpression: (node) => [node.consequent, node.alternate],
  SequenceExpression: (node) => [node.expressions.at(-1)],
  UnaryExpression: (node) => [node.argument],
  ParenthesizedExpression: (node) => [node.expression],
  TSAsExpression: (node) => [node.expression],
  TSNonNullExpression: (node) => [node.expression],
  TSSatisfiesExpression: (node) => [node.expression],
  MemberExpression: (node) => (node.computed ? [] : [node.object]),
};

function visitExpression(wrapper, node, last) {
  if (isClosure(node)) return visitClosure(wrapper, node);
  if (node.type === 'CallExpression') return visitCall(wrapper, node, last);
  if (node.type === 'ChainExpression') return visitChain(wrapper, node, last);
  if (node.type === 'YieldExpression') return visitYield(wrapper, node);
  const lasts = last ? (lastParts[node.type]?.(node) ?? []) : [];
  for (const child of childrenOf(node)) visitExpression(wrapper, child, lasts.includes(child));
}

function visitCall(wrapper, node, last) {
  const wraps = !last && !isHarmless(node.callee) && !wrapper.silent.has(node.callee.name);
  if (wraps) wrapper.text.appendRight(node.start, '$r($d, ');
  visitParts(wrapper, node);
  if (wraps) wrapper.text.appendLeft(node.end, ')');
}

/** Is it a call of the language's own, which has nothing to do with the kernel? */
export function isHarmless(callee) {
  const root = callee.type === 'MemberExpression' ? callee.object : callee;
  return root.type === 'Super' || (root.type === 'Identifier' && harmless.has(root.name));
}

/** `a?.b(c())` is wrapped whole: cutting it up would lose its short way out. */
function visitChain(wrapper, node, last) {
  const calls = [];
  for (let link = node.expression; link; link = link.object ?? link.callee) if (link.arguments) calls.push(link);
  const wraps = !last && calls.length > 0;
  if (wraps) wrapper.text.appendRight(node.start, '$r($d, ');
  for (const call of calls) for (const argument of call.arguments) visitExpression(wrapper, argument, false);
  if (wraps) wrapper.text.appendLeft(node.end, ')');
}

/** The call under `yield*` is the last thing of its statement. */
function visitYield(wrapper, node) {
  if (node.argument) visitExpression(wrapper, node.argument, wrapper.ticking);
}

/** A callback belongs to the function around it: each of its calls goes back to that function's depth. */
function visitClosure(wrapper, node) {
  const inner = { ...wrapper, ticking: false, callback: true };
  if (node.body.type !== 'BlockStatement') return visitExpression(inner, node.body, false);
  for (const statement of node.body.body) visitStatement(inner, statement);
}
