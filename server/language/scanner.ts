/** Text to tokens. Never fails: what begins no token becomes one `bad` token, what is not closed ends with its line. */
import { in6End } from './in6Addr.ts';
import { CARRIAGE_RETURN, isDigit, isHexDigit, isLetter, isSpace, isWordPart, LINE_FEED } from './characters.ts';
import { type Comment, Kind, OPERATORS, operatorKind, type Tokens, type Unclosed } from './tokens.ts';

/** Operator kinds by first character, longest first. */
const BY_FIRST = OPERATORS.reduce<{ second: number; kind: number }[][]>((table, operator) => {
  const first = operator.charCodeAt(0);
  (table[first] ??= []).push({
    second: operator.length === 2 ? operator.charCodeAt(1) : -1,
    kind: operatorKind(operator),
  });
  return table;
}, []);

const QUOTE = 34;
const APOSTROPHE = 39;
const BACKSLASH = 92;
const SLASH = 47;
const STAR = 42;
const DOT = 46;
const COLON = 58;
const PERCENT = 37;
const UNDERSCORE = 95;
const MICRO = 0xb5;

interface Scan {
  readonly text: string;
  at: number;
  line: number;
  newline: number;
  count: number;
  kind: Uint8Array;
  start: Int32Array;
  end: Int32Array;
  lines: Int32Array;
  newlines: Uint8Array;
  readonly comments: Comment[];
  readonly unclosed: Unclosed[];
}

/** Scans a whole text. Cost is linear in its length. */
export function scan(text: string): Tokens {
  const state = beginScan(text);
  while (state.at < text.length) scanOne(state);
  push(state, Kind.end, text.length);
  return {
    text,
    count: state.count,
    kind: state.kind,
    start: state.start,
    end: state.end,
    line: state.lines,
    newline: state.newlines,
    comments: state.comments,
    unclosed: state.unclosed,
  };
}

function beginScan(text: string): Scan {
  const capacity = (text.length >> 2) + 16;
  return {
    text,
    at: 0,
    line: 1,
    newline: 0,
    count: 0,
    kind: new Uint8Array(capacity),
    start: new Int32Array(capacity),
    end: new Int32Array(capacity),
    lines: new Int32Array(capacity),
    newlines: new Uint8Array(capacity),
    comments: [],
    unclosed: [],
  };
}

/** Adds a token from `state.at` to `end` and moves there. */
function push(state: Scan, kind: number, end: number): void {
  if (state.count === state.kind.length) grow(state);
  const index = state.count++;
  state.kind[index] = kind;
  state.start[index] = state.at;
  state.end[index] = end;
  state.lines[index] = state.line;
  state.newlines[index] = state.newline;
  state.newline = 0;
  state.at = end;
}

function grow(state: Scan): void {
  const capacity = state.kind.length * 2;
  const bytes = (old: Uint8Array): Uint8Array => {
    const next = new Uint8Array(capacity);
    next.set(old);
    return next;
  };
  const words = (old: Int32Array): Int32Array => {
    const next = new Int32Array(capacity);
    next.set(old);
    return next;
  };
  state.kind = bytes(state.kind);
  state.newlines = bytes(state.newlines);
  state.start = words(state.start);
  state.end = words(state.end);
  state.lines = words(state.lines);
}

function scanOne(state: Scan): void {
  const code = state.text.charCodeAt(state.at);
  if (code === LINE_FEED) scanLineBreak(state);
  else if (isSpace(code)) state.at++;
  else if (isHexDigit(code) && isMac(state.text, state.at)) push(state, Kind.mac, state.at + 17);
  else if ((isHexDigit(code) || code === COLON) && in6End(state.text, state.at) > state.at)
    push(state, Kind.address, in6End(state.text, state.at));
  else if (isLetter(code)) push(state, Kind.word, wordEnd(state.text, state.at));
  else if (isDigit(code)) scanNumber(state);
  else if (code === QUOTE || code === APOSTROPHE) scanString(state, code);
  else if (code === SLASH && state.text.charCodeAt(state.at + 1) === SLASH) scanLineComment(state);
  else if (code === SLASH && state.text.charCodeAt(state.at + 1) === STAR) scanBlockComment(state);
  else scanOperator(state, code);
}

function scanLineBreak(state: Scan): void {
  state.at++;
  state.line++;
  state.newline = 1;
}

