/** Expressions: C's precedence, no assignment inside, a line break ends them outside parentheses unless an operator is open. */
import { removeFix, replaceFix } from '../diagnostic.ts';
import { isIn6, type IpAddress } from '../addresses.ts';
import type { BinaryOperator, Expression, Range } from '../expression.ts';
import { PRECEDENCE } from '../precedence.ts';
import { CONSTANTS } from '../schema/constants.ts';
import type { ExpressionScope } from '../schema/shapes.ts';
import {
  ARROW,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  CLOSE_PAREN,
  COLON,
  COMMA,
  DOT,
  EQUALS,
  Kind,
  OPEN_BRACE,
  OPEN_BRACKET,
  OPEN_PAREN,
  operatorKind,
  operatorOf,
  QUESTION,
} from '../tokens.ts';
import type { ArgumentPlace } from './expected.ts';
import { parseAddress, parseNumber, parseString } from './literals.ts';
import {
  accept,
  advance,
  at,
  atEnd,
  atNewline,
  expects,
  kindAt,
  type Parser,
  peekKind,
  previousEnd,
  rangeAt,
  remark,
  report,
  reportWanted,
  startAt,
  stopListening,
  textAt,
  touches,
  touchesAhead,
} from './state.ts';

const BINARY_BY_KIND = new Map<number, BinaryOperator>(
  (Object.keys(PRECEDENCE) as BinaryOperator[]).map((operator) => [operatorKind(operator), operator]),
);

const AMPERSAND = operatorKind('&');

const UNARY = new Map<number, '!' | '-' | '~'>([
  [operatorKind('!'), '!'],
  [operatorKind('-'), '-'],
  [operatorKind('~'), '~'],
]);

/** How deep an expression's tree may grow before the parser refuses: the stack is finite. */
const MAX_DEPTH = 200;

interface Context {
  readonly scope: ExpressionScope;
  readonly argument: ArgumentPlace | null;
}

/** Parses one expression; a `missing` node stands where none could be read. */
export function parseExpressionIn(p: Parser, scope: ExpressionScope): Expression {
  return parseConditional(p, CONTEXTS[scope]);
}

/** One context a scope: most expressions need no other. */
const CONTEXTS: Readonly<Record<ExpressionScope, Context>> = {
  process: { scope: 'process', argument: null },
  packet: { scope: 'packet', argument: null },
  expect: { scope: 'expect', argument: null },
  debugger: { scope: 'debugger', argument: null },
};

function join(left: Range, end: number): Range {
  return { start: left.start, end };
}

function parseConditional(p: Parser, context: Context): Expression {
  p.nesting++;
  const expression = parseConditionalInside(p, context);
  p.nesting--;
  return expression;
}

function parseConditionalInside(p: Parser, context: Context): Expression {
  const test = parseBinary(p, 1, context);
  if (!at(p, QUESTION) || atNewline(p)) return test;
  advance(p);
  const then = parseConditional(p, context);
  if (!accept(p, COLON)) {
    reportWanted(p, '`:` of the conditional');
    return test;
  }
  const otherwise = parseConditional(p, context);
  return { kind: 'conditional', test, then, otherwise, range: join(test.range, otherwise.range.end) };
}

function parseBinary(p: Parser, least: number, context: Context): Expression {
  let left = parseUnary(p, context);
  for (let links = 0; links < MAX_DEPTH; links++) {
    if (p.listener && !atNewline(p)) expects(p, (from) => ({ kind: 'operator', from }));
    const operator = BINARY_BY_KIND.get(kindAt(p));
    if (!operator || atNewline(p) || PRECEDENCE[operator] < least) return left;
    advance(p);
    const right = parseBinary(p, PRECEDENCE[operator] + 1, context);
    left = { kind: 'binary', operator, left, right, range: join(left.range, right.range.end) };
    if (p.panic) return left;
  }
  return tooDeep(p);
}

function parseUnary(p: Parser, context: Context): Expression {
  const operator = UNARY.get(kindAt(p));
  if (!operator) return parsePostfix(p, context);
  const start = startAt(p);
  if (p.nesting > MAX_DEPTH) return tooDeep(p);
  advance(p);
  p.nesting++;
  const operand = parseUnary(p, context);
  p.nesting--;
  return { kind: 'unary', operator, operand, range: { start, end: operand.range.end } };
}

function tooDeep(p: Parser): Expression {
  reportWanted(p, `an expression nested at most ${MAX_DEPTH} deep`);
  return missing(p);
}

function missing(p: Parser): Expression {
  return { kind: 'missing', range: { start: previousEnd(p), end: previousEnd(p) } };
}

