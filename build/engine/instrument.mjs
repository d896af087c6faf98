/**
 * The debug build of a function: an entry record, ticks, and one accessor that reads and writes its locals. Never a line break
 * more or less, so lines stay where they are.
 *
 * Names of inner blocks move to the top of the function: one accessor a call then reaches them all (one closure a block, made on
 * every round of a loop, cost more than all ticks together). Which of them are visible and have a value is a matter of the
 * place, which the tables know.
 */
import { SourceError } from './ast.mjs';
import { wrapCalls } from './calls.mjs';
import { cutDeclaration, replaceReference } from './declarations.mjs';

/**
 * @param {import('magic-string').default} text
 * @param {{ node: any, id: number, ticks: import('./ticks.mjs').Tick[], firstTick: number, scopes: import('./scopes.mjs').Scope[], references: import('./scopes.mjs').Reference[] }} fn
 * @param {Set<string>} silent  names of functions that leave the depth alone
 */
export function instrumentFunction(text, { node, id, ticks, firstTick, scopes, references }, silent) {
  wrapCalls(text, node, true, silent);
  const writer = { text, hoisted: new Map(), marks: marksOf(ticks, firstTick), plain: !node.generator };
  if (!node.generator) hoistNames(writer, scopes, references);
  for (const statement of node.body.body) visit(writer, statement, true);
  const end = writer.marks.get(node)?.end;
  if (end) writeEnd(text, node.body, end);
  if (!node.generator) writeEntry(writer, node, id, scopes);
}

/** The tick at the closing brace; in an empty body it must come to stand behind the entry, which is put before it. */
function writeEnd(text, body, end) {
  if (body.end - 1 === body.start + 1) text.prependRight(body.end - 1, ` ${end}; `);
  else text.appendLeft(body.end - 1, ` ${end}; `);
}

/** Code outside the kernel: no ticks, but whoever calls into the kernel keeps its depth. */
export function keepDepth(text, fn, silent) {
  wrapCalls(text, fn, false, silent);
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

/** What a name is called once it stands at the top of the function; no source has such names. */
const hoistedName = ({ field }) => `$$${field}`;

function hoistNames({ text, hoisted }, [, ...inner], references) {
  for (const { names } of inner) for (const name of names) hoisted.set(name.node.start, hoistedName(name));
  for (const reference of references) {
    const code = hoisted.get(reference.name.node.start);
    if (code) replaceReference(text, reference, code);
  }
}

function writeEntry({ text, hoisted }, node, id, scopes) {
  const declared = hoisted.size > 0 ? `let ${[...hoisted.values()].join(', ')}; ` : '';
  text.prependRight(
    node.body.start + 1,
    ` ${declared}const $d = $enter(${id}, ${accessorOf(scopes, variablesOf(hoisted, scopes))}); `,
  );
}

const variablesOf = (hoisted, scopes) =>
  scopes.flatMap((scope) => scope.names).map(({ name, node }) => hoisted.get(node.start) ?? name);

/** Reads or writes any local of the function by its number: scope by scope, in the order of the tables. */
export function accessorOf(scopes, variables) {
  const cases = scopes
    .flatMap((scope) => scope.names)
    .map(({ fixed }, i) =>
      fixed ? `case ${i}: return ${variables[i]};` : `case ${i}: return $w ? (${variables[i]} = $v) : ${variables[i]};`,
    );
  return `($i: number, $w?: any, $v?: any): any => { switch ($i) { ${cases.join(' ')} } }`;
}

const handlers = {
  VariableDeclaration: (writer, node) => cutNames(writer, node, true),
  BlockStatement(writer, node) {
    for (const statement of node.body) visit(writer, statement, true);
  },
  LabeledStatement: (writer, node) => handlers[node.body.type]?.(writer, node.body),
  IfStatement(writer, node) {
    visit(writer, node.consequent, false);
    if (node.alternate) visit(writer, node.alternate, false);
  },
  SwitchStatement(writer, node) {
    for (const part of node.cases) for (const statement of part.consequent) visit(writer, statement, true);
  },
  WhileStatement: visitLoop,
  DoWhileStatement: visitLoop,
  ForStatement: visitLoop,
  ForOfStatement: visitLoop,
  ForInStatement: visitLoop,
  ReturnStatement: keepValue,
  TryStatement(_, node) {
    throw new SourceError('no `try` in the kernel: Linux has none. Return an errno', node.start);
  },
};

/** What a plain call returned stays readable at its depth until the next call there; a frame's result is in its context. */
function keepValue({ text, plain }, { argument }) {
  if (!plain || !argument) return;
  text.prependRight(argument.start, '$returned[$d] = (');
  text.appendLeft(argument.end, ')');
}

function cutNames({ text, hoisted }, node, assigns) {
  if (node?.type !== 'VariableDeclaration') return;
  const [first] = node.declarations;
  if (hoisted.has(firstName(first.id))) cutDeclaration(text, node, (name) => hoisted.get(name.start), assigns);
}

/** Where the first name of a pattern stands. */
function firstName(pattern) {
  if (pattern.type === 'Identifier') return pattern.start;
  const part = pattern.properties?.[0] ?? pattern.elements?.find(Boolean) ?? pattern.left ?? pattern.argument;
  return part ? firstName(part.value ?? part.argument ?? part) : -1;
}

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

function visitLoop(writer, node) {
  const { text } = writer;
  const { test, update, each } = writer.marks.get(node) ?? {};
  cutNames(writer, node.init, true);
  cutNames(writer, node.left, false);
  visitBody(writer, node.body, each);
  if (test) {
    text.prependRight(node.test.start, `(${test}, `);
    text.appendLeft(node.test.end, ')');
  }
  if (update) text.prependRight(node.update.start, `${update}, `);
}

/** Puts a loop's own tick at the start of its body, with braces where it has none. */
function visitBody(writer, body, each) {
  const { text } = writer;
  visit(writer, body, body.type === 'BlockStatement');
  if (!each) return;
  if (body.type === 'BlockStatement') return text.prependRight(body.start + 1, ` ${each}; `);
  text.prependRight(body.start, `{ ${each}; `);
  text.appendLeft(body.end, ' }');
}
