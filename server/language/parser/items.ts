/** The one list helper: items in braces or at the top of the file, with all recovery from bad ones in this place. */
import { insertFix, removeFix } from '../diagnostic.ts';
import type { Range } from '../expression.ts';
import { CLOSE_BRACE, Kind, OPEN_BRACE, SEMICOLON, tokenText } from '../tokens.ts';
import {
  accept,
  advance,
  at,
  atEnd,
  describeToken,
  expects,
  type OpenBlock,
  type Parser,
  previousEnd,
  rangeAt,
  remark,
  report,
  stopListening,
} from './state.ts';

/** How deep blocks may nest. */
const MAX_OPEN = 100;

/** Parses items until the innermost open block's `}` or, at the top, the end of the file. */
export function parseItems<T>(p: Parser, parseItem: (p: Parser) => T | null): T[] {
  const items: T[] = [];
  const block = p.open.at(-1)!;
  const top = p.open.length === 1;
  while (!atEnd(p)) {
    if (accept(p, SEMICOLON)) continue;
    if (at(p, CLOSE_BRACE)) {
      if (!top) break;
      dropBrace(p);
    } else if (isOutside(p, block)) break;
    else {
      const item = parseOne(p, parseItem);
      if (item !== null) items.push(item);
    }
  }
  if (atEnd(p)) listenForItem(p, parseItem);
  return items;
}

function parseOne<T>(p: Parser, parseItem: (p: Parser) => T | null): T | null {
  const before = p.index;
  p.itemStart = before;
  p.panic = false;
  p.depth = 0;
  const item = parseItem(p);
  endItem(p);
  if (p.index === before) advance(p);
  return item;
}

/** At the caret: what could begin an item. Parsing it reports problems that nobody reads, for the tokens were cut. */
function listenForItem<T>(p: Parser, parseItem: (p: Parser) => T | null): void {
  if (!p.listener || p.listener.deaf) return;
  const separated =
    p.index === 0 ||
    p.tokens.newline[p.index] === 1 ||
    [SEMICOLON, OPEN_BRACE, CLOSE_BRACE].includes(p.tokens.kind[p.index - 1]!);
  if (separated) {
    p.panic = false;
    parseItem(p);
    if (p.open.length > 1) expects(p, (from) => ({ kind: 'mark', text: '}', from }));
  }
  p.listener.deaf = true;
}

/** An item ends with its line, with `;` or before `}`. */
function endItem(p: Parser): void {
  if (!p.panic && !atItemEnd(p)) {
    if (isOutside(p, p.open.at(-1)!)) return;
    report(p, 'NP1001', rangeAt(p), `Unexpected ${describeToken(p)}: a line break or \`;\` must come first.`);
  }
  if (p.panic) skipItem(p);
  p.depth = 0;
  accept(p, SEMICOLON);
}

function atItemEnd(p: Parser): boolean {
  return (
    atEnd(p) ||
    at(p, SEMICOLON) ||
    at(p, CLOSE_BRACE) ||
    p.tokens.newline[p.index] === 1 ||
    p.tokens.kind[p.index - 1] === CLOSE_BRACE
  );
}

/** Skips to the end of the item's line, over whole `{ }` blocks. */
export function skipItem(p: Parser): void {
  let braces = 0;
  for (let first = true; !atEnd(p); first = false) {
    const ends =
      at(p, SEMICOLON) ||
      at(p, CLOSE_BRACE) ||
      (!first && p.tokens.newline[p.index] === 1 && !at(p, OPEN_BRACE)) ||
      atItemStart(p, first);
    if (braces === 0 && ends) return;
    if (at(p, OPEN_BRACE)) braces++;
    if (at(p, CLOSE_BRACE) && --braces === 0) {
      advance(p);
      return;
    }
    if (at(p, Kind.word)) p.skippedWords.add(tokenText(p.tokens, p.index));
    advance(p);
  }
}

/** The item failed at its line's end: the next line is an item of its own. */
function atItemStart(p: Parser, first: boolean): boolean {
  return first && p.tokens.newline[p.index] === 1 && p.index !== p.itemStart && !at(p, OPEN_BRACE);
}

