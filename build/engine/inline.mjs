/**
 * Small functions of a bundle, put in place of their calls. The model has one function for each of the kernel's, hundreds of them one line long: V8 would compile
 * each by itself and again inside whatever calls it, and before that pay for every call. Only in the fast build; nothing can stop in it.
 *
 *   const left = tcp_wnd_end(tcp_sk(sk)) - seq;
 *   const left = ($i0 = (sk.tcp), (($i0.snd_una + $i0.snd_wnd) >>> 0)) - seq;         with `let $i0` at the top of the function
 *
 * Arguments are evaluated once and in their order. What cannot be shown to mean the same stays a call.
 */
import { childrenOf, isClosure, parse, walk } from './ast.mjs';
import { changedNames, noteChange } from './constants.mjs';
import { forEachReference, hasReturn, listOf, planner } from './inline-plans.mjs';

/**
 * @typedef {object} Place
 * @property {any} fn       outermost function of the place, whose names could hide the bundle's
 * @property {boolean} open  the innermost function has a block, where names can be declared
 * @property {string[]} temporaries  names to declare in the innermost function
 * @property {Map<string, string>} meanings  what an inlined function's own names stand for here
 * @property {string[]} inside  functions being inlined here, so that none goes into itself
 */

/** @returns {string} the bundle with small functions inlined */
export function inlineSmallFunctions(text) {
  const { body } = parse('bundle.js', text);
  const program = { type: 'Program', body, start: 0, end: text.length };
  const inliner = { text, planOf: planner(program), variables: topVariables(body), namesIn: new Map(), count: 0 };
  return write(inliner, program, { fn: null, open: false, temporaries: [], meanings: new Map(), inside: [] }, false);
}

/** Variables of the bundle that change, so that reading them later might read something else. */
function topVariables(body) {
  const changed = changedNames(body);
  const variables = new Set();
  for (const statement of body) {
    const node = statement.declaration ?? statement;
    if (node.type === 'VariableDeclaration')
      for (const { id } of node.declarations) if (changed.has(id.name)) variables.add(id.name);
  }
  return variables;
}

/** Source text of a node at a place; `unused`: nobody looks at its value. */
function write(inliner, node, place, unused) {
  if (node.type === 'Identifier') return place.meanings.get(node.name) ?? node.name;
  if (isClosure(node)) return writeFunction(inliner, node, place);
  if (node.type === 'CallExpression' && place.open) {
    const inlined = writeInlined(inliner, node, place, unused);
    if (inlined !== null) return inlined;
  }
  if (node.type === 'MemberExpression' && !node.computed) return writeParts(inliner, node, [node.object], place, false);
  if (node.type === 'Property' && !node.computed) return writeProperty(inliner, node, place);
  return writeParts(inliner, node, childrenOf(node), place, node.type === 'ExpressionStatement');
}

function writeParts(inliner, node, children, place, unused) {
  let out = '';
  let at = node.start;
  for (const child of [...children].sort((a, b) => a.start - b.start)) {
    if (child.start < at) continue; // the value of `{ a }`, which is its key too
    out += inliner.text.slice(at, child.start) + write(inliner, child, place, unused);
    at = child.end;
  }
  return out + inliner.text.slice(at, node.end);
}

function writeProperty(inliner, node, place) {
  if (!node.shorthand) return writeParts(inliner, node, [node.value], place, false);
  const value = write(inliner, node.value, place, false);
  return value === node.key.name ? value : `${node.key.name}:${value}`;
}

function writeFunction(inliner, node, place) {
  const inner = { ...place, fn: place.fn ?? node, open: node.body.type === 'BlockStatement', temporaries: [] };
  const head = writeParts(inliner, { start: node.start, end: node.body.start }, [], place, false);
  const body = write(inliner, node.body, inner, false);
  return inner.temporaries.length === 0 ? head + body : `${head}{let ${inner.temporaries.join(',')};${body.slice(1)}`;
}

/** The called function's expression in place of the call, or null where the call stays. */
function writeInlined(inliner, call, place, unused) {
  const plan = call.callee.type === 'Identifier' && !call.optional ? inliner.planOf(call.callee.name) : null;
  if (plan === null || place.inside.includes(plan.name) || call.arguments.some(({ type }) => type === 'SpreadElement'))
    return null;
  const hidden = namesIn(inliner, place.fn);
  if (hidden.declared.has(plan.name) || [...plan.free].some((name) => hidden.declared.has(name))) return null;
  const meanings = new Map();
  const first = writeArguments(inliner, call, plan, place, meanings);
  for (const local of plan.locals) meanings.set(local, temporary(inliner, place));
  const steps = writeSteps(inliner, plan.fn.body.body, { ...place, meanings, inside: [...place.inside, plan.name] });
  if (plan.falls && !unused) steps.push('void 0');
  return `(${[...first, ...steps].join(',') || 'void 0'})`;
}

