/**
 * The first run of a `function*`: a plain function that makes a frame only where it comes to wait. Its names move to the top, so
 * that any of them can go into the frame; calls under `yield*` are plain calls, and one that waits makes its caller wait.
 *
 *   function f(cpu, a) { let $$b, $t; { if (($t = g(cpu, a)) === $WAIT) return $hold(f$at(1, cpu, a, $$b)); $$b = $t; } return $$b; }
 */
import { cutDeclaration, replaceReference } from './declarations.mjs';
import { goesOverList, writeIndexLoop } from './index-loops.mjs';
import { takeApart } from './lower-yield.mjs';
import { patternNames } from './scopes.mjs';

/**
 * @param {import('magic-string').default} text
 * @param {{ scopes: any[], references: any[], waiting: Set<any>, yields: any[], enter: (variables: string[]) => string, keep: string }} parts
 *   `enter`: code to run at the start, `keep`: what stands before a returned value (the debug build's)
 */
export function lowerDirect(text, fn, { scopes, references, waiting, yields, enter, keep }) {
  const params = new Set(fn.params.flatMap(patternNames).map((node) => node.start));
  const names = scopes.flatMap((scope) => scope.names);
  const variableAt = new Map(
    names.map(({ name, field, node }) => [node.start, params.has(node.start) ? name : `$$${field}`]),
  );
  const lowering = {
    text,
    waiting,
    yields,
    variableAt,
    loops: loopsThatWait(fn.body, waiting),
    lists: 0,
    state: names.map(({ node }) => variableAt.get(node.start)),
    fn,
    keep,
  };
  for (const reference of references) replaceReference(text, reference, variableAt.get(reference.name.node.start));
  for (let i = 0; i < lowering.loops.length; i++) lowering.state.push(`$array${i}`, `$index${i}`);
  const flow = { loop: null, named: new Map() };
  for (const statement of fn.body.body) lower(lowering, statement, flow);
  const locals = lowering.state.filter((variable) => variable.startsWith('$'));
  for (let i = 0; i < lowering.lists; i++) locals.push(`$a${i}: any`, `$i${i}: any`);
  text.prependRight(
    fn.body.start + 1,
    ` let ${[...locals, '$t: any'].join(', ')}; ${enter(names.map(({ node }) => variableAt.get(node.start)))}`,
  );
}

/** for-of loops with a yield inside, outermost first, as the frame's fields are numbered. */
function loopsThatWait(body, waiting) {
  const found = [...waiting].filter((node) => node.type === 'ForOfStatement' && node.start >= body.start);
  return found.sort((a, b) => a.start - b.start);
}

const handlers = {
  BlockStatement: (lowering, node, flow) => lowerAll(lowering, node.body, flow),
  VariableDeclaration: (lowering, node) =>
    cutDeclaration(lowering.text, node, (id) => lowering.variableAt.get(id.start), true),
  IfStatement(lowering, node, flow) {
    lower(lowering, node.consequent, flow);
    if (node.alternate) lower(lowering, node.alternate, flow);
  },
  WhileStatement: lowerLoop,
  DoWhileStatement: lowerLoop,
  ForStatement: lowerLoop,
  ForInStatement: lowerLoop,
  ForOfStatement(lowering, node, flow) {
    if (lowering.waiting.has(node)) lowerForOf(lowering, node, flow);
    else if (goesOverList(node)) lowerList(lowering, node, flow);
    else lowerLoop(lowering, node, flow);
  },
  SwitchStatement(lowering, node, flow) {
    for (const part of node.cases) lowerAll(lowering, part.consequent, { ...flow, loop: null });
  },
  LabeledStatement: (lowering, node, flow) => lower(lowering, node.body, { ...flow, label: node }),
  BreakStatement: lowerBreak,
  ReturnStatement({ text, keep }, { argument }) {
    if (!argument || keep === '') return;
    text.prependRight(argument.start, `${keep}(`);
    text.appendLeft(argument.end, ')');
  },
};

const isLoop = ({ type }) => /^(For|While|DoWhile)/.test(type);

function lowerAll(lowering, statements, flow) {
  for (const statement of statements) lower(lowering, statement, flow);
}

function lower(lowering, node, flow) {
  const own = lowering.waiting.has(node) && /^(Variable|Expression|Return)/.test(node.type);
  if (own) lowerWait(lowering, node);
  else handlers[node.type]?.(lowering, node, isLoop(node) ? flow : { ...flow, label: undefined });
}

/** A statement whose call may wait, or that waits itself. */
function lowerWait(lowering, node) {
  const { text, yields, state, fn, variableAt, keep } = lowering;
  const { wait, target } = takeApart(node);
  const hold = `return $hold(${fn.id.name}$at(${yields.indexOf(wait) + 1}, ${state.join(', ')}));`;
  if (!wait.delegate) return text.update(node.start, node.end, `{ if ($givesWay(${state[0]})) ${hold} }`);
  const call = wait.argument;
  const place =
    target &&
    (node.type === 'VariableDeclaration' ? variableAt.get(target.start) : text.slice(target.start, target.end));
  const then = node.type === 'ReturnStatement' ? `return ${keep}$t; ` : place ? `${place} = $t; ` : '';
  text.update(node.start, call.start, '{ if (($t = ');
  const code = `) === $WAIT) ${hold} ${then}}`;
  if (call.end < node.end) text.update(call.end, node.end, code);
  else text.appendLeft(node.end, code);
}

/** A loop that keeps its form. */
function lowerLoop(lowering, node, flow) {
  const { text, variableAt } = lowering;
  for (const head of [node.init, node.left]) {
    if (head?.type === 'VariableDeclaration')
      cutDeclaration(text, head, (id) => variableAt.get(id.start), head === node.init);
  }
  lower(lowering, node.body, inLoop(flow, null));
}

/** A loop over an array that nothing in it waits for: array and index are no part of the state. */
function lowerList(lowering, node, flow) {
  const number = lowering.lists++;
  lowerByIndex(lowering, node, inLoop(flow, null), { array: `$a${number}`, index: `$i${number}` });
}

const inLoop = (flow, array) => ({
  loop: array,
  named: flow.label ? new Map(flow.named).set(flow.label.label.name, array) : flow.named,
});

/** Array and index are part of the state; the array is let go of at the end, and by every `break`. */
function lowerForOf(lowering, node, flow) {
  const number = lowering.loops.indexOf(node);
  const array = `$array${number}`;
  const atEnd = ` || (${array} = undefined, false)`;
  lowerByIndex(lowering, node, inLoop(flow, array), { array, index: `$index${number}`, atEnd });
}

function lowerByIndex(lowering, node, flow, names) {
  const { text, variableAt } = lowering;
  if (node.left.type === 'VariableDeclaration')
    cutDeclaration(text, node.left, (id) => variableAt.get(id.start), false);
  writeIndexLoop(text, node, names);
  lower(lowering, node.body, flow);
}

function lowerBreak({ text }, node, flow) {
  const array = node.label ? flow.named.get(node.label.name) : flow.loop;
  if (!array) return;
  text.prependRight(node.start, `{ ${array} = undefined; `);
  text.appendLeft(node.end, ' }');
}
