/**
 * The token kinds of a scenario and the arrays that hold them.
 *
 * Tokens live in typed arrays, not objects: a 10,000-line file has some 40,000 of them at every edit.
 */

/** What a token is. Operators and brackets follow from `FIRST_OPERATOR` on, in the order of `OPERATORS`. */
export const Kind = {
  end: 0,
  word: 1,
  /** Digits, `1_000`, `0.5` or `0x1f`; a `unit` token may follow without a gap. */
  number: 2,
  unit: 3,
  string: 4,
  /** Digits and at least two dots, or hexadecimal digits and colons: the parser says whether it is an address. */
  address: 5,
  mac: 6,
  /** A run of characters that begins no token. */
  bad: 7,
} as const;

const FIRST_OPERATOR = 16;

/** Longest first where one begins another: the scanner takes the first that fits. */
export const OPERATORS = [
  '->',
  '||',
  '&&',
  '==',
  '!=',
  '<=',
  '>=',
  '<<',
  '>>',
  '{',
  '}',
  '(',
  ')',
  '[',
  ']',
  ';',
  ',',
  ':',
  '.',
  '?',
  '=',
  '<',
  '>',
  '|',
  '^',
  '&',
  '+',
  '-',
  '*',
  '/',
  '%',
  '!',
  '~',
] as const;

export type Operator = (typeof OPERATORS)[number];

/** The token kind of an operator or bracket. */
export function operatorKind(operator: Operator): number {
  return FIRST_OPERATOR + OPERATORS.indexOf(operator);
}

/** The operator that a token kind stands for, or null. */
export function operatorOf(kind: number): Operator | null {
  return OPERATORS[kind - FIRST_OPERATOR] ?? null;
}

export const OPEN_BRACE = operatorKind('{');
export const CLOSE_BRACE = operatorKind('}');
export const OPEN_PAREN = operatorKind('(');
export const CLOSE_PAREN = operatorKind(')');
export const OPEN_BRACKET = operatorKind('[');
export const CLOSE_BRACKET = operatorKind(']');
export const SEMICOLON = operatorKind(';');
export const COMMA = operatorKind(',');
export const COLON = operatorKind(':');
export const DOT = operatorKind('.');
export const ARROW = operatorKind('->');
export const QUESTION = operatorKind('?');
export const EQUALS = operatorKind('=');
export const HYPHEN = operatorKind('-');
export const SLASH = operatorKind('/');

/** The scanned text. Token `count - 1` is always the `end` token, of no width. */
export interface Tokens {
  readonly text: string;
  readonly count: number;
  readonly kind: Uint8Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** 1-based line of the token's first character. */
  readonly line: Int32Array;
  /** 1 where a line break stands between this token and the one before. */
  readonly newline: Uint8Array;
  readonly comments: readonly Comment[];
  /** Strings and comments that were never closed. */
  readonly unclosed: readonly Unclosed[];
}

export interface Comment {
  readonly start: number;
  readonly end: number;
  readonly line: number;
  /** Index of the first token after it. */
  readonly before: number;
  readonly block: boolean;
}

export interface Unclosed {
  readonly what: 'string' | 'comment';
  readonly start: number;
  readonly end: number;
}

/** The text of token `index`. */
export function tokenText(tokens: Tokens, index: number): string {
  return tokens.text.slice(tokens.start[index], tokens.end[index]);
}

/** Index of the last token that starts at or before `offset`; -1 when none does. */
export function tokenAt(tokens: Tokens, offset: number): number {
  let low = 0;
  let high = tokens.count - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (tokens.start[middle]! <= offset) low = middle;
    else high = middle - 1;
  }
  return tokens.count > 0 && tokens.start[low]! <= offset ? low : -1;
}
