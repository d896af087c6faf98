/** Keys: words that may hold hyphens and dots, `rx-ring` or `net.ipv4.tcp_rmem`. Only where a key stands are they one name. */

import { DOT, HYPHEN, Kind } from '../tokens.ts';
import type { NameNode } from '../tree.ts';
import { advance, at, type Parser, peekKind, startAt, touches, touchesAhead } from './state.ts';

/** Reads a key under the cursor; null when no word stands there. `dots` lets names like sysctl's be one key. */
export function readKey(p: Parser, dots: boolean): NameNode | null {
  if (!at(p, Kind.word)) return null;
  const start = startAt(p);
  advance(p);
  while (continuesKey(p, dots)) {
    advance(p);
    if (isKeyPart(p)) advance(p);
    if (at(p, Kind.unit) && touches(p)) advance(p);
  }
  const end = p.tokens.end[p.index - 1]!;
  return { text: p.tokens.text.slice(start, end), range: { start, end } };
}

function isKeyPart(p: Parser): boolean {
  return (at(p, Kind.word) || at(p, Kind.number)) && touches(p);
}

/** A hyphen or dot without gaps, and something word-like or the caret behind it. */
function continuesKey(p: Parser, dots: boolean): boolean {
  if (!(at(p, HYPHEN) || (dots && at(p, DOT))) || !touches(p)) return false;
  const next = peekKind(p, 1);
  return (next === Kind.word || next === Kind.number || next === Kind.end) && touchesAhead(p, 1);
}

/** Whether the key that was just read runs into the caret: then it is still being written. */
export function keyReachesCaret(p: Parser): boolean {
  const last = p.tokens.kind[p.index - 1];
  return p.listener !== null && at(p, Kind.end) && touches(p) && (last === HYPHEN || last === DOT);
}
