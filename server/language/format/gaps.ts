/** What stands between two tokens: nothing, a space, line breaks, comments. */
import {
  CLOSE_BRACE,
  CLOSE_BRACKET,
  CLOSE_PAREN,
  COLON,
  COMMA,
  type Comment,
  Kind,
  OPEN_BRACE,
  OPEN_BRACKET,
  OPEN_PAREN,
  operatorKind,
  operatorOf,
  SEMICOLON,
  type Tokens,
  tokenText,
} from '../tokens.ts';
import type { Layout } from './layout.ts';

export interface Style {
  /** One step of indentation: two spaces, or a tab. */
  readonly indent: string;
  readonly lineBreak: string;
}

const UNARY = new Set([operatorKind('!'), operatorKind('~'), operatorKind('-')]);
const NOT = operatorKind('!');
const COMPLEMENT = operatorKind('~');

/** The text between token `index - 1` and token `index`, without the comments between them. */
export function gapText(
  tokens: Tokens,
  layout: Layout,
  index: number,
  comments: readonly Comment[],
  style: Style,
): string {
  if (comments.length > 0) return gapWithComments(tokens, layout, index, comments, style);
  const breaks = lineBreaks(tokens.text, index > 0 ? tokens.end[index - 1]! : 0, tokens.start[index]!);
  if (tokens.kind[index] === Kind.end) return index === 0 ? '' : style.lineBreak;
  if (index === 0) return '';
  if (breaksLine(tokens, layout, index, breaks)) return newLine(tokens, layout, index, breaks, style);
  return hasSpace(tokens, layout, index) ? ' ' : '';
}

