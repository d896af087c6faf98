/**
 * for-of over an array, written with an index. The engine's lists are arrays; going through an iterator costs little once it is compiled, but makes
 * the compiler's work for each loop several times as large.
 *
 *   for (const x of list) { ... }   ->   for (let $a0 = (list), $i0 = 0; $i0 < $a0.length; ) { const x = $a0[$i0++]; { ... } }
 */
import { walk } from './ast.mjs';

/** Rewrites the loops of a plain function, those in its callbacks too. @param {import('magic-string').default} text */
export function indexLoops(text, fn) {
  let count = 0;
  walk(fn.body, (node) => {
    if (goesOverList(node) && node.left.type === 'VariableDeclaration') indexLoop(text, node, count++);
  });
}

/** Whether a node is a loop over an array; `list.entries()` and its like are iterators. */
export function goesOverList({ type, right }) {
  if (type !== 'ForOfStatement') return false;
  const { object, property } = right.type === 'CallExpression' ? right.callee : {};
  return !object || object.name === 'Object' || !['entries', 'keys', 'values'].includes(property.name);
}

function indexLoop(text, node, number) {
  writeIndexLoop(text, node, { array: `$a${number}`, index: `$i${number}`, declare: 'let ' });
}

/**
 * Writes a for-of loop with an index; what stands left of `of` becomes the target of an assignment, or stays a declaration.
 * @param {import('magic-string').default} text
 * @param {{ array: string, index: string, declare?: string, atEnd?: string }} names  `atEnd`: what the test does when the list is through
 */
export function writeIndexLoop(text, { start, left, right, body, end }, { array, index, declare = '', atEnd = '' }) {
  const target = text.slice(left.start, left.end);
  const test = `${index} < ${array}.length${atEnd}`;
  text.update(start, right.start, `for (${declare}${array} = (`);
  text.update(right.end, body.start, `), ${index} = 0; ${test}; ) { ${target} = ${array}[${index}++]; `);
  text.appendLeft(end, ' }');
}
