/** What an expression measures, as far as the text tells: variables and results of calls stay unknown. */
import type { BinaryOperator, Dimension, Expression, Range } from './expression.ts';
import { DIMENSION_NAMES, unitList } from './schema/units.ts';

export interface DimensionClash {
  readonly range: Range;
  readonly message: string;
}

const COMPARED: ReadonlySet<BinaryOperator> = new Set(['==', '!=', '<', '<=', '>', '>=', '+', '-']);
const BOOLEAN: ReadonlySet<BinaryOperator> = new Set(['==', '!=', '<', '<=', '>', '>=', '&&', '||']);

/** The dimension, or null when it is not known; `clash` hears of operands that do not go together. */
export function dimensionOf(expression: Expression, clash: (clash: DimensionClash) => void): Dimension | null {
  switch (expression.kind) {
    case 'number':
      return expression.dimension === 'none' && expression.value === 0 ? null : expression.dimension;
    case 'constant':
      return 'none';
    case 'unary':
      return dimensionOf(expression.operand, clash);
    case 'binary':
      return binaryDimension(expression, clash);
    case 'conditional':
      return conditionalDimension(expression, clash);
    case 'call':
      for (const each of expression.arguments) dimensionOf(each, clash);
      return expression.callee === 'clock_gettime' ? 'ns' : null;
    case 'list':
      for (const each of expression.elements) dimensionOf(each, clash);
      return null;
    default:
      return null;
  }
}

function conditionalDimension(
  expression: Expression & { kind: 'conditional' },
  clash: (clash: DimensionClash) => void,
): Dimension | null {
  dimensionOf(expression.test, clash);
  const then = dimensionOf(expression.then, clash);
  return dimensionOf(expression.otherwise, clash) ?? then;
}

function binaryDimension(
  expression: Expression & { kind: 'binary' },
  clash: (clash: DimensionClash) => void,
): Dimension | null {
  const { operator, range } = expression;
  const left = dimensionOf(expression.left, clash);
  const right = dimensionOf(expression.right, clash);
  if (COMPARED.has(operator) && left && right && left !== right && !areSizes(left, right)) {
    clash({
      range,
      message: `\`${operator}\` joins ${DIMENSION_NAMES[left]} and ${DIMENSION_NAMES[right]}.${unitHint(left, right)}`,
    });
    return null;
  }
  if (BOOLEAN.has(operator)) return 'none';
  if (operator === '*') return left === 'none' ? right : right === 'none' ? left : null;
  if (operator === '/' && left !== null && left === right) return 'none';
  return left ?? (COMPARED.has(operator) ? right : null);
}

/** Sizes may be written without a unit. */
function areSizes(left: Dimension, right: Dimension): boolean {
  return [left, right].every((each) => each === 'bytes' || each === 'none');
}

function unitHint(left: Dimension, right: Dimension): string {
  const measured = left === 'none' ? right : right === 'none' ? left : null;
  return measured ? ` Units: ${unitList(measured)}.` : '';
}
