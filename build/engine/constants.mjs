/**
 * What a bundle declares at its top and never changes, as constants: V8's optimiser then knows a function or a table where else it would read a variable and look
 * whether it is still the same. esbuild declares everything with `var`. Functions come first, since a constant has no value before its declaration; running code of the
 * bundle's top keeps its order.
 */
import { parse, walk } from './ast.mjs';
import { forEachReference } from './inline-plans.mjs';

/** Variables that something assigns to in these trees, by name, whichever of that name is meant; a change within an object is none. */
export function changedNames(body) {
  const changed = new Set();
  for (const node of body)
    walk(node, (inner) => {
      if (targetOf(inner)?.type !== 'MemberExpression') noteChange(inner, changed);
    });
  return changed;
}

/** Adds the names of variables that this node itself changes, or whose object it changes. */
export function noteChange(node, changed) {
  const target = targetOf(node);
  if (target && target.type !== 'VariableDeclaration') forEachReference(target, ({ name }) => changed.add(name));
}

function targetOf(node) {
  if (node.type === 'UpdateExpression') return node.argument;
  return /^(AssignmentExpression|ForInStatement|ForOfStatement)$/.test(node.type) ? node.left : null;
}

/** @returns {string} the bundle with constants */
export function declareConstants(text) {
  const { body } = parse('bundle.js', text);
  const changed = changedNames(body);
  const parts = { first: [], functions: [], rest: [] };
  for (const node of body) {
    const source = text.slice(node.start, node.end);
    if (node.directive || node.type === 'ImportDeclaration') parts.first.push(source);
    else if (node.type === 'FunctionDeclaration' && !changed.has(node.id.name))
      parts.functions.push(
        `${node.id.name}=${text.slice(node.start, node.id.start)}${text.slice(node.id.end, node.end)}`,
      );
    else parts.rest.push(isConstant(node, changed) ? `const${source.slice('var'.length)}` : source);
  }
  const functions = parts.functions.length === 0 ? [] : [`const ${parts.functions.join(',\n')};`];
  return [...parts.first, ...functions, ...parts.rest].join('\n');
}

function isConstant(node, changed) {
  return (
    node.type === 'VariableDeclaration' &&
    node.kind === 'var' &&
    node.declarations.every(({ id, init }) => init && id.type === 'Identifier' && !changed.has(id.name))
  );
}
