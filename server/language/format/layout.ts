/** What the formatter knows of each token before it looks at gaps: depth, brackets, and which tokens are one word together. */
import {
  ARROW,
  CLOSE_BRACE,
  CLOSE_BRACKET,
  CLOSE_PAREN,
  COLON,
  DOT,
  HYPHEN,
  Kind,
  OPEN_BRACE,
  OPEN_BRACKET,
  OPEN_PAREN,
  QUESTION,
  SEMICOLON,
  SLASH,
  type Tokens,
  tokenText,
} from '../tokens.ts';
import type { Document, Entry } from '../tree.ts';

export interface Layout {
  /** Braces open before the token; for `}` those that stay open. */
  readonly depth: Int32Array;
  /** Parentheses and brackets open before the token. */
  readonly parens: Int32Array;
  /** 1 where the brace belongs to a block that spans lines. */
  readonly spread: Uint8Array;
  /** 1 where the token is written without a gap to the one before. */
  readonly glued: Uint8Array;
  /** 1 at the `:` of `a ? b : c`. */
  readonly conditional: Uint8Array;
  /** 1 at another `:` that has a space before it. */
  readonly spaced: Uint8Array;
}

export function layOut(tokens: Tokens, document: Document): Layout {
  const layout: Layout = {
    depth: new Int32Array(tokens.count),
    parens: new Int32Array(tokens.count),
    spread: new Uint8Array(tokens.count),
    glued: new Uint8Array(tokens.count),
    conditional: new Uint8Array(tokens.count),
    spaced: new Uint8Array(tokens.count),
  };
  measureBrackets(tokens, layout);
  glueLiterals(tokens, layout);
  glueKeys(tokens, layout, document.entries, { at: 0 });
  return layout;
}

function measureBrackets(tokens: Tokens, layout: Layout): void {
  const braces: number[] = [];
  let parens = 0;
  let questions = 0;
  for (let index = 0; index < tokens.count; index++) {
    const kind = tokens.kind[index]!;
    if (kind === CLOSE_BRACE) closeBrace(tokens, layout, braces.pop(), index);
    if (kind === CLOSE_PAREN || kind === CLOSE_BRACKET) parens = Math.max(0, parens - 1);
    layout.depth[index] = braces.length;
    layout.parens[index] = parens;
    if (kind === OPEN_BRACE) braces.push(index);
    if (kind === OPEN_PAREN || kind === OPEN_BRACKET) parens++;
    if (kind === OPEN_BRACE || kind === CLOSE_BRACE || kind === SEMICOLON) parens = questions = 0;
    if (kind === QUESTION) questions++;
    if (kind === COLON && questions > 0 && !isPortColon(tokens, index)) layout.conditional[index] = questions--;
  }
}

function closeBrace(tokens: Tokens, layout: Layout, open: number | undefined, close: number): void {
  if (open === undefined || tokens.line[open] === tokens.line[close]) return;
  layout.spread[open] = 1;
  layout.spread[close] = 1;
}

function touches(tokens: Tokens, index: number): boolean {
  return index > 0 && tokens.start[index] === tokens.end[index - 1];
}

function isPortColon(tokens: Tokens, index: number): boolean {
  return touches(tokens, index) && touches(tokens, index + 1) && tokens.kind[index + 1] === Kind.number;
}

/** The `-` of `:1024-65535`. */
function isPortRange(tokens: Tokens, index: number): boolean {
  if (tokens.kind[index] !== HYPHEN || tokens.kind[index - 1] !== Kind.number) return false;
  return tokens.kind[index - 2] === COLON && tokens.kind[index + 1] === Kind.number;
}

/** The `:` of `to :8080`. */
function isBarePort(tokens: Tokens, index: number): boolean {
  if (tokens.kind[index] !== COLON || tokens.kind[index + 1] !== Kind.number) return false;
  return tokens.kind[index - 1] === Kind.word && tokenText(tokens, index - 1) === 'to';
}

/** Units, ports, prefixes and members: `10Gbps`, `server:7`, `10.0.0.1/24`, `data.from`. */
function glueLiterals(tokens: Tokens, layout: Layout): void {
  for (let index = 1; index < tokens.count; index++) {
    const kind = tokens.kind[index]!;
    if (kind === Kind.unit || kind === DOT || kind === ARROW) layout.glued[index] = 1;
    if ((kind === DOT || kind === ARROW) && tokens.kind[index + 1] === Kind.word) layout.glued[index + 1] = 1;
    const port = kind === COLON && isPortColon(tokens, index) && !isBarePort(tokens, index);
    const prefix =
      kind === SLASH && tokens.kind[index - 1] === Kind.address && touches(tokens, index) && touches(tokens, index + 1);
    if (port || prefix || isPortRange(tokens, index)) layout.glued[index] = layout.glued[index + 1] = 1;
    if (isBarePort(tokens, index)) layout.spaced[index] = layout.glued[index + 1] = 1;
  }
}

/** Keys and choices with hyphens, keys with dots. Entries come in the order of the text, so one cursor goes over the tokens once. */
function glueKeys(tokens: Tokens, layout: Layout, entries: readonly Entry[], cursor: { at: number }): void {
  for (const entry of entries) {
    glueRange(tokens, layout, entry.keyword, cursor);
    for (const value of entry.values) if (value.kind === 'choice') glueRange(tokens, layout, value.range, cursor);
    for (const setting of entry.body?.settings ?? []) glueRange(tokens, layout, setting.key.range, cursor);
    glueKeys(tokens, layout, entry.body?.entries ?? [], cursor);
  }
}

function glueRange(
  tokens: Tokens,
  layout: Layout,
  range: { start: number; end: number },
  cursor: { at: number },
): void {
  while (tokens.start[cursor.at]! < range.start) cursor.at++;
  for (let index = cursor.at + 1; index < tokens.count && tokens.start[index]! < range.end; index++)
    layout.glued[index] = 1;
}
