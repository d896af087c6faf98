/** Fills the addresses of `host:port` literals into expressions and statements. */
import type { Expression } from '../expression.ts';
import type { IpAddress } from '../in6Addr.ts';
import type { Statement } from '../scenario.ts';

/** The address of a host's name; 0 when a diagnostic says why there is none. */
export type AddressOf = (host: string, in6: boolean) => IpAddress;

/** The same tree where nothing had to be filled in, else a copy. */
export function resolveExpression(expression: Expression, addressOf: AddressOf): Expression {
  const inner = (each: Expression): Expression => resolveExpression(each, addressOf);
  switch (expression.kind) {
    case 'endpoint':
      return expression.host === null
        ? expression
        : { ...expression, address: addressOf(expression.host, expression.bracketed) };
    case 'member':
      return { ...expression, object: inner(expression.object) };
    case 'index':
      return { ...expression, object: inner(expression.object), index: inner(expression.index) };
    case 'call':
      return { ...expression, arguments: expression.arguments.map(inner) };
    case 'list':
      return { ...expression, elements: expression.elements.map(inner) };
    case 'unary':
      return { ...expression, operand: inner(expression.operand) };
    case 'binary':
      return { ...expression, left: inner(expression.left), right: inner(expression.right) };
    case 'conditional':
      return {
        ...expression,
        test: inner(expression.test),
        then: inner(expression.then),
        otherwise: inner(expression.otherwise),
      };
    default:
      return expression;
  }
}

/** A statement with all its expressions resolved, and nothing that only the editor needs. */
export function resolveStatement(statement: Statement, addressOf: AddressOf): Statement {
  const value = (each: Expression): Expression => resolveExpression(each, addressOf);
  const body = (each: readonly Statement[]): Statement[] => each.map((inner) => resolveStatement(inner, addressOf));
  const { span } = statement;
  switch (statement.kind) {
    case 'assign':
      return { kind: 'assign', name: statement.name, value: value(statement.value), span };
    case 'do':
      return { kind: 'do', value: value(statement.value), span };
    case 'sleep':
      return { kind: 'sleep', ns: value(statement.ns), span };
    case 'compute':
      return { kind: 'compute', ns: value(statement.ns), span };
    case 'loop':
      return { kind: 'loop', body: body(statement.body), span };
    case 'repeat':
      return { kind: 'repeat', count: value(statement.count), body: body(statement.body), span };
    case 'each':
      return { kind: 'each', name: statement.name, of: value(statement.of), body: body(statement.body), span };
    case 'if':
      return {
        kind: 'if',
        test: value(statement.test),
        then: body(statement.then),
        otherwise: body(statement.otherwise),
        span,
      };
    default:
      return { kind: statement.kind, span };
  }
}
