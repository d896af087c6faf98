/** Walks over statements and expressions. */
import type { Expression } from './expression.ts';
import type { StatementNode } from './tree.ts';

/** The `if` of `else if`: it has no braces of its own. */
export function chainedIf(statement: StatementNode): readonly StatementNode[] {
  return statement.kind === 'if' && statement.bodies.length < 2
    ? (statement.otherwise as readonly StatementNode[])
    : [];
}

/** The expression that stands directly in a statement; no statement has two. */
export function expressionOf(statement: StatementNode): Expression | null {
  switch (statement.kind) {
    case 'assign':
    case 'do':
      return statement.value;
    case 'sleep':
    case 'compute':
      return statement.ns;
    case 'repeat':
      return statement.count;
    case 'each':
      return statement.of;
    case 'if':
      return statement.test;
    default:
      return null;
  }
}

/** The node and all in it, outer before inner. */
export function addNodes(expression: Expression, nodes: Expression[]): void {
  nodes.push(expression);
  switch (expression.kind) {
    case 'member':
      addNodes(expression.object, nodes);
      break;
    case 'index':
      addNodes(expression.object, nodes);
      addNodes(expression.index, nodes);
      break;
    case 'call':
      for (const each of expression.arguments) addNodes(each, nodes);
      break;
    case 'list':
      for (const each of expression.elements) addNodes(each, nodes);
      break;
    case 'unary':
      addNodes(expression.operand, nodes);
      break;
    case 'binary':
      addNodes(expression.left, nodes);
      addNodes(expression.right, nodes);
      break;
    case 'conditional':
      addNodes(expression.test, nodes);
      addNodes(expression.then, nodes);
      addNodes(expression.otherwise, nodes);
      break;
    default:
      break;
  }
}

/** Calls `visit` for the expression and everything in it, outer first. */
export function walkExpression(expression: Expression, visit: (expression: Expression) => void): void {
  const nodes: Expression[] = [];
  addNodes(expression, nodes);
  for (const node of nodes) visit(node);
}
