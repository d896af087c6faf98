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

function parseEntry(p: Parser, entries: EntryTable, present: ReadonlySet<EntrySchema>, title: string): Entry | null {
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
  const header: Entry = {
    kind: 'entry',
    schema,
    keyword: key.range,
    values,
    body: null,
    range: { start: key.range.start, end: previousEnd(p) },
    line,
    endLine: previousLine(p),
  };
  const body = p.panic && !at(p, OPEN_BRACE) ? null : parseBody(p, schema, header);
  return { ...header, body, range: { start: key.range.start, end: previousEnd(p) }, endLine: previousLine(p) };
}

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

function parseBody(p: Parser, schema: EntrySchema, header: Entry): Body | null {
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
function titleOf(entry: Entry): string {
  const name = declaredName(entry);
  return name ? `${entry.schema.keyword} ${name.text}` : entry.schema.keyword;
}

function parseOpenBody(p: Parser, schema: BodySchema, header: Entry): Body {
  const found = { entries: [], statements: [], expectations: [], settings: [], settingTable: null } as Omit<
    Body,
    'range' | 'closed'
  >;
  const title = titleOf(header);
  const entries = bodyEntries(schema, (slot) => valueIn(header, slot, 'choice')?.text ?? null);
  let inner = found;
  const headerRange = { start: header.range.start, end: previousEnd(p) };
  const braces = parseBraces(p, title, headerRange, knowsIn(schema, entries), () => {
    if (schema.kind === 'statements') inner = { ...found, statements: parseStatements(p) };
    else if (schema.kind === 'expectations') inner = { ...found, expectations: parseExpectations(p) };
    else if (schema.kind === 'settings')
      inner = { ...found, settings: parseSettings(p, schema.settings), settingTable: schema.settings };
    else inner = { ...found, entries: parseEntries(p, entries ?? new Map(), title) };
  });
  return { ...inner, ...braces };
}

function knowsIn(schema: BodySchema, entries: EntryTable | null): (word: string) => boolean {
  if (schema.kind === 'statements') return (word) => STATEMENTS.has(word);
  return (word) => entries?.has(word) ?? false;
}
