/** The parser's entry points. Parsing never fails: it answers a tree and the problems that it met. */
import { type Block, beginsLine, moveBlock } from '../blocks.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { TOP } from '../schema/schema.ts';
import { CLOSE_BRACE, type Tokens } from '../tokens.ts';
import type { Document, Entry } from '../tree.ts';
import { parseEntries, parseEntry } from './entries.ts';
import type { Expected } from './expected.ts';
import { parseItems } from './items.ts';
import { createParser, lineAt, type Parser, startAt } from './state.ts';

const knowsTop = (word: string): boolean => TOP.has(word);

export interface Parsed {
  readonly document: Document;
  readonly problems: Diagnostic[];
  /** Those that need not be parsed again while their text stands. */
  readonly blocks: readonly Block[];
}

/** Parses a whole scenario. `unchanged`: blocks of an older text by where they begin in this one; they are moved there. */
export function parseDocument(tokens: Tokens, unchanged: ReadonlyMap<number, Block> = new Map()): Parsed {
  const p = createParser(tokens, knowsTop, null);
  const blocks: Block[] = [];
  const entries = parseItems(p, () => takeUnchanged(p, unchanged, blocks) ?? parseBlock(p, blocks));
  return { document: { entries, skippedWords: p.skippedWords }, problems: p.problems, blocks };
}

function takeUnchanged(p: Parser, unchanged: ReadonlyMap<number, Block>, blocks: Block[]): Entry | null {
  const start = startAt(p);
  const block = unchanged.get(start);
  if (!block || !beginsLine(p.tokens.text, start)) return null;
  moveBlock(block, start - block.entry.range.start, lineAt(p) - block.entry.line);
  p.index += block.tokens;
  blocks.push(block);
  return block.entry;
}

function parseBlock(p: Parser, blocks: Block[]): Entry | null {
  const from = p.index;
  const problems = p.problems.length;
  const entry = parseEntry(p, TOP, new Set(), '');
  const whole = p.problems.length === problems && !p.suspect && p.tokens.kind[p.index - 1] === CLOSE_BRACE;
  if (entry && whole && beginsLine(p.tokens.text, entry.range.start)) blocks.push({ entry, tokens: p.index - from });
  return entry;
}

/** What may stand at the end of tokens that were cut at the caret. */
export function expectedAtEnd(tokens: Tokens): Expected[] {
  const p = createParser(tokens, knowsTop, { expected: [], deaf: false });
  parseEntries(p, TOP, '');
  return p.listener!.expected;
}
