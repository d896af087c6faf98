/**
 * Which functions of a bundle can stand as an expression where they are called, and what must be known of them for that.
 *
 *   function after(a, b) { return before(b, a); }                    ->  before(b, a)
 *   function f(x) { if (x.done) return 0; const n = x.n; return n; }  ->  x.done ? 0 : (n = x.n, n)
 *
 * No loops, no try, no closures, nothing that waits: what is left are conditions, declarations and expressions in sequence.
 */
import { childrenOf, isClosure, walk } from './ast.mjs';

/** Sizes in nodes of the tree, with all that is inlined in them: of any function, and of one that is called at one place only. */
const LIMIT = 40;
const LIMIT_CALLED_ONCE = 120;

const REFUSED =
  /^(Class|For|While|DoWhile|Labeled|Break|Continue|Throw|Try|Switch|This|Super|Yield|Await|MetaProperty|ImportExp)/;

/**
 * @typedef {object} Plan
 * @property {string} name
 * @property {any} fn          its declaration
 * @property {string[]} params
 * @property {Set<string>} locals
 * @property {Set<string>} free      names of the bundle that it uses, with those of what it inlines
 * @property {Set<string>} assigned  parameters and locals that it changes
 * @property {Map<string, number>} uses  how often it reads each parameter
 * @property {boolean} pure    it only reads: arguments may be read as late as it reads them
 * @property {boolean} falls   it can end without a value
 * @property {number} size
 */

/** @returns {(name: string) => Plan | null} what is known of a function of this bundle; null where it cannot be inlined */
export function planner(program) {
  const functions = topFunctions(program);
  const counts = new Map();
  walk(program, (node) => {
    if (node.type === 'Identifier') counts.set(node.name, (counts.get(node.name) ?? 0) + 1);
  });
  const plans = new Map();
  return function planOf(name) {
    if (plans.has(name)) return plans.get(name);
    plans.set(name, null); // while it is looked at: what calls itself is not inlined
    const fn = functions.get(name);
    const plan = fn && canStandAsExpression(fn) ? describe(name, fn, planOf) : null;
    const limit = counts.get(name) === 2 ? LIMIT_CALLED_ONCE : LIMIT;
    plans.set(name, plan !== null && plan.size <= limit ? plan : null);
    return plans.get(name);
  };
}

/** Function declarations at the top that nobody assigns to. */
function topFunctions(program) {
  const functions = new Map();
  for (const statement of program.body) {
    const node = statement.declaration ?? statement;
    if (node.type === 'FunctionDeclaration' && node.id) functions.set(node.id.name, node);
  }
  walk(program, (node) => {
    if (node.type === 'AssignmentExpression' && node.left.type === 'Identifier') functions.delete(node.left.name);
  });
  return functions;
}

function canStandAsExpression(fn) {
  if (fn.async || fn.generator || !fn.params.every((param) => param.type === 'Identifier')) return false;
  let can = isSequence(fn.body.body);
  const declared = new Set(fn.params.map((param) => param.name));
  walk(fn.body, (node) => {
    if (isClosure(node) || REFUSED.test(node.type)) can = false;
    else if (node.type === 'Identifier' && /^(arguments|\$hold|\$lost)$/.test(node.name)) can = false;
    else if (node.type === 'AssignmentExpression' && !/^(Identifier|MemberExpression)$/.test(node.left.type))
      can = false;
    else if (node.type === 'VariableDeclarator') {
      if (node.id.type !== 'Identifier' || declared.has(node.id.name)) can = false;
      else declared.add(node.id.name);
    }
    return can;
  });
  return can;
}

/** Statements that an expression can say: a condition with a `return` in it ends its branch with one. */
function isSequence(statements) {
  for (const [i, statement] of statements.entries()) {
    if (statement.type === 'ReturnStatement') return true;
    if (statement.type === 'BlockStatement') {
      if (hasReturn(statement) || !isSequence(statement.body)) return false;
    } else if (statement.type === 'IfStatement') {
      if (hasReturn(statement))
        return endsInReturn(statement.consequent) && bothWays(statement, statements.slice(i + 1));
      if (!bothWays(statement, [])) return false;
    } else if (!/^(Expression|Empty)Statement$|^VariableDeclaration$/.test(statement.type)) return false;
  }
  return true;
}

function bothWays(statement, rest) {
  return isSequence(listOf(statement.consequent)) && isSequence([...listOf(statement.alternate), ...rest]);
}

/** @returns the statements of a branch */
export function listOf(statement) {
  if (!statement) return [];
  return statement.type === 'BlockStatement' ? statement.body : [statement];
}

export function hasReturn(statement) {
  let found = false;
  walk(statement, (node) => {
    if (node.type === 'ReturnStatement') found = true;
    return !found;
  });
  return found;
}

function endsInReturn(statement) {
  if (!statement) return false;
  if (statement.type === 'ReturnStatement') return statement.argument !== null;
  if (statement.type === 'BlockStatement') return statement.body.length > 0 && endsInReturn(statement.body.at(-1));
  return statement.type === 'IfStatement' && endsInReturn(statement.consequent) && endsInReturn(statement.alternate);
}

/** @returns {Plan} */
function describe(name, fn, planOf) {
  const params = fn.params.map((param) => param.name);
  const plan = {
    name,
    fn,
    params,
    locals: new Set(),
    free: new Set(),
    assigned: new Set(),
    uses: new Map(),
    pure: true,
    falls: false,
    size: 0,
  };
  walk(fn.body, (node) => {
    plan.size++;
    if (node.type === 'VariableDeclarator') plan.locals.add(node.id.name);
    const target =
      node.type === 'AssignmentExpression' ? node.left : node.type === 'UpdateExpression' ? node.argument : null;
    if (target?.type === 'Identifier') plan.assigned.add(target.name);
    if (target || /^(Call|New|TaggedTemplate)Expression$/.test(node.type) || node.operator === 'delete')
      plan.pure = false;
    if (node.type === 'CallExpression' && node.callee.type === 'Identifier') addCallee(plan, planOf(node.callee.name));
  });
  forEachReference(fn.body, ({ name: used }) => {
    if (params.includes(used)) plan.uses.set(used, (plan.uses.get(used) ?? 0) + 1);
    else if (!plan.locals.has(used)) plan.free.add(used);
  });
  plan.falls = !endsInReturn(fn.body);
  return plan;
}

function addCallee(plan, inner) {
  if (inner === null) return;
  plan.size += inner.size;
  for (const name of inner.free) plan.free.add(name);
}

/** Calls `found` with every identifier that stands for a variable, not for a property. */
export function forEachReference(node, found) {
  if (node.type === 'Identifier') found(node);
  else if (node.type === 'MemberExpression' && !node.computed) forEachReference(node.object, found);
  else if (node.type === 'Property' && !node.computed) forEachReference(node.value, found);
  else for (const child of childrenOf(node)) forEachReference(child, found);
}