function dropBrace(p: Parser): void {
  p.panic = false;
  if (p.forgiven > 0) p.forgiven--;
  else
    remark(p, 'NP1003', rangeAt(p), 'No block is open that this `}` could close.', {
      fixes: [removeFix(rangeAt(p), 'Remove `}`')],
    });
  advance(p);
}

/**
 * Opens `{`, parses what is inside and closes. A `}` that is missing is reported once, at the place where indentation
 * shows that it should be.
 */
export function parseBraces(
  p: Parser,
  title: string,
  header: Range,
  knows: (word: string) => boolean,
  parseInner: () => void,
): { range: Range; closed: boolean } {
  const start = p.tokens.start[p.index]!;
  const indent = indentOfLine(p, header.start);
  advance(p);
  if (p.open.length >= MAX_OPEN) return refuseDepth(p, start);
  const block: OpenBlock = { title, start, headerEnd: header.end, indent, knows };
  p.open.push(block);
  parseInner();
  p.open.pop();
  const closed = closeBlock(p, block);
  return { range: { start, end: previousEnd(p) }, closed };
}

function refuseDepth(p: Parser, start: number): { range: Range; closed: boolean } {
  report(p, 'NP1001', { start, end: start + 1 }, `Blocks may nest ${MAX_OPEN} deep.`);
  let braces = 1;
  while (!atEnd(p) && braces > 0) {
    if (at(p, OPEN_BRACE)) braces++;
    if (at(p, CLOSE_BRACE)) braces--;
    if (braces > 0) advance(p);
  }
  accept(p, CLOSE_BRACE);
  return { range: { start, end: previousEnd(p) }, closed: true };
}

function closeBlock(p: Parser, block: OpenBlock): boolean {
  if (at(p, CLOSE_BRACE)) {
    const ownLine = p.tokens.newline[p.index] === 1;
    if (ownLine && !p.suspect && indentOfLine(p, p.tokens.start[p.index]!) < block.indent) p.suspect = block;
    advance(p);
    return true;
  }
  stopListening(p);
  reportUnclosed(p, block);
  return false;
}

/** One report for all blocks that end unclosed at this place: the innermost, or the one that indentation betrays. */
function reportUnclosed(p: Parser, block: OpenBlock): void {
  if (p.unclosedAt !== p.index) {
    const culprit = p.suspect && p.suspect.start > block.start ? p.suspect : block;
    const fix = insertFix(previousEnd(p), `\n${' '.repeat(block.indent)}}`, 'Insert `}`');
    p.panic = false;
    report(
      p,
      'NP1002',
      { start: culprit.start, end: culprit.start + 1 },
      `\`${culprit.title} {\` is never closed: its \`}\` is missing.`,
      {
        fixes: culprit === block ? [fix] : [],
      },
    );
    p.forgiven++;
  }
  p.unclosedAt = p.index;
  p.suspect = null;
  p.panic = true;
}

/**
 * Whether the current word begins something that belongs to an enclosing block, not to this one. Text that is well formed
 * is never judged by its indentation: no item begins with a word that its block does not know and another word.
 */
function isOutside(p: Parser, block: OpenBlock): boolean {
  if (p.tokens.newline[p.index] !== 1 || !at(p, Kind.word)) return false;
  const next = p.tokens.kind[p.index + 1];
  if (next !== Kind.word && next !== OPEN_BRACE) return false;
  const word = tokenText(p.tokens, p.index);
  if (block.knows(word)) return false;
  return indentOfLine(p, p.tokens.start[p.index]!) <= block.indent && outerKnows(p, word);
}

function outerKnows(p: Parser, word: string): boolean {
  return p.open.slice(0, -1).some((each) => each.knows(word));
}

/** Columns of white space at the start of the line that holds `offset`. */
function indentOfLine(p: Parser, offset: number): number {
  const { text } = p.tokens;
  const lineStart = text.lastIndexOf('\n', offset - 1) + 1;
  let at = lineStart;
  while (text.charCodeAt(at) === 32 || text.charCodeAt(at) === 9) at++;
  return at - lineStart;
}
