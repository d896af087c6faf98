/** An expression back to text, with no more parentheses than needed. Parsing the text gives the same expression. */
import { printAddress, printEndpoint } from './addresses.ts';
import type { Expression } from './expression.ts';
import { PRECEDENCE } from './precedence.ts';
import { printQuantity } from './schema/units.ts';

const CONDITIONAL = 0;
const UNARY = 11;
const POSTFIX = 12;

/** A `missing` node prints as nothing. */
export function printExpression(expression: Expression): string {
  return print(expression, CONDITIONAL);
}

function print(expression: Expression, least: number): string {
  const text = printBare(expression);
  return precedenceOf(expression) < least ? `(${text})` : text;
}

function precedenceOf(expression: Expression): number {
  if (expression.kind === 'conditional') return CONDITIONAL;
  if (expression.kind === 'binary') return PRECEDENCE[expression.operator];
  return expression.kind === 'unary' ? UNARY : POSTFIX;
}

function printBare(expression: Expression): string {
  switch (expression.kind) {
    case 'number':
      return printQuantity(expression.value, expression.dimension);
    case 'string':
      return quote(expression.value);
    case 'boolean':
      return String(expression.value);
    case 'null':
      return 'null';
    case 'address':
      return printAddress(expression.value);
    case 'endpoint':
      if (expression.host === null) return printEndpoint(expression.address, expression.port);
      return `${expression.bracketed ? `[${expression.host}]` : expression.host}:${expression.port}`;
    case 'constant':
    case 'name':
      return expression.name;
    case 'member':
      return `${print(expression.object, POSTFIX)}${expression.arrow ? '->' : '.'}${expression.name}`;
    case 'index':
      return `${print(expression.object, POSTFIX)}[${printBare(expression.index)}]`;
    case 'call':
      return `${expression.callee}(${expression.arguments.map(printExpression).join(', ')})`;
    case 'list':
      return `[${expression.elements.map(printExpression).join(', ')}]`;
    case 'unary':
      return `${expression.operator}${print(expression.operand, UNARY)}`;
    case 'binary':
      return printBinary(expression);
    case 'conditional':
      return `${print(expression.test, 1)} ? ${printBare(expression.then)} : ${printBare(expression.otherwise)}`;
    case 'missing':
      return '';
  }
}

function printBinary({ left, operator, right }: Expression & { kind: 'binary' }): string {
  const precedence = PRECEDENCE[operator];
  return `${print(left, precedence)} ${operator} ${print(right, precedence + 1)}`;
}

const ESCAPED: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\0': '\\0',
  '\\': '\\\\',
  '"': '\\"',
};

function quote(value: string): string {
  const escaped = Array.from(
    value,
    (each) => ESCAPED[each] ?? (each < ' ' ? `\\x${each.charCodeAt(0).toString(16).padStart(2, '0')}` : each),
  );
  return `"${escaped.join('')}"`;
}