function parsePostfix(p: Parser, context: Context): Expression {
  let object = parsePrimary(p, context);
  for (let links = 0; links < MAX_DEPTH; links++) {
    if ((at(p, DOT) || at(p, ARROW)) && !atNewline(p)) object = parseMember(p, object, context);
    else if (at(p, OPEN_BRACKET) && touches(p)) object = parseIndex(p, object, context);
    else return object;
    if (p.panic) return object;
  }
  return tooDeep(p);
}

function parseMember(p: Parser, object: Expression, context: Context): Expression {
  const arrow = at(p, ARROW);
  advance(p);
  if (p.listener) expects(p, (from) => ({ kind: 'member', object, scope: context.scope, from }));
  if (!at(p, Kind.word)) {
    stopListening(p);
    reportWanted(p, 'a name');
    return {
      kind: 'member',
      object,
      name: '',
      nameRange: { start: previousEnd(p), end: previousEnd(p) },
      arrow,
      range: join(object.range, previousEnd(p)),
    };
  }
  const name = textAt(p);
  const nameRange = rangeAt(p);
  advance(p);
  return { kind: 'member', object, name, nameRange, arrow, range: join(object.range, nameRange.end) };
}

function parseIndex(p: Parser, object: Expression, context: Context): Expression {
  advance(p);
  p.depth++;
  const index = parseConditional(p, CONTEXTS[context.scope]);
  p.depth--;
  closeWith(p, CLOSE_BRACKET, ']');
  return { kind: 'index', object, index, range: join(object.range, previousEnd(p)) };
}

function closeWith(p: Parser, kind: number, text: string): void {
  if (p.listener) expects(p, (from) => ({ kind: 'mark', text, from }));
  if (!accept(p, kind)) {
    stopListening(p);
    reportWanted(p, `\`${text}\``);
  }
}

function parsePrimary(p: Parser, context: Context): Expression {
  if (p.listener)
    expects(p, (from) => ({ kind: 'expression', scope: context.scope, argument: context.argument, from }));
  if (p.nesting > MAX_DEPTH) return tooDeep(p);
  if (isOnNextLine(p)) return wantExpression(p);
  switch (kindAt(p)) {
    case Kind.number:
      return parseNumber(p, null);
    case Kind.string:
      return parseString(p);
    case Kind.address:
      return parseAddressOrEndpoint(p);
    case Kind.word:
      return parseWord(p, context);
    case OPEN_PAREN:
      return parseParenthesised(p, context);
    case OPEN_BRACKET:
      return atBracketedAddress(p) ? parseBracketed(p) : parseList(p, context);
    default:
      return wantExpression(p);
  }
}

function wantExpression(p: Parser): Expression {
  stopListening(p);
  if (!reportHabit(p)) reportWanted(p, 'an expression');
  return missing(p);
}

/** What C and JavaScript write at the start of an expression. */
function reportHabit(p: Parser): boolean {
  if (at(p, EQUALS)) return reportEquals(p);
  if (at(p, OPEN_BRACE) && !isOnNextLine(p)) reportBraces(p);
  else if (at(p, AMPERSAND) && peekKind(p, 1) === Kind.word && touchesAhead(p, 1))
    report(p, 'NP1001', rangeAt(p), 'A list is given by its name, without `&`.', { fixes: [removeFix(rangeAt(p))] });
  return p.panic;
}

/** `{ a, b }` for a list: skipped as far as its line goes, for what follows belongs to this item. */
function reportBraces(p: Parser): void {
  const message = 'Expected an expression, found `{`: a list stands in `[ ]`, as `[pollfd(fd, POLLIN)]`.';
  report(p, 'NP1001', rangeAt(p), message);
  let open = 0;
  do {
    if (at(p, OPEN_BRACE)) open++;
    if (at(p, CLOSE_BRACE)) open--;
    advance(p);
  } while (open > 0 && !atEnd(p) && !atNewline(p));
}

/** `a = b` and `a === b` where only a comparison can be meant; whether it stands there and was reported. */
export function reportEquals(p: Parser): boolean {
  if (!at(p, EQUALS) || atNewline(p)) return false;
  const third = p.index > 0 && touches(p) && operatorOf(p.tokens.kind[p.index - 1]!) !== null;
  const fix = third ? removeFix(rangeAt(p)) : replaceFix(rangeAt(p), '==');
  report(p, 'NP1001', rangeAt(p), 'A comparison is written `==`.', { fixes: [fix] });
  return true;
}

/** An expression may go on over a line break only behind an operator. */
function isOnNextLine(p: Parser): boolean {
  return atNewline(p) && p.index !== p.itemStart && operatorOf(p.tokens.kind[p.index - 1]!) === null;
}

