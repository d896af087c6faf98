/** Operators over values as C has them: integers divide to integers, bits are unsigned, truth is what is neither 0 nor null. */
import type { BinaryOperator } from '../../../server/language/expression.ts';
import { typeName } from '../../inspect/struct.ts';
import { isOf, numberOf, same } from '../../world/process/operators.ts';
import { EvaluationError } from './found.ts';

export function isTrue(value: unknown): boolean {
  if (isOf(value, 'list')) return value.items.length > 0;
  if (isOf(value, 'buffer')) return value.length > 0;
  return value !== null && value !== undefined && value !== false && value !== 0 && value !== '';
}

const wide = (a: number, b: number, narrow: (a: number, b: number) => number): number => {
  if (a < 0 || b < 0 || a > 0xffffffff || b > 0xffffffff)
    throw new EvaluationError('bit operators take numbers of 32 bits');
  return narrow(a, b) >>> 0;
};

const divide = (a: number, b: number, then: (a: number, b: number) => number): number => {
  if (b === 0) throw new EvaluationError('division by zero');
  return then(a, b);
};

type Arithmetic = Exclude<BinaryOperator, '||' | '&&' | '==' | '!='>;

const ARITHMETIC: Readonly<Record<Arithmetic, (a: number, b: number) => number | boolean>> = {
  '|': (a, b) => wide(a, b, (x, y) => x | y),
  '^': (a, b) => wide(a, b, (x, y) => x ^ y),
  '&': (a, b) => wide(a, b, (x, y) => x & y),
  '<<': (a, b) => wide(a, b, (x, y) => x << y),
  '>>': (a, b) => wide(a, b, (x, y) => x >>> y),
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => divide(a, b, (x, y) => Math.trunc(x / y)),
  '%': (a, b) => divide(a, b, (x, y) => x % y),
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
};

/** All but `&&` and `||`, which need not have both sides evaluated. */
export function applyBinary(operator: Exclude<BinaryOperator, '||' | '&&'>, left: unknown, right: unknown): unknown {
  if (operator === '==') return same(left, right);
  if (operator === '!=') return !same(left, right);
  if (operator === '+' && isOf(left, 'list') && isOf(right, 'list'))
    return { kind: 'list', items: [...left.items, ...right.items] };
  if (operator === '+' && typeof left === 'string' && typeof right === 'string') return left + right;
  return ARITHMETIC[operator](asNumber(operator, left), asNumber(operator, right));
}

export function applyUnary(operator: '!' | '-' | '~', operand: unknown): unknown {
  if (operator === '!') return !isTrue(operand);
  const value = asNumber(operator, operand);
  return operator === '-' ? -value : ~value >>> 0;
}

function asNumber(operator: string, value: unknown): number {
  const number = numberOf(value);
  if (number !== undefined) return number;
  throw new EvaluationError(
    `${operator} takes numbers, not ${value === undefined ? 'a name without a value' : typeName(value)}`,
  );
}
