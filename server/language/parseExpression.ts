/** One expression by itself: breakpoint conditions, watches, the debug console. */
import type { Diagnostic } from './diagnostic.ts';
import type { Expression } from './expression.ts';
import { parseExpressionIn } from './parser/expressions.ts';
import { atEnd, createParser, describeToken, rangeAt, report } from './parser/state.ts';
import { scan } from './scanner.ts';

export interface ParsedExpression {
  /** Always there; where text could not be read, `missing` nodes stand in it. */
  readonly expression: Expression;
  /** At most one of what could not be read, and one for each bad literal. Empty: the expression is whole. */
  readonly errors: readonly Diagnostic[];
}

/**
 * Parses a whole text as one expression. Ranges are offsets into `text`. Never throws.
 * Names of Linux constants (`AF_INET`, `ECONNREFUSED`) become `constant` nodes; other names stay `name` nodes.
 */
export function parseExpression(text: string): ParsedExpression {
  const tokens = scan(text);
  const p = createParser(tokens, () => false, null);
  p.depth = 1;
  const expression = parseExpressionIn(p, 'debugger');
  if (!p.panic && !atEnd(p)) report(p, 'NP1001', rangeAt(p), `Unexpected ${describeToken(p)} behind the expression.`);
  return { expression, errors: p.problems };
}
