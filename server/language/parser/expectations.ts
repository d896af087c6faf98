/** The lines of `expect`: an expression, or `host.process finishes before TIME`. */
import type { Expression } from '../expression.ts';
import type { Expectation } from '../tree.ts';
import { parseExpressionIn, reportEquals } from './expressions.ts';
import { parseItems } from './items.ts';
import {
  advance,
  atNewline,
  atWord,
  expects,
  lineAt,
  type Parser,
  previousEnd,
  previousLine,
  reportWanted,
  startAt,
  stopListening,
} from './state.ts';

export function parseExpectations(p: Parser): Expectation[] {
  return parseItems(p, parseExpectation);
}

function parseExpectation(p: Parser): Expectation {
  const start = startAt(p);
  const line = lineAt(p);
  const test = parseExpressionIn(p, 'expect');
  const before = parseBefore(p);
  return { test, before, range: { start, end: previousEnd(p) }, line, endLine: previousLine(p) };
}

function parseBefore(p: Parser): Expression | null {
  if (p.panic || atNewline(p) || reportEquals(p)) return null;
  if (p.listener)
    expects(p, (from) => ({
      kind: 'word',
      text: 'finishes',
      doc: 'Behind `host.process`: it must have ended before a moment.',
      from,
    }));
  if (!atWord(p, 'finishes')) return null;
  advance(p);
  if (p.listener) expects(p, (from) => ({ kind: 'word', text: 'before', doc: 'The moment follows.', from }));
  if (atWord(p, 'before')) {
    advance(p);
    return parseExpressionIn(p, 'expect');
  }
  stopListening(p);
  reportWanted(p, '`before`');
  return null;
}