function wordEnd(text: string, at: number): number {
  let end = at + 1;
  while (isWordPart(text.charCodeAt(end))) end++;
  return end;
}

/** Six bytes in hexadecimal with colons, and nothing word-like behind them. */
function isMac(text: string, at: number): boolean {
  if (text.charCodeAt(at + 2) !== COLON || text.charCodeAt(at + 5) !== COLON) return false;
  for (let byte = 0; byte < 6; byte++) {
    const start = at + byte * 3;
    if (!isHexDigit(text.charCodeAt(start)) || !isHexDigit(text.charCodeAt(start + 1))) return false;
    if (byte < 5 && text.charCodeAt(start + 2) !== COLON) return false;
  }
  const after = text.charCodeAt(at + 17);
  return !isWordPart(after) && after !== COLON;
}

function scanNumber(state: Scan): void {
  const { text } = state;
  if (text.charCodeAt(state.at) === 48 && (text.charCodeAt(state.at + 1) | 32) === 120) {
    push(state, Kind.number, wordEnd(text, state.at));
    return;
  }
  const end = digitsAndDotsEnd(text, state.at);
  push(state, end.dots > 1 ? Kind.address : Kind.number, end.at);
  if (end.dots <= 1) scanUnit(state);
}

function digitsAndDotsEnd(text: string, from: number): { at: number; dots: number } {
  let at = from;
  let dots = 0;
  for (;;) {
    const code = text.charCodeAt(at);
    if (isDigit(code) || code === UNDERSCORE) at++;
    else if (code === DOT && isDigit(text.charCodeAt(at + 1))) {
      at++;
      dots++;
    } else return { at, dots };
  }
}

/** Letters or `%` that touch a number. `7%3` is a remainder: there `%` touches what follows as well. */
function scanUnit(state: Scan): void {
  const { text } = state;
  const code = text.charCodeAt(state.at);
  if (isLetter(code)) push(state, Kind.unit, wordEnd(text, state.at));
  else if (code === MICRO && isLetter(text.charCodeAt(state.at + 1))) push(state, Kind.unit, wordEnd(text, state.at));
  else if (code === PERCENT && !isWordPart(text.charCodeAt(state.at + 1))) push(state, Kind.unit, state.at + 1);
}

function scanString(state: Scan, quote: number): void {
  const { text } = state;
  let at = state.at + 1;
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === quote) {
      push(state, Kind.string, at + 1);
      return;
    }
    if (code === LINE_FEED || code === CARRIAGE_RETURN) break;
    if (code === BACKSLASH && text.charCodeAt(at + 1) !== LINE_FEED && at + 1 < text.length) at++;
  }
  state.unclosed.push({ what: 'string', start: state.at, end: at });
  push(state, Kind.string, at);
}

function scanLineComment(state: Scan): void {
  const feed = state.text.indexOf('\n', state.at);
  let end = feed < 0 ? state.text.length : feed;
  if (state.text.charCodeAt(end - 1) === CARRIAGE_RETURN) end--;
  state.comments.push({ start: state.at, end, line: state.line, before: state.count, block: false });
  state.at = end;
}

function scanBlockComment(state: Scan): void {
  const close = state.text.indexOf('*/', state.at + 2);
  const end = close < 0 ? state.text.length : close + 2;
  if (close < 0) state.unclosed.push({ what: 'comment', start: state.at, end: state.at + 2 });
  state.comments.push({ start: state.at, end, line: state.line, before: state.count, block: true });
  for (let at = state.text.indexOf('\n', state.at); at >= 0 && at < end; at = state.text.indexOf('\n', at + 1)) {
    state.line++;
    state.newline = 1;
  }
  state.at = end;
}

function scanOperator(state: Scan, code: number): void {
  const second = state.text.charCodeAt(state.at + 1);
  for (const candidate of BY_FIRST[code] ?? []) {
    if (candidate.second === -1 || candidate.second === second) {
      push(state, candidate.kind, state.at + (candidate.second === -1 ? 1 : 2));
      return;
    }
  }
  push(state, Kind.bad, badEnd(state.text, state.at));
}

function badEnd(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (isSpace(code) || isWordPart(code) || BY_FIRST[code] || code === QUOTE || code === APOSTROPHE) break;
    at++;
  }
  return at;
}
