/** Blocks and properties: keyword, header by the schema's pattern, body. */
import { replaceFix } from '../diagnostic.ts';
import { nearest } from '../nearest.ts';
import { bodyEntries, walkSchema } from '../schema/schema.ts';
import type { BodySchema, EntrySchema, EntryTable } from '../schema/shapes.ts';
import { STATEMENTS } from '../schema/statements.ts';
import { OPEN_BRACE } from '../tokens.ts';
import { type Body, declaredName, type Entry, type NameNode, type Value, valueIn } from '../tree.ts';
import { parseExpectations } from './expectations.ts';
import { parseBraces, parseItems } from './items.ts';
import { keyReachesCaret, readKey } from './keys.ts';
import { parseSettings } from './settings.ts';
import {
  at,
  atNewline,
  expects,
  lineAt,
  type Parser,
  previousEnd,
  previousLine,
  report,
  reportWanted,
  stopListening,
} from './state.ts';
import { parseStatements } from './statements.ts';
import { parseParts } from './values.ts';

/** Parses the entries of a block or of the file; `title` names the block in messages. */
export function parseEntries(p: Parser, entries: EntryTable, title: string): Entry[] {
  const present = new Set<EntrySchema>();
  return parseItems(p, () => {
    const entry = parseEntry(p, entries, present, title);
    if (entry) present.add(entry.schema);
    return entry;
  });
}

/** Parses one; `present` are those that its block has already: completion leaves them out. */
export function parseEntry(
  p: Parser,
  entries: EntryTable,
  present: ReadonlySet<EntrySchema>,
  title: string,
): Entry | null {
  if (p.listener) expects(p, (from) => ({ kind: 'entries', entries, present, from }));
  const line = lineAt(p);
  const key = readKey(p, false);
  if (!key) {
    stopListening(p);
    reportWanted(p, title ? `a property of ${title}` : 'a block');
    return null;
  }
  if (keyReachesCaret(p)) expects(p, () => ({ kind: 'entries', entries, present, from: key.range.start }));
  const schema = entries.get(key.text) ?? recoverKeyword(p, key, entries, title);
  return schema ? parseKnown(p, schema, key, line) : null;
}

function parseKnown(p: Parser, schema: EntrySchema, key: NameNode, line: number): Entry {
  const values: Value[] = [];
  p.panic = false;
  parseParts(p, schema.parts, values);
  const headerEnd = previousEnd(p);
  const hasBody = schema.body !== null && (!p.panic || at(p, OPEN_BRACE));
  const body = hasBody
    ? parseBody(p, schema, { schema, values, range: { start: key.range.start, end: headerEnd } })
    : null;
  const range = { start: key.range.start, end: previousEnd(p) };
  return { kind: 'entry', schema, keyword: key.range, values, body, range, line, endLine: previousLine(p) };
}

/** An entry before its body. */
type Header = Pick<Entry, 'schema' | 'values' | 'range'>;

/** Reports an unknown word. Where a known one is near, goes on as if that stood there, so that nothing follows from the slip. */
function recoverKeyword(p: Parser, key: NameNode, entries: EntryTable, title: string): EntrySchema | null {
  const meant = nearest(key.text, entries.keys());
  const place = title || 'a scenario';
  const home = homesOf(key.text);
  if (!home || meant) {
    const names = [...entries.keys()].join(', ') || 'nothing';
    const hint = meant ? `Did you mean \`${meant}\`?` : `Possible here: ${names}.`;
    report(
      p,
      'NP1101',
      key.range,
      `\`${key.text}\` means nothing in ${place}. ${hint}`,
      meant ? { fixes: [replaceFix(key.range, meant)] } : {},
    );
  } else report(p, 'NP1101', key.range, `\`${key.text}\` does not belong in ${place}, but in ${home}.`);
  return meant ? entries.get(meant)! : null;
}

const HOMES = new Map<string, Set<string>>();
walkSchema((entry, path) => {
  const home = path.length > 1 ? `\`${path.at(-2)}\`` : 'the top of the file';
  HOMES.set(entry.keyword, (HOMES.get(entry.keyword) ?? new Set()).add(home));
});

function homesOf(keyword: string): string | null {
  const homes = HOMES.get(keyword);
  return homes ? [...homes].join(' or ') : null;
}

function parseBody(p: Parser, schema: EntrySchema, header: Header): Body | null {
  if (!schema.body) return null;
  if (!atNewline(p) || !schema.bodyOptional) expects(p, (from) => ({ kind: 'mark', text: '{', from }));
  if (!at(p, OPEN_BRACE)) {
    if (schema.bodyOptional) return null;
    stopListening(p);
    reportWanted(p, `\`{\` of ${schema.keyword}`);
    return null;
  }
  return parseOpenBody(p, schema.body, header);
}

/** What a block is called in messages: `host server`. */
function titleOf(entry: Header): string {
  const name = declaredName(entry);
  return name ? `${entry.schema.keyword} ${name.text}` : entry.schema.keyword;
}

function parseOpenBody(p: Parser, schema: BodySchema, header: Header): Body {
  const title = titleOf(header);
  const entries = bodyEntries(schema, (slot) => valueIn(header, slot, 'choice')?.text ?? null);
  const found: Found = { entries: NOTHING, statements: NOTHING, expectations: NOTHING, settings: NOTHING };
  const { range, closed } = parseBraces(p, title, header.range, knowsIn(schema, entries), () => {
    if (schema.kind === 'statements') found.statements = parseStatements(p);
    else if (schema.kind === 'expectations') found.expectations = parseExpectations(p);
    else if (schema.kind === 'settings') found.settings = parseSettings(p, schema.settings);
    else found.entries = parseEntries(p, entries ?? NO_ENTRIES, title);
  });
  const settingTable = schema.kind === 'settings' ? schema.settings : null;
  const { statements, expectations, settings } = found;
  return { range, entries: found.entries, statements, expectations, settings, settingTable, closed };
}

/** What a body holds, while it is parsed. */
type Found = { -readonly [K in 'entries' | 'statements' | 'expectations' | 'settings']: Body[K] };

const NOTHING: readonly never[] = [];
const NO_ENTRIES: EntryTable = new Map();

function knowsIn(schema: BodySchema, entries: EntryTable | null): (word: string) => boolean {
  if (schema.kind === 'statements') return (word) => STATEMENTS.has(word);
  return (word) => entries?.has(word) ?? false;
}
