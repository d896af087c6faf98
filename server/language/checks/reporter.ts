/** What a check is given and how it reports. */
import type { Code } from '../codes.ts';
import { type Fix, type More, replaceFix } from '../diagnostic.ts';
import type { Range } from '../expression.ts';
import { nearest } from '../nearest.ts';
import type { Symbols } from '../symbols.ts';
import type { Tokens } from '../tokens.ts';
import type { Topology } from '../topology.ts';
import type { Document } from '../tree.ts';

export interface Checked {
  readonly text: string;
  readonly tokens: Tokens;
  readonly document: Document;
  readonly topology: Topology;
  readonly symbols: Symbols;
}

/** What a check reports with. */
export interface Reporter extends Checked {
  readonly report: (code: Code, range: Range, message: string, more?: More) => void;
}

/** "Did you mean" in words and as a fix, when one of the candidates is near. */
export function suggestion(
  word: string,
  range: Range,
  candidates: Iterable<string>,
): { hint: string; fixes: readonly Fix[] } {
  const meant = nearest(word, candidates);
  return meant ? { hint: ` Did you mean \`${meant}\`?`, fixes: [replaceFix(range, meant)] } : { hint: '', fixes: [] };
}