/** Says in `meanings` what each parameter stands for; answers the assignments that come first. */
function writeArguments(inliner, call, plan, place, meanings) {
  const first = [];
  const args = call.arguments;
  const change = args.some(changesVariable);
  for (let i = 0; i < Math.max(args.length, plan.params.length); i++) {
    const value = args[i] ? write(inliner, args[i], place, false) : 'void 0';
    const param = plan.params[i];
    if (param === undefined) first.push(value);
    else if (!change && mayBeReadLate(inliner, plan, param, args[i], value, place))
      meanings.set(param, simple(value) ? value : `(${value})`);
    else {
      meanings.set(param, temporary(inliner, place));
      first.push(`${meanings.get(param)}=${value}`);
    }
  }
  return first;
}

const simple = (value) => /^[\w$.]+$/.test(value) && !/^\d/.test(value);

/** Whether an argument may stand where the parameter is read, instead of being evaluated before. */
function mayBeReadLate(inliner, plan, param, arg, value, place) {
  if (plan.assigned.has(param)) return false;
  if (!arg || arg.type === 'Literal' || (arg.type === 'UnaryExpression' && arg.argument.type === 'Literal'))
    return true;
  if (!isChain(arg)) return false;
  const root = /^[\w$]+/.exec(value)?.[0];
  if (root === undefined || inliner.variables.has(root) || namesIn(inliner, place.fn).changedInside.has(root))
    return false;
  return simple(value) && (!value.includes('.') || (plan.pure && (plan.uses.get(param) ?? 0) <= 1));
}

/** `a`, `a.b.c` */
function isChain(node) {
  return (
    node.type === 'Identifier' ||
    (node.type === 'MemberExpression' && !node.computed && !node.optional && isChain(node.object))
  );
}

function changesVariable(node) {
  let changes = false;
  walk(node, ({ type }) => {
    if (type === 'AssignmentExpression' || type === 'UpdateExpression') changes = true;
    return !changes;
  });
  return changes;
}

/** Names that a function declares anywhere in it, and those that its closures change. */
function namesIn(inliner, fn) {
  const known = inliner.namesIn.get(fn);
  if (known) return known;
  const names = { declared: new Set(), changedInside: new Set() };
  inliner.namesIn.set(fn, names);
  const declare = (pattern) => forEachReference(pattern, ({ name }) => names.declared.add(name));
  walk(fn, (node) => {
    if (isClosure(node)) {
      node.params.forEach(declare);
      if (node !== fn) walk(node, (inner) => void noteChange(inner, names.changedInside));
    }
    if (
      /^(VariableDeclarator|Function(Declaration|Expression)|ClassDeclaration)$/.test(node.type) &&
      node.id &&
      node !== fn
    )
      declare(node.id);
    if (node.type === 'CatchClause' && node.param) declare(node.param);
  });
  return names;
}

function temporary(inliner, place) {
  const name = `$i${inliner.count++}`;
  place.temporaries.push(name);
  return name;
}

/** Statements as expressions, in their order; what comes after a branch that returns is in its other branch. */
function writeSteps(inliner, statements, place) {
  const steps = [];
  for (const [i, statement] of statements.entries()) {
    switch (statement.type) {
      case 'ExpressionStatement':
        steps.push(`(${write(inliner, statement.expression, place, true)})`);
        break;
      case 'VariableDeclaration':
        for (const { id, init } of statement.declarations)
          steps.push(`${place.meanings.get(id.name)}=${init ? `(${write(inliner, init, place, false)})` : 'void 0'}`);
        break;
      case 'BlockStatement':
        steps.push(...writeSteps(inliner, statement.body, place));
        break;
      case 'IfStatement': {
        const returns = hasReturn(statement);
        const test = `(${write(inliner, statement.test, place, false)})`;
        const rest = returns ? statements.slice(i + 1) : [];
        const otherwise = writeSteps(inliner, [...listOf(statement.alternate), ...rest], place);
        steps.push(`(${test}?${oneOf(writeSteps(inliner, listOf(statement.consequent), place))}:${oneOf(otherwise)})`);
        if (returns) return steps;
        break;
      }
      case 'ReturnStatement':
        steps.push(statement.argument ? `(${write(inliner, statement.argument, place, false)})` : 'void 0');
        return steps;
    }
  }
  return steps;
}

const oneOf = (steps) => (steps.length === 0 ? 'void 0' : `(${steps.join(',')})`);
