/** Operators over values as C has them: integers divide to integers, bits are unsigned, truth is what is neither 0 nor null. */
import type { BinaryOperator } from '../../../server/language/expression.ts';
import { typeName } from '../../inspect/struct.ts';
import { text as bufferText } from '../../world/process/operators.ts';
import type { BufferValue } from '../../world/process/value.ts';
import { EvaluationError } from './found.ts';

export function isTrue(value: unknown): boolean {
  if (isList(value)) return value.items.length > 0;
  if (isBuffer(value)) return value.length > 0;
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
  if (operator === '==') return equal(left, right);
  if (operator === '!=') return !equal(left, right);
  if (operator === '+' && isList(left) && isList(right))
    return { kind: 'list', items: [...left.items, ...right.items] };
  if (operator === '+' && typeof left === 'string' && typeof right === 'string') return left + right;
  if (operator === '+' && isList(left) && isList(right))
    return { kind: 'list', items: [...left.items, ...right.items] };
  return ARITHMETIC[operator](asNumber(operator, left), asNumber(operator, right));
}

export function applyUnary(operator: '!' | '-' | '~', operand: unknown): unknown {
  if (operator === '!') return !isTrue(operand);
  const value = asNumber(operator, operand);
  return operator === '-' ? -value : ~value >>> 0;
}

function asNumber(operator: string, value: unknown): number {
  if (typeof value === 'number') return value;
  if (typeof value === 'boolean') return Number(value);
  throw new EvaluationError(
    `${operator} takes numbers, not ${value === undefined ? 'a name without a value' : typeName(value)}`,
  );
}

/** Strings with strings and received bytes, endpoints and lists by what they hold, structs by identity; null is 0, as NULL is. */
export function equal(left: unknown, right: unknown): boolean {
  const [a, b] = [comparable(left), comparable(right)];
  if (isEndpoint(a) && isEndpoint(b)) return a.address === b.address && a.port === b.port;
  if (isList(a) && isList(b))
    return a.items.length === b.items.length && a.items.every((item, i) => equal(item, b.items[i]));
  return a === b;
}

function comparable(value: unknown): unknown {
  if (typeof value === 'boolean') return Number(value);
  if (value === null || value === undefined) return 0;
  return isBuffer(value) ? bufferText(value.bytes, value.length) : value;
}

const kindOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? (value as { kind?: unknown }).kind : undefined;
const isBuffer = (value: unknown): value is BufferValue => kindOf(value) === 'buffer';
const isEndpoint = (value: unknown): value is { address: number; port: number } => kindOf(value) === 'endpoint';
const isList = (value: unknown): value is { items: readonly unknown[] } => kindOf(value) === 'list';
