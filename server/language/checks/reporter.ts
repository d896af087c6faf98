/** What a check is given and how it reports. */
import { perBlock } from '../blocks.ts';
import type { Code } from '../codes.ts';
import { type Fix, type More, replaceFix } from '../diagnostic.ts';
import type { Range } from '../expression.ts';
import { nearest } from '../nearest.ts';
import type { Program } from '../programs.ts';
import type { Symbols } from '../symbols.ts';
import type { Tokens } from '../tokens.ts';
import type { Topology } from '../topology.ts';
import { type Document, declaredName, type Entry } from '../tree.ts';

export interface Checked {
  readonly text: string;
  readonly tokens: Tokens;
  readonly document: Document;
  readonly programs: readonly Program[];
  readonly topology: Topology;
  readonly symbols: Symbols;
}

/** An entry and the name of the host block that it stands in. */
export interface PlacedEntry {
  readonly entry: Entry;
  readonly host: string | null;
}

/** What a check reports with. */
export interface Reporter extends Checked {
  readonly report: (code: Code, range: Range, message: string, more?: More) => void;
}

/** The same for the checks of one top-level block: `programs` are that one's. */
export interface BlockReporter extends Reporter {
  /** The entries of the block, outer before inner. */
  readonly entries: readonly PlacedEntry[];
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

/** Every entry of a top-level block, outer before inner, in the order of the text. */
export const placedEntries = perBlock((entry): PlacedEntry[] => {
  const found: PlacedEntry[] = [];
  place(entry, entry.schema.keyword === 'host' ? (declaredName(entry)?.text ?? '') : null, found);
  return found;
});

function place(entry: Entry, host: string | null, found: PlacedEntry[]): void {
  found.push({ entry, host });
  if (entry.body) for (const inner of entry.body.entries) place(inner, host, found);
}
