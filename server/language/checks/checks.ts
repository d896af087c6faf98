/** All checks of a parsed scenario, one file a family. */
import type { Diagnostic } from '../diagnostic.ts';
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

export function runChecks(_checked: Checked): Diagnostic[] {
  return [];
}
