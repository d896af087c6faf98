/** The whole schema: the one place from which parser, checks, completion, formatter, grammar and manual are fed. */
import { entry, table } from './build.ts';
import { COST_TABLE } from './costs.ts';
import { HOST } from './host.ts';
import { LINK, VETH } from './network.ts';
import type { BodySchema, EntrySchema, EntryTable, Part } from './shapes.ts';
import { TRAFFIC } from './traffic.ts';

const EXPECT = entry(
  'expect',
  'What must hold at the end of the run, or before a moment. One line each.',
  'expect { client.app finishes before 5ms }',
  [],
  { many: true, body: { kind: 'expectations' } },
);

const COSTS = entry(
  'costs',
  "Overrides figures of the cost table: how long the model's steps take.",
  'costs { hardirq_entry = 300ns }',
  [],
  { many: true, body: { kind: 'settings', settings: COST_TABLE } },
);

/** What may stand at the top of a file, in the order in which the manual tells it. */
export const TOP: EntryTable = table(LINK, HOST, VETH, TRAFFIC, EXPECT, COSTS);

/** The body that an entry has, given the words chosen in its header. */
export function bodyEntries(body: BodySchema | null, chosen: (slot: string) => string | null): EntryTable | null {
  if (body?.kind === 'entries') return body.entries;
  if (body?.kind === 'chosen') return body.tables.get(chosen(body.slot) ?? '') ?? null;
  return null;
}

/** Calls `visit` for each entry of the schema, outer before inner, with the keywords that lead there. */
export function walkSchema(visit: (entry: EntrySchema, path: readonly string[]) => void): void {
  walkTable(TOP, [], visit);
}

function walkTable(
  entries: EntryTable,
  path: readonly string[],
  visit: (entry: EntrySchema, path: readonly string[]) => void,
): void {
  for (const each of entries.values()) {
    const here = [...path, each.keyword];
    visit(each, here);
    if (each.body?.kind === 'entries') walkTable(each.body.entries, here, visit);
    if (each.body?.kind === 'chosen')
      for (const [word, inner] of each.body.tables) walkTable(inner, [...here, word], visit);
  }
}

/** All fixed words of a header pattern. */
export function wordsOf(parts: readonly Part[]): string[] {
  return parts.flatMap((part) => {
    if (part.kind === 'word') return [part.text];
    if (part.kind === 'optional') return wordsOf(part.parts);
    if (part.kind === 'either') return part.alternatives.flatMap(wordsOf);
    return [];
  });
}
