/** `flags & POLLIN == POLLIN` compares first, as in C, and means it hardly ever. */
import { replaceFix } from '../diagnostic.ts';
import type { BinaryOperator, Expression, Range } from '../expression.ts';
import type { Reporter } from './reporter.ts';

type Binary = Expression & { kind: 'binary' };

const BITS: ReadonlySet<BinaryOperator> = new Set(['&', '|', '^']);
const COMPARES: ReadonlySet<BinaryOperator> = new Set(['==', '!=', '<', '<=', '>', '>=']);

/** Warns of a comparison without parentheses beside a bit operator. */
export function checkPrecedence({ report, text }: Reporter, outer: Binary): void {
  if (!BITS.has(outer.operator)) return;
  const between = text.slice(outer.left.range.end, outer.right.range.start);
  if (isComparison(outer.right) && !between.includes('('))
    warn(outer.right, { start: outer.left.range.start, end: outer.right.left.range.end });
  else if (isComparison(outer.left) && !between.includes(')'))
    warn(outer.left, { start: outer.left.right.range.start, end: outer.right.range.end });

  function warn(inner: Binary, meant: Range): void {
    const message = `\`${inner.operator}\` is done before \`${outer.operator}\`, as in C: ${text.slice(inner.range.start, inner.range.end)} is 0 or 1 here.`;
    report('NP1411', outer.range, message, { fixes: [replaceFix(meant, `(${text.slice(meant.start, meant.end)})`)] });
  }
}

function isComparison(expression: Expression): expression is Binary {
  return expression.kind === 'binary' && COMPARES.has(expression.operator);
}
