/** The parser's cursor over the tokens, its problems, and what it tells a listener about the caret. */
import type { Code } from '../codes.ts';
import { type Diagnostic, diagnostic, type More } from '../diagnostic.ts';
import type { Range } from '../expression.ts';
import { CLOSE_BRACE, Kind, operatorOf, SEMICOLON, type Tokens, tokenText } from '../tokens.ts';
import type { Expected } from './expected.ts';

export interface Parser {
  readonly tokens: Tokens;
  index: number;
  /** First token of the item that is being parsed. */
  itemStart: number;
  /** Inside parentheses or brackets a line break ends nothing. */
  depth: number;
  /** How deep the expression under the cursor is nested. */
  nesting: number;
  /** A problem was reported in the current item: what follows on its line is not reported again. */
  panic: boolean;
  readonly problems: Diagnostic[];
  /** The blocks around the cursor; the first is the file itself. */
  readonly open: OpenBlock[];
  /** A block whose `}` was probably taken from it by an inner block, judging by indentation. */
  suspect: OpenBlock | null;
  /** Where blocks were last found unclosed: their enclosing ones are not reported again. */
  unclosedAt: number;
  /** How many `}` too many follow from a `}` that was reported missing. */
  forgiven: number;
  readonly skippedWords: Set<string>;
  /** Set when completion asks: what may stand at the end of the (cut) tokens. */
  readonly listener: Listener | null;
}

export interface OpenBlock {
  /** What to call it: `host server`. */
  readonly title: string;
  readonly start: number;
  readonly headerEnd: number;
  /** Column of the first character of the line on which it was opened. */
  readonly indent: number;
  /** Whether a word begins something in this block. */
  readonly knows: (word: string) => boolean;
}

export interface Listener {
  readonly expected: Expected[];
  deaf: boolean;
}

/** `knows` tells the words that begin something at the top of the text. */
export function createParser(tokens: Tokens, knows: (word: string) => boolean, listener: Listener | null): Parser {
  const file: OpenBlock = { title: '', start: -1, headerEnd: -1, indent: 0, knows };
  return {
    tokens,
    index: 0,
    itemStart: 0,
    depth: 0,
    nesting: 0,
    panic: false,
    problems: [],
    open: [file],
    suspect: null,
    unclosedAt: -1,
    forgiven: 0,
    skippedWords: new Set(),
    listener,
  };
}

export function kindAt(p: Parser): number {
  return p.tokens.kind[p.index]!;
}

/** The kind of the token `ahead` places further on; `end` behind the last. */
export function peekKind(p: Parser, ahead: number): number {
  return p.tokens.kind[Math.min(p.index + ahead, p.tokens.count - 1)]!;
}

export function at(p: Parser, kind: number): boolean {
  return p.tokens.kind[p.index] === kind;
}
export function atEnd(p: Parser): boolean {
  return p.tokens.kind[p.index] === Kind.end;
}
export function atNewline(p: Parser): boolean {
  return p.tokens.newline[p.index] === 1 && p.depth === 0;
}
export function textAt(p: Parser): string {
  return tokenText(p.tokens, p.index);
}
export function startAt(p: Parser): number {
  return p.tokens.start[p.index]!;
}
export function rangeAt(p: Parser): Range {
  return { start: p.tokens.start[p.index]!, end: p.tokens.end[p.index]! };
}
export function lineAt(p: Parser): number {
  return p.tokens.line[p.index]!;
}

/** End of the token before the current one; 0 at the start. */
export function previousEnd(p: Parser): number {
  return p.index > 0 ? p.tokens.end[p.index - 1]! : 0;
}
export function previousLine(p: Parser): number {
  return p.index > 0 ? p.tokens.line[p.index - 1]! : 1;
}

/** Whether no gap stands between the current token and the one before. */
export function touches(p: Parser): boolean {
  return startAt(p) === previousEnd(p);
}
export function touchesAhead(p: Parser, ahead: number): boolean {
  const index = Math.min(p.index + ahead, p.tokens.count - 1);
  return index > 0 && p.tokens.start[index] === p.tokens.end[index - 1];
}

export function atWord(p: Parser, text: string): boolean {
  return at(p, Kind.word) && textAt(p) === text;
}

export function advance(p: Parser): void {
  if (!atEnd(p)) p.index++;
}

/** Takes the token if it is of this kind. */
export function accept(p: Parser, kind: number): boolean {
  if (!at(p, kind)) return false;
  p.index++;
  return true;
}

/** Reports a problem, unless this item has one already. */
export function report(p: Parser, code: Code, range: Range, message: string, more?: More): void {
  if (!p.panic) p.problems.push(diagnostic(code, range, message, more));
  p.panic = true;
}

/** Reports a problem that leaves the parser in step: what follows is still worth a report of its own. */
export function remark(p: Parser, code: Code, range: Range, message: string, more?: More): void {
  if (!p.panic) p.problems.push(diagnostic(code, range, message, more));
}

/** Reports that something else must stand here; `wanted` is a noun phrase. */
export function reportWanted(p: Parser, wanted: string): void {
  const missing = atEnd(p) || at(p, CLOSE_BRACE) || at(p, SEMICOLON) || (atNewline(p) && p.index !== p.itemStart);
  const range = missing ? { start: previousEnd(p), end: previousEnd(p) } : rangeAt(p);
  report(
    p,
    'NP1001',
    range,
    missing ? `${capital(wanted)} is missing here.` : `Expected ${wanted}, found ${describeToken(p)}.`,
  );
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What the current token is, for a message. */
export function describeToken(p: Parser): string {
  if (atEnd(p)) return 'the end of the file';
  const text = textAt(p);
  const shown = text.length > 40 ? `${text.slice(0, 40)}...` : text;
  return operatorOf(kindAt(p)) || at(p, Kind.word) ? `\`${shown}\`` : shown;
}

/** Tells the listener what may stand at the caret, if the parser has reached it. `from` is where the replaced text starts. */
export function expects(p: Parser, make: (from: number) => Expected, from = startAt(p)): void {
  if (p.listener && atEnd(p) && !p.listener.deaf) p.listener.expected.push(make(from));
}

/** From here on the parser only unwinds: what enclosing blocks would accept is not possible at the caret. */
export function stopListening(p: Parser): void {
  if (p.listener && atEnd(p)) p.listener.deaf = true;
}
