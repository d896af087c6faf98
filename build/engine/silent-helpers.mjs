/**
 * Helpers that only look something up or put something down: `th_seq(skb)`, `before(a, b)`. Nobody stops in them (Linux has no such function, and a step goes over
 * them), so the debug build leaves them as they are: no entry record, no ticks, and no depth to put back after a call. They are half of all calls.
 */
import { isClosure, walk } from './ast.mjs';
import { isHarmless } from './calls.mjs';
import { functionsByName, isHelper } from './sources.mjs';

/** @param {import('./sources.mjs').Source[]} sources  @returns {Set<any>} the declarations of silent helpers */
export function silentHelpers(sources) {
  const byFile = new Map(sources.map((source) => [source.file, source]));
  const candidates = sources.filter(({ kernel }) => kernel).flatMap((source) => candidatesOf(source, byFile));
  const silent = new Set();
  for (let size = -1; size < silent.size; ) {
    size = silent.size;
    for (const { node, calls } of candidates) if (calls.every((callee) => silent.has(callee))) silent.add(node);
  }
  return silent;
}

/**
 * @param {{ silent: boolean }[]} analysis  by function number
 * @returns {Set<string>} what silent helpers are called in a file
 */
export function silentNames(source, byFile, analysis) {
  const names = [...functionsByName(source, byFile)];
  return new Set(names.filter(([, { id }]) => analysis[id]?.silent).map(([name]) => name));
}

/** Helpers of a file that might be silent, with the functions that they call. */
function candidatesOf(source, byFile) {
  const names = functionsByName(source, byFile);
  return source.functions
    .filter(({ node, statement }) => !node.generator && isHelper(source, statement))
    .map(({ node }) => ({ node, calls: callsOf(node, names) }))
    .filter(({ calls }) => calls !== null);
}

/** What a function calls; null when that cannot be told, or when it is more than a few expressions. */
function callsOf(fn, names) {
  const calls = [];
  let told = true;
  walk(fn.body, (node) => {
    if (isClosure(node) || /^(For|While|DoWhile|Switch|New)/.test(node.type)) told = false;
    else if (node.type === 'CallExpression' && !isHarmless(node.callee)) {
      const callee = node.callee.type === 'Identifier' ? names.get(node.callee.name)?.node : undefined;
      if (callee) calls.push(callee);
      else told = false;
    }
    return told;
  });
  return told ? calls : null;
}