function parseParenthesised(p: Parser, context: Context): Expression {
  advance(p);
  p.depth++;
  const inner = parseConditional(p, CONTEXTS[context.scope]);
  p.depth--;
  closeWith(p, CLOSE_PAREN, ')');
  return inner;
}

/** `[a, b]`; a comma may stand behind the last element, as in C's initialisers. */
function parseList(p: Parser, context: Context): Expression {
  const start = startAt(p);
  advance(p);
  p.depth++;
  const elements: Expression[] = [];
  while (!at(p, CLOSE_BRACKET)) {
    elements.push(parseConditional(p, CONTEXTS[context.scope]));
    if (p.panic || !accept(p, COMMA)) break;
  }
  p.depth--;
  closeSequence(p, elements.length, CLOSE_BRACKET, ']');
  if (p.panic) elements.push(missing(p));
  return { kind: 'list', elements, range: { start, end: previousEnd(p) } };
}

function parseAddressOrEndpoint(p: Parser): Expression {
  const { address, range } = parseAddress(p);
  if (!atPort(p)) return { kind: 'address', value: address, range };
  return parsePort(p, address, null, range);
}

/** `:7` without gaps. */
function atPort(p: Parser): boolean {
  return at(p, COLON) && touches(p) && peekKind(p, 1) === Kind.number && touchesAhead(p, 1);
}

/** `[::1]:7` and `[server]:7`. */
function atBracketedAddress(p: Parser): boolean {
  const inner = peekKind(p, 1);
  if (inner !== Kind.address && inner !== Kind.word) return false;
  return (
    peekKind(p, 2) === CLOSE_BRACKET && peekKind(p, 3) === COLON && touchesAhead(p, 3) && peekKind(p, 4) === Kind.number
  );
}

function parseBracketed(p: Parser): Expression {
  const start = startAt(p);
  advance(p);
  const host = at(p, Kind.word) ? textAt(p) : null;
  const { address, range } = host === null ? parseAddress(p) : { address: 0, range: rangeAt(p) };
  if (host !== null) advance(p);
  if (!isIn6(address) && host === null)
    remark(p, 'NP1009', range, 'In brackets stands an IPv6 address: an IPv4 address has none.');
  advance(p);
  return parsePort(p, address, host, { start, end: previousEnd(p) }, true);
}

function parsePort(p: Parser, address: IpAddress, host: string | null, before: Range, bracketed = false): Expression {
  advance(p);
  const port = parseNumber(p, 'none');
  const value = port.kind === 'number' ? port.value : 0;
  if (value > 65_535 || !Number.isInteger(value)) remark(p, 'NP1202', port.range, 'A port is a number 0..65535.');
  return { kind: 'endpoint', address, port: value, host, bracketed, range: join(before, port.range.end) };
}

function parseWord(p: Parser, context: Context): Expression {
  const name = textAt(p);
  const range = rangeAt(p);
  advance(p);
  if (at(p, OPEN_PAREN) && !atNewline(p)) return parseCall(p, name, range, context);
  if (atPort(p)) return parsePort(p, 0, name, range);
  if (name === 'true' || name === 'false') return { kind: 'boolean', value: name === 'true', range };
  if (name === 'null' || name === 'NULL') return { kind: 'null', range };
  const constant = CONSTANTS.get(name);
  if (constant) return { kind: 'constant', name, value: constant.value, range };
  return { kind: 'name', name, range };
}

function parseCall(p: Parser, callee: string, calleeRange: Range, context: Context): Expression {
  advance(p);
  p.depth++;
  const list: Expression[] = [];
  while (!at(p, CLOSE_PAREN)) {
    list.push(parseConditional(p, argumentContext(p, context, callee, list.length)));
    if (p.panic || !accept(p, COMMA)) break;
  }
  p.depth--;
  closeSequence(p, list.length, CLOSE_PAREN, ')');
  return { kind: 'call', callee, calleeRange, arguments: list, range: join(calleeRange, previousEnd(p)) };
}

/** Only completion asks which argument it is. */
function argumentContext(p: Parser, context: Context, callee: string, index: number): Context {
  return p.listener ? { scope: context.scope, argument: { callee, index } } : CONTEXTS[context.scope];
}

function closeSequence(p: Parser, count: number, kind: number, text: string): void {
  if (p.listener) expects(p, (from) => ({ kind: 'mark', text, from }));
  if (p.listener && count > 0) expects(p, (from) => ({ kind: 'mark', text: ',', from }));
  if (accept(p, kind)) return;
  stopListening(p);
  reportWanted(p, `\`,\` or \`${text}\``);
}
