/** The lowering of each kind of statement: what holds a yield becomes labels and jumps, the rest stays as it is. */
import { SourceError } from './ast.mjs';
import { cutDeclaration } from './declarations.mjs';
import { jump, newLabel } from './lower-jumps.mjs';
import { lowerSwitch } from './lower-switch.mjs';
import { lowerYield } from './lower-yield.mjs';

/**
 * Where `break` and `continue` go: a label number, or null where the loop or switch around them stays as it is.
 * @typedef {{ breakTo: number | null, continueTo: number | null, named: Map<string, { breakTo: number | null, continueTo: number | null }>, label?: string }} Flow
 */

const native = { breakTo: null, continueTo: null };

const handlers = {
  BlockStatement(lowering, node, flow) {
    const waits = lowering.waiting.has(node);
    if (waits) lowering.text.update(node.start, node.start + 1, ' ');
    for (const statement of node.body) lowerStatement(lowering, statement, flow);
    if (waits) lowering.text.update(node.end - 1, node.end, ' ');
  },
  VariableDeclaration(lowering, node) {
    if (lowering.waiting.has(node)) lowerYield(lowering, node);
    else lowerDeclaration(lowering, node, true);
  },
  ExpressionStatement(lowering, node) {
    if (lowering.waiting.has(node)) lowerYield(lowering, node);
  },
  ReturnStatement(lowering, node) {
    if (lowering.waiting.has(node)) lowerYield(lowering, node);
    else lowerReturn(lowering.text, node);
  },
  IfStatement(lowering, node, flow) {
    if (lowering.waiting.has(node)) return lowerIf(lowering, node, flow);
    lowerStatement(lowering, node.consequent, flow);
    if (node.alternate) lowerStatement(lowering, node.alternate, flow);
  },
  WhileStatement: (lowering, node, flow) => loop(lowering, node, flow, lowerWhile),
  DoWhileStatement: (lowering, node, flow) => loop(lowering, node, flow, lowerDoWhile),
  ForStatement: (lowering, node, flow) => loop(lowering, node, flow, lowerFor),
  ForOfStatement: (lowering, node, flow) => loop(lowering, node, flow, lowerForOf),
  ForInStatement(lowering, node, flow) {
    if (lowering.waiting.has(node)) {
      throw new SourceError('no `yield` inside for-in: loop over an array with for-of instead', node.start);
    }
    loop(lowering, node, flow, undefined);
  },
  SwitchStatement(lowering, node, flow) {
    if (lowering.waiting.has(node)) return lowerSwitch(lowering, node, flow, lowerStatement);
    const inner = { ...flow, breakTo: null };
    for (const part of node.cases) for (const statement of part.consequent) lowerStatement(lowering, statement, inner);
  },
  LabeledStatement: lowerLabeled,
  BreakStatement: (lowering, node, flow) => lowerJump(lowering, node, flow, 'breakTo'),
  ContinueStatement: (lowering, node, flow) => lowerJump(lowering, node, flow, 'continueTo'),
  TryStatement(_, node) {
    throw new SourceError('no `try` in a `function*`: a frame cannot carry its handlers. Return an errno', node.start);
  },
  FunctionDeclaration(_, node) {
    throw new SourceError('no function declared inside a `function*`: move it to the top of the file', node.start);
  },
  ClassDeclaration(_, node) {
    throw new SourceError('no class inside a `function*`: state is plain records', node.start);
  },
};

/** Lowers a statement and all within it. @param {Flow} flow */
export function lowerStatement(lowering, node, flow) {
  handlers[node.type]?.(lowering, node, flow);
}

/** A declared name is a field of the frame. */
function lowerDeclaration({ text, fieldAt }, node, assigns) {
  const pattern = node.declarations.find(({ id }) => id.type !== 'Identifier');
  if (pattern) {
    throw new SourceError(
      'no destructuring in declarations of a `function*`: take the members one by one',
      pattern.start,
    );
  }
  cutDeclaration(text, node, (id) => `$f.${fieldAt.get(id.start)}`, assigns);
}

function lowerReturn(text, node) {
  const leave = '$x.frames.pop(); return 0; }';
  if (!node.argument) return text.update(node.start, node.end, `{ $x.ret = undefined; ${leave}`);
  text.update(node.start, node.argument.start, '{ $x.ret = (');
  closeWith(text, node.argument.end, node.end, `); ${leave}`);
}

/** Replaces what follows an expression up to the end of its statement, which may be nothing. */
function closeWith(text, from, to, code) {
  if (from < to) text.update(from, to, code);
  else text.appendLeft(to, code);
}

