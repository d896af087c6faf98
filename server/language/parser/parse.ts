/** The parser's entry points. Parsing never fails: it answers a tree and the problems that it met. */
import type { Diagnostic } from '../diagnostic.ts';
import { TOP } from '../schema/schema.ts';
import type { Tokens } from '../tokens.ts';
import type { Document } from '../tree.ts';
import { parseEntries } from './entries.ts';
import type { Expected } from './expected.ts';
import { createParser } from './state.ts';

const knowsTop = (word: string): boolean => TOP.has(word);

/** Parses a whole scenario. */
export function parseDocument(tokens: Tokens): { document: Document; problems: Diagnostic[] } {
  const p = createParser(tokens, knowsTop, null);
  const entries = parseEntries(p, TOP, '');
  return { document: { entries, skippedWords: p.skippedWords }, problems: p.problems };
}

/** What may stand at the end of tokens that were cut at the caret. */
export function expectedAtEnd(tokens: Tokens): Expected[] {
  const p = createParser(tokens, knowsTop, { expected: [], deaf: false });
  parseEntries(p, TOP, '');
  return p.listener!.expected;
}
