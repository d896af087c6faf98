/**
 * The debug build of a function: an entry record, ticks, and access to its locals. Only inserts, and never a line break,
 * so lines stay where they are.
 */
import { SourceError } from './ast.mjs';
import { wrapCalls } from './calls.mjs';

/** Deepest nesting of scopes with names in one function; the probe stores one accessor each. */
export const MAX_LEVELS = 16;

/**
 * @param {import('magic-string').default} text
 * @param {{ node: any, id: number, ticks: import('./ticks.mjs').Tick[], firstTick: number, scopes: import('./scopes.mjs').Scope[] }} fn
 */
export function instrumentFunction(text, { node, id, ticks, firstTick, scopes }) {
  const deep = scopes.find(({ level }) => level >= MAX_LEVELS);
  if (deep)
    throw new SourceError(`more than ${MAX_LEVELS} nested blocks with names: split the function`, deep.node.start);
  wrapCalls(text, node, true);
  const writer = {
    text,
    accessors: !node.generator,
    scopes: new Map(scopes.map((scope) => [scope.node, scope])),
    marks: marksOf(ticks, firstTick),
  };
  for (const statement of node.body.body) visit(writer, statement, true);
  const end = writer.marks.get(node)?.end;
  if (end) text.appendLeft(node.body.end - 1, ` ${end}; `);
  if (!node.generator)
    text.prependRight(node.body.start + 1, ` const $d = $enter(${id}, ${accessorOf(writer, node) ?? 'null'}); `);
}

/** Code outside the kernel: no ticks, but whoever calls into the kernel keeps its depth. */
export function keepDepth(text, fn) {
  wrapCalls(text, fn, false);
  if (!fn.generator) text.prependRight(fn.body.start + 1, ' const $d = $here(); ');
}

/** Tick calls by node and kind. */
function marksOf(ticks, firstTick) {
  const marks = new Map();
  ticks.forEach(({ node, kind }, i) => {
    marks.set(node, { ...marks.get(node), [kind]: `$tick(${firstTick + i}, $d)` });
  });
  return marks;
}

/** One function that reads or writes the names of a scope by their index. */
function accessorOf({ accessors, scopes }, node) {
  const scope = accessors ? scopes.get(node) : undefined;
  if (!scope || scope.names.length === 0) return null;
  const cases = scope.names.map(({ name, fixed }, i) =>
    fixed ? `case ${i}: return ${name};` : `case ${i}: return $w ? (${name} = $v) : ${name};`,
  );
  return `($i: number, $w?: any, $v?: any): any => { switch ($i) { ${cases.join(' ')} } }`;
}

function installOf(writer, node) {
  const accessor = accessorOf(writer, node);
  return accessor ? `$block($d, ${writer.scopes.get(node).level}, ${accessor})` : null;
}

const statements = (...codes) =>
  codes
    .filter(Boolean)
    .map((code) => `${code}; `)
    .join('');

const handlers = {
  BlockStatement(writer, node) {
    for (const statement of node.body) visit(writer, statement, true);
    writer.text.prependRight(node.start + 1, ` ${statements(installOf(writer, node))}`);
  },
  LabeledStatement: (writer, node) => visitLoopOf(writer, node.body),
  IfStatement(writer, node) {
    visit(writer, node.consequent, false);
    if (node.alternate) visit(writer, node.alternate, false);
  },
  SwitchStatement(writer, node) {
    const install = statements(installOf(writer, node));
    for (const part of node.cases) {
      for (const statement of part.consequent) visit(writer, statement, true);
      if (part.consequent.length > 0) writer.text.prependRight(part.consequent[0].start, install);
    }
  },
  WhileStatement: (writer, node) => visitLoop(writer, node),
  DoWhileStatement: (writer, node) => visitLoop(writer, node),
  ForStatement: (writer, node) => visitLoop(writer, node),
  ForOfStatement: (writer, node) => visitLoop(writer, node),
  ForInStatement: (writer, node) => visitLoop(writer, node),
  TryStatement(writer, node) {
    for (const part of [node.block, node.handler?.body, node.finalizer]) if (part) visit(writer, part, true);
    const install = node.handler && installOf(writer, node.handler);
    if (install) writer.text.prependRight(node.handler.body.start + 1, ` ${install}; `);
  },
};

/** @param {boolean} listed  the statement stands in a list, so another can be put before it */
function visit(writer, node, listed) {
  handlers[node.type]?.(writer, node);
  const tick = tickBefore(writer, node);
  if (!tick) return;
  writer.text.prependRight(node.start, listed ? `${tick}; ` : `{ ${tick}; `);
  if (!listed) writer.text.appendLeft(node.end, ' }');
}

/** A label's loop ticks before the label. */
function tickBefore({ marks }, node) {
  return marks.get(node.type === 'LabeledStatement' ? node.body : node)?.statement;
}

/** The loop behind a label, without its statement's tick. */
function visitLoopOf(writer, node) {
  handlers[node.type]?.(writer, node);
}

function visitLoop(writer, node) {
  const { text } = writer;
  const { test, update, each } = writer.marks.get(node) ?? {};
  const install = installOf(writer, node);
  visitBody(writer, node.body, statements(install, each));
  if (test) {
    text.prependRight(node.test.start, `(${[install, test].filter(Boolean).join(', ')}, `);
    text.appendLeft(node.test.end, ')');
  }
  if (update) text.prependRight(node.update.start, `${[install, update].filter(Boolean).join(', ')}, `);
}

/** Puts code at the start of a loop's body, with braces where it has none. */
function visitBody({ text, ...rest }, body, code) {
  const writer = { text, ...rest };
  visit(writer, body, body.type === 'BlockStatement');
  if (!code) return;
  if (body.type === 'BlockStatement') return text.prependRight(body.start + 1, ` ${code}`);
  text.prependRight(body.start, `{ ${code}`);
  text.appendLeft(body.end, ' }');
}
