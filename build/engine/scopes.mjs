/**
 * Who declares which name in a function: the scopes that declare names, and for each identifier the declaration it means.
 * Names inside inline callbacks are theirs alone; they hide outer names but are no locals of the function.
 */
import { childrenOf, isClosure } from './ast.mjs';

/**
 * @typedef {object} Name
 * @property {string} name
 * @property {string} field   its key in a lowered function's frame
 * @property {boolean} fixed  declared by `const`
 * @property {number} from    offset from which it has its value
 * @property {any} node       the declaring identifier
 *
 * @typedef {object} Scope
 * @property {any} node       the function, block, loop or switch
 * @property {Scope | null} parent  the next scope outwards that declares names
 * @property {number} level   how many scopes with names lie around it
 * @property {Name[]} names
 *
 * @typedef {{ node: any, name: Name, shorthand: boolean }} Reference
 */

/** @returns {{ scopes: Scope[], references: Reference[], scopeOf: Map<any, Scope> }} */
export function analyseScopes(fn) {
  const finder = { scopes: [], references: [], scopeOf: new Map(), used: new Set(['fn', 'label']) };
  const top = openScope(finder, fn, null);
  for (const param of fn.params) declarePattern(finder, top, param, false, fn.body.start);
  declareStatements(finder, top, fn.body.body);
  for (const param of fn.params) visitPattern(finder, param, top);
  for (const statement of fn.body.body) visit(finder, statement, top);
  return finder;
}

/** Looks a name up; a level of the chain is a scope of ours or the Map of a callback's own names. */
function resolve(scope, name) {
  for (let at = scope; at; at = at.outer) {
    if (at.hidden?.has(name)) return null;
    const found = at.names.find((candidate) => candidate.name === name);
    if (found) return found;
  }
  return null;
}

function openScope(finder, node, outer) {
  const parent = named(outer);
  const scope = { node, outer, parent, level: parent ? parent.level + 1 : 0, names: [] };
  finder.scopeOf.set(node, scope);
  if (!outer) finder.scopes.push(scope);
  return scope;
}

/** The nearest scope that declares names; the function's own always counts. */
function named(scope) {
  let at = scope;
  while (at?.outer && (at.names.length === 0 || at.hidden)) at = at.outer;
  return at;
}

function declareStatements(finder, scope, statements) {
  for (const statement of statements) {
    if (statement.type === 'VariableDeclaration') declareVariables(finder, scope, statement);
  }
}

function declareVariables(finder, scope, declaration, from) {
  for (const { id, end } of declaration.declarations) {
    declarePattern(finder, scope, id, declaration.kind === 'const', from ?? end);
  }
}

function declarePattern(finder, scope, pattern, fixed, from) {
  for (const node of patternNames(pattern)) {
    if (scope.names.length === 0 && scope.outer) finder.scopes.push(scope);
    scope.names.push({ name: node.name, field: freshField(finder.used, node.name), fixed, from, node });
  }
}

/** Every frame has its CPU under `cpu`, used or not: the scheduler moves it. */
function freshField(used, name) {
  const wanted = name === '_cpu' ? 'cpu' : name;
  let field = wanted;
  for (let i = 1; used.has(field); i++) field = `${wanted}$${i}`;
  used.add(field);
  return field;
}

/** @returns the identifiers that a parameter or declaration pattern binds */
export function patternNames(pattern) {
  switch (pattern.type) {
    case 'Identifier':
      return [pattern];
    case 'AssignmentPattern':
      return patternNames(pattern.left);
    case 'RestElement':
      return patternNames(pattern.argument);
    case 'ArrayPattern':
      return pattern.elements.filter(Boolean).flatMap(patternNames);
    case 'ObjectPattern':
      return pattern.properties.flatMap((property) => patternNames(property.value ?? property.argument));
    default:
      return [];
  }
}

/** Default values in a pattern are expressions; the bound names are not references. */
function visitPattern(finder, pattern, scope) {
  if (pattern.type === 'AssignmentPattern') {
    visitPattern(finder, pattern.left, scope);
    visit(finder, pattern.right, scope);
  } else if (pattern.type !== 'Identifier') {
    for (const child of childrenOf(pattern))
      visitPattern(finder, child.type === 'Property' ? child.value : child, scope);
  }
}

