/** Syntax trees of engine sources: parsing, walking, and places in a file as people read them. */
import { parseSync } from 'oxc-parser';

/**
 * A refusal with its place, shaped as esbuild's messages are.
 * @typedef {{ text: string, location: { file: string, line: number, column: number, lineText: string } }} Message
 */

/** Stops the work on one function; the plugin turns it into a message with file and line. */
export class SourceError extends Error {
  /** @param {string} text what is wrong and what to write instead  @param {number} at offset in the file */
  constructor(text, at) {
    super(text);
    this.at = at;
  }
}

/** @returns the tree of a TypeScript file; throws a SourceError for the first syntax error */
export function parse(file, text) {
  const result = parseSync(file, text, { sourceType: 'module' });
  const [error] = result.errors;
  if (error) throw new SourceError(error.message, error.labels[0]?.start ?? 0);
  return { body: result.program.body, comments: result.comments };
}

/** @returns a function from offset to 1-based line and 0-based column */
export function placesOf(text) {
  const starts = [0];
  for (let i = text.indexOf('\n'); i >= 0; i = text.indexOf('\n', i + 1)) starts.push(i + 1);
  return (offset) => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle] <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low + 1, column: offset - starts[low] };
  };
}

/** @returns {Message} */
export function messageOf(file, text, error) {
  if (!(error instanceof SourceError)) throw error;
  const { line, column } = placesOf(text)(error.at);
  return { text: error.message, location: { file, line, column, lineText: text.split('\n')[line - 1] ?? '' } };
}

/** Properties of nodes that hold types only, which never reach the running code. */
const typeKeys = new Set(['typeAnnotation', 'typeArguments', 'typeParameters', 'returnType', 'decorators']);

/** TypeScript nodes that hold a value. */
const valueWrappers = new Set([
  'TSAsExpression',
  'TSNonNullExpression',
  'TSSatisfiesExpression',
  'TSTypeAssertion',
  'TSInstantiationExpression',
]);

const isNode = (value) => value !== null && typeof value === 'object' && typeof value.type === 'string';

/** @returns the child nodes that run, in source order */
export function childrenOf(node) {
  if (node.type.startsWith('TS')) return valueWrappers.has(node.type) ? [node.expression] : [];
  const children = [];
  for (const key in node) {
    if (typeKeys.has(key)) continue;
    const value = node[key];
    if (Array.isArray(value)) children.push(...value.filter(isNode));
    else if (isNode(value)) children.push(value);
  }
  return children;
}

/** Walks depth first; `enter` returns false to stay out of a node. */
export function walk(node, enter) {
  if (enter(node) === false) return;
  for (const child of childrenOf(node)) walk(child, enter);
}

export const isClosure = (node) =>
  node.type === 'ArrowFunctionExpression' || node.type === 'FunctionExpression' || node.type === 'FunctionDeclaration';

/** The declaration inside `export ...`, or the statement itself. */
const bare = (statement) => (statement.type === 'ExportNamedDeclaration' && statement.declaration) || statement;

/** @returns the function declarations at the top of a file that have a body, with the statement that holds each */
export function topFunctions(body) {
  return body
    .map((statement) => ({ statement, node: bare(statement) }))
    .filter(({ node }) => node.type === 'FunctionDeclaration' && node.body && node.id);
}