function lowerIf(lowering, node, flow) {
  const { text } = lowering;
  const otherwise = newLabel(lowering);
  const end = node.alternate ? newLabel(lowering) : otherwise;
  text.update(node.start, node.test.start, 'if (!(');
  text.update(node.test.end, node.consequent.start, `)) ${jump(otherwise)} `);
  lowerStatement(lowering, node.consequent, flow);
  if (node.alternate) {
    text.update(node.consequent.end, node.alternate.start, ` ${jump(end)} case ${otherwise}: `);
    lowerStatement(lowering, node.alternate, flow);
  }
  text.appendLeft(node.end, ` case ${end}: `);
}

/** A loop that waits goes to its own lowering with labels for its end and next round; another keeps its form. */
function loop(lowering, node, flow, lower) {
  const waits = lowering.waiting.has(node);
  const targets = waits ? { breakTo: newLabel(lowering), continueTo: newLabel(lowering) } : native;
  const inner = { ...targets, named: flow.label ? new Map(flow.named).set(flow.label, targets) : flow.named };
  if (waits) return lower(lowering, node, inner);
  for (const head of [node.init, node.left]) {
    if (head?.type === 'VariableDeclaration') lowerDeclaration(lowering, head, head === node.init);
  }
  lowerStatement(lowering, node.body, inner);
}

function lowerWhile(lowering, node, flow) {
  const { text } = lowering;
  text.update(node.start, node.test.start, `case ${flow.continueTo}: if (!(`);
  text.update(node.test.end, node.body.start, `)) ${jump(flow.breakTo)} `);
  lowerStatement(lowering, node.body, flow);
  text.appendLeft(node.end, ` ${jump(flow.continueTo)} case ${flow.breakTo}: `);
}

function lowerDoWhile(lowering, node, flow) {
  const { text } = lowering;
  const again = newLabel(lowering);
  text.update(node.start, node.body.start, `case ${again}: `);
  lowerStatement(lowering, node.body, flow);
  text.update(node.body.end, node.test.start, ` case ${flow.continueTo}: if (`);
  text.update(node.test.end, node.end, `) ${jump(again)} case ${flow.breakTo}: `);
}

/** The update runs after the body, so its text moves there. */
function lowerFor(lowering, node, flow) {
  const { text } = lowering;
  const round = newLabel(lowering);
  if (node.init?.type === 'VariableDeclaration') lowerDeclaration(lowering, node.init, true);
  const update = node.update ? `${text.slice(node.update.start, node.update.end)}; ` : '';
  let at = node.start;
  if (node.init) {
    text.update(at, node.init.start, '');
    at = node.init.end;
  }
  if (node.test) {
    text.update(at, node.test.start, `; case ${round}: if (!(`);
    text.update(node.test.end, node.body.start, `)) ${jump(flow.breakTo)} `);
  } else text.update(at, node.body.start, `; case ${round}: `);
  lowerStatement(lowering, node.body, flow);
  text.appendLeft(node.end, ` case ${flow.continueTo}: ${update}${jump(round)} case ${flow.breakTo}: `);
}

/** for-of over an array: the array and the index live in the frame while the body waits. */
function lowerForOf(lowering, node, flow) {
  const { text, loops } = lowering;
  if (node.await) throw new SourceError('no `for await`', node.start);
  const [array, index] = [`$array${loops.length / 2}`, `$index${loops.length / 2}`];
  loops.push(array, index);
  const declares = node.left.type === 'VariableDeclaration';
  if (declares) lowerDeclaration(lowering, node.left, false);
  const target = text.slice(node.left.start, node.left.end);
  text.update(node.start, node.right.start, `$f.${array} = (`);
  const test = `if ($f.${index} >= $f.${array}.length) ${jump(flow.breakTo)}`;
  const head = `); $f.${index} = 0; case ${flow.continueTo}: ${test} ${target} = $f.${array}[$f.${index}++]; `;
  text.update(node.right.end, node.body.start, head);
  lowerStatement(lowering, node.body, flow);
  text.appendLeft(node.end, ` ${jump(flow.continueTo)} case ${flow.breakTo}: $f.${array} = undefined; `);
}

function lowerLabeled(lowering, node, flow) {
  const name = node.label.name;
  const isLoop = /^(For|While|DoWhile)/.test(node.body.type);
  if (!lowering.waiting.has(node)) {
    const named = new Map(flow.named).set(name, native);
    return lowerStatement(lowering, node.body, { ...flow, named, label: isLoop ? name : undefined });
  }
  lowering.text.update(node.start, node.body.start, '');
  if (isLoop) return lowerStatement(lowering, node.body, { ...flow, label: name });
  const end = newLabel(lowering);
  const named = new Map(flow.named).set(name, { breakTo: end, continueTo: null });
  lowerStatement(lowering, node.body, { ...flow, named, label: undefined });
  lowering.text.appendLeft(node.end, ` case ${end}: `);
}

function lowerJump({ text }, node, flow, kind) {
  const target = (node.label ? flow.named.get(node.label.name) : flow)?.[kind] ?? null;
  if (target !== null) text.update(node.start, node.end, jump(target));
}