const visitors = {
  BlockStatement(finder, node, outer) {
    const scope = openScope(finder, node, outer);
    declareStatements(finder, scope, node.body);
    for (const statement of node.body) visit(finder, statement, scope);
  },
  ForStatement(finder, node, outer) {
    const scope = openScope(finder, node, outer);
    if (node.init?.type === 'VariableDeclaration') declareVariables(finder, scope, node.init);
    for (const child of childrenOf(node)) visit(finder, child, scope);
  },
  ForOfStatement: visitForEach,
  ForInStatement: visitForEach,
  SwitchStatement(finder, node, outer) {
    visit(finder, node.discriminant, outer);
    const scope = openScope(finder, node, outer);
    for (const part of node.cases) declareStatements(finder, scope, part.consequent);
    for (const part of node.cases) visit(finder, part, scope);
  },
  CatchClause(finder, node, outer) {
    const scope = openScope(finder, node, outer);
    if (node.param) declarePattern(finder, scope, node.param, false, node.body.start);
    visit(finder, node.body, scope);
  },
  VariableDeclarator(finder, node, scope) {
    visitPattern(finder, node.id, scope);
    if (node.init) visit(finder, node.init, scope);
  },
  MemberExpression(finder, node, scope) {
    visit(finder, node.object, scope);
    if (node.computed) visit(finder, node.property, scope);
  },
  Property(finder, node, scope) {
    if (node.computed) visit(finder, node.key, scope);
    if (node.shorthand) visitShorthand(finder, node.value, scope);
    else visit(finder, node.value, scope);
  },
  LabeledStatement: (finder, node, scope) => visit(finder, node.body, scope),
  BreakStatement: () => undefined,
  ContinueStatement: () => undefined,
  Identifier: (finder, node, scope) => refer(finder, node, scope, false),
};

function visit(finder, node, scope) {
  if (isClosure(node)) visitClosure(finder, node, scope);
  else if (visitors[node.type]) visitors[node.type](finder, node, scope);
  else for (const child of childrenOf(node)) visit(finder, child, scope);
}

function visitForEach(finder, node, outer) {
  visit(finder, node.right, outer);
  const scope = openScope(finder, node, outer);
  if (node.left.type === 'VariableDeclaration') declareVariables(finder, scope, node.left, node.body.start);
  visit(finder, node.left, scope);
  visit(finder, node.body, scope);
}

function visitShorthand(finder, value, scope) {
  if (value.type !== 'AssignmentPattern') return refer(finder, value, scope, true);
  refer(finder, value.left, scope, true);
  visit(finder, value.right, scope);
}

function refer(finder, node, scope, shorthand) {
  const name = resolve(scope, node.name);
  if (name) finder.references.push({ node, name, shorthand });
}

/** A callback: everything it declares anywhere hides the outer names throughout, which is what sane code needs. */
function visitClosure(finder, node, outer) {
  const hidden = new Set(node.params.flatMap(patternNames).map((param) => param.name));
  collectDeclared(node.body, hidden);
  const scope = { outer, parent: named(outer), level: 0, names: [], hidden };
  for (const param of node.params) visitPattern(finder, param, scope);
  if (node.body.type !== 'BlockStatement') visit(finder, node.body, scope);
  else for (const statement of node.body.body) visitInClosure(finder, statement, scope);
}

/** Blocks within a callback open no scope of ours. */
function visitInClosure(finder, node, scope) {
  if (node.type === 'BlockStatement' || /^(For|Switch|If|While|DoWhile|Try)/.test(node.type)) {
    for (const child of childrenOf(node)) visitInClosure(finder, child, scope);
  } else visit(finder, node, scope);
}

function collectDeclared(node, into) {
  if (node.type === 'VariableDeclarator') for (const id of patternNames(node.id)) into.add(id.name);
  if (!isClosure(node)) for (const child of childrenOf(node)) collectDeclared(child, into);
}