function lineBreaks(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

function breaksLine(tokens: Tokens, layout: Layout, index: number, breaks: number): boolean {
  const before = tokens.kind[index - 1]!;
  const kind = tokens.kind[index]!;
  if (kind === OPEN_BRACE || isElse(tokens, index)) return false;
  if (before === OPEN_BRACE && kind === CLOSE_BRACE) return false;
  if ((before === OPEN_BRACE && layout.spread[index - 1]) || (kind === CLOSE_BRACE && layout.spread[index]))
    return true;
  return breaks > 0;
}

/** `else` stays behind its `}`. */
function isElse(tokens: Tokens, index: number): boolean {
  return (
    tokens.kind[index - 1] === CLOSE_BRACE && tokens.kind[index] === Kind.word && tokenText(tokens, index) === 'else'
  );
}

/** One blank line at most, none at the edges of a block. */
function newLine(tokens: Tokens, layout: Layout, index: number, breaks: number, style: Style): string {
  const edge = tokens.kind[index - 1] === OPEN_BRACE || tokens.kind[index] === CLOSE_BRACE;
  return style.lineBreak.repeat(breaks > 1 && !edge ? 2 : 1) + indentation(tokens, layout, index, style);
}

function indentation(tokens: Tokens, layout: Layout, index: number, style: Style): string {
  return style.indent.repeat(layout.depth[index]! + (continues(tokens, layout, index) ? 1 : 0));
}

/** Whether the token goes on with what the line above began. */
function continues(tokens: Tokens, layout: Layout, index: number): boolean {
  if (index === 0 || tokens.kind[index] === CLOSE_BRACE) return false;
  if (tokens.kind[index] === CLOSE_PAREN || tokens.kind[index] === CLOSE_BRACKET) return false;
  if (layout.parens[index]! > 0) return true;
  const before = tokens.kind[index - 1]!;
  if ([OPEN_BRACE, CLOSE_BRACE, SEMICOLON, CLOSE_PAREN, CLOSE_BRACKET].includes(before)) return false;
  return operatorOf(before) !== null || tokens.kind[index] === COMMA;
}

function hasSpace(tokens: Tokens, layout: Layout, index: number): boolean {
  const before = tokens.kind[index - 1]!;
  const kind = tokens.kind[index]!;
  if (layout.glued[index]) return false;
  if (before === OPEN_BRACE && kind === CLOSE_BRACE) return false;
  if (kind === COMMA || kind === SEMICOLON || kind === CLOSE_PAREN || kind === CLOSE_BRACKET) return false;
  if (before === OPEN_PAREN || before === OPEN_BRACKET) return false;
  if (kind === COLON) return layout.conditional[index] !== 0 || layout.spaced[index] !== 0;
  if (kind === OPEN_PAREN || kind === OPEN_BRACKET) return !isCallee(tokens, index - 1, kind);
  return !isUnary(tokens, index - 1);
}

/** `send(` and `stat[`: a name, or the end of an indexed value. Words before an expression are no callees. */
function isCallee(tokens: Tokens, index: number, opens: number): boolean {
  const kind = tokens.kind[index]!;
  if (kind === Kind.word) return !WORDS_BEFORE_PAREN.has(tokenText(tokens, index));
  return opens === OPEN_BRACKET && (kind === CLOSE_BRACKET || kind === CLOSE_PAREN);
}

const WORDS_BEFORE_PAREN: ReadonlySet<string> = new Set(['if', 'in', 'repeat', 'sleep', 'compute', 'when', 'before']);

/** `-` is a sign unless a value stands before it. */
function isUnary(tokens: Tokens, index: number): boolean {
  const kind = tokens.kind[index]!;
  if (!UNARY.has(kind)) return false;
  if (kind === NOT || kind === COMPLEMENT) return true;
  const before = index > 0 ? tokens.kind[index - 1]! : OPEN_BRACE;
  if (before === Kind.word) return WORDS_BEFORE_PAREN.has(tokenText(tokens, index - 1));
  return operatorOf(before) !== null && before !== CLOSE_PAREN && before !== CLOSE_BRACKET;
}

/** Comments keep their text and their line; only what is around them is laid out. */
function gapWithComments(
  tokens: Tokens,
  layout: Layout,
  index: number,
  comments: readonly Comment[],
  style: Style,
): string {
  const { text } = tokens;
  const inner = style.lineBreak + style.indent.repeat(commentDepth(tokens, layout, index));
  let result = '';
  let from = index > 0 ? tokens.end[index - 1]! : 0;
  for (const comment of comments) {
    const breaks = lineBreaks(text, from, comment.start);
    const first = result === '' && (index === 0 || tokens.kind[index - 1] === OPEN_BRACE);
    if (breaks === 0) result += from === 0 ? '' : ' ';
    else if (index > 0 || result !== '') result += (breaks > 1 && !first ? style.lineBreak : '') + inner;
    result += text.slice(comment.start, comment.end);
    from = comment.end;
  }
  return result + afterComments(tokens, layout, index, from, comments.at(-1)!, style);
}

function afterComments(
  tokens: Tokens,
  layout: Layout,
  index: number,
  from: number,
  last: Comment,
  style: Style,
): string {
  const breaks = lineBreaks(tokens.text, from, tokens.start[index]!);
  if (tokens.kind[index] === Kind.end) return style.lineBreak;
  if (!last.block || breaks > 0) return newLine(tokens, layout, index, Math.max(breaks, 1), style);
  const forced = tokens.kind[index] === CLOSE_BRACE && layout.spread[index] === 1;
  return forced ? newLine(tokens, layout, index, 1, style) : ' ';
}

/** Comments before `}` belong to the block's inside. */
function commentDepth(tokens: Tokens, layout: Layout, index: number): number {
  const depth = layout.depth[index]!;
  return tokens.kind[index] === CLOSE_BRACE ? depth + 1 : depth + (continues(tokens, layout, index) ? 1 : 0);
}

/** Whether the `;` at `index` separates nothing: at the end of a line, before `}`, before another `;`, or with nothing but others behind `{`. */
export function isNeedless(tokens: Tokens, index: number): boolean {
  if (tokens.kind[index] !== SEMICOLON) return false;
  const next = tokens.kind[index + 1]!;
  let first = index;
  while (first > 0 && tokens.kind[first - 1] === SEMICOLON) first--;
  const before = first > 0 ? tokens.kind[first - 1] : OPEN_BRACE;
  return (
    next === CLOSE_BRACE ||
    next === SEMICOLON ||
    next === Kind.end ||
    before === OPEN_BRACE ||
    tokens.newline[index + 1] === 1
  );
}
