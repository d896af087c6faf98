/**
 * A change of a scenario in one line, for "what if": where, as a path, and what shall stand there.
 *
 *   server.eth0.rx-ring 64      wire.delay 10ms      server.sysctl.net.ipv4.tcp_sack = 0      costs.udp_rcv = 2us
 *
 * It is an edit of the text that leaves every other line where it is; whether the value is right is what the analysis says of the new text.
 */
import { analyse } from '../analyse.ts';
import type { Diagnostic, TextEdit } from '../diagnostic.ts';
import { nearest } from '../nearest.ts';
import { TOP } from '../schema/schema.ts';
import type { BodySchema, EntrySchema, EntryTable } from '../schema/shapes.ts';
import { type Document, type Entry, valueIn } from '../tree.ts';
import { type EntryPlace, joined, type Place, placesOf, rangeOf, valueText } from './places.ts';

export interface Change {
  readonly path: string;
  readonly value: string;
}

export interface Changed {
  readonly text: string;
  readonly change: Change;
  /** What stood there; null where nothing did. */
  readonly before: string | null;
}

/** What is wrong with a change, for a person. */
export class ChangeError extends Error {
  override readonly name = 'ChangeError';
}

const FORM = /^([A-Za-z_][\w./:-]*)(?:\s*=\s*|\s+)(\S.*)$/s;

/** Throws a ChangeError. */
export function parseChange(text: string): Change {
  const match = FORM.exec(text.trim());
  if (match === null)
    throw new ChangeError(
      `a change is a place and a value, such as server.eth0.rx-ring 64: not ${text.trim() || 'nothing'}`,
    );
  return { path: match[1]!, value: match[2]! };
}

/** The text with the change made. Throws a ChangeError where the path leads nowhere or the new text has a mistake. */
export function changeScenario(text: string, change: Change): Changed {
  const { document, diagnostics } = analyse(text, '');
  refuseMistakes('the scenario as it is', diagnostics);
  const places = placesOf(document);
  const found = places.filter(({ path }) => path === change.path);
  if (found.length > 1)
    throw new ChangeError(`${change.path} stands ${found.length} times: which is meant cannot be said`);
  const place = found[0];
  const edit = place === undefined ? insertion(document, places, text.length, change) : replacement(place, change);
  const changed = text.slice(0, edit.range.start) + edit.newText + text.slice(edit.range.end);
  refuseMistakes(`${change.path} ${change.value}`, analyse(changed, '').diagnostics);
  return { text: changed, change, before: place === undefined ? null : valueText(text, place) };
}

/** `server.eth0.rx-ring 64 instead of 256`. */
export function toldChange({ change: { path, value }, before }: Changed): string {
  return `${path} ${value}, ${before === null ? 'where the scenario says nothing' : `instead of ${before}`}`;
}

function refuseMistakes(whose: string, diagnostics: readonly Diagnostic[]): void {
  const mistake = diagnostics.find((each) => each.severity === 'error');
  if (mistake !== undefined) throw new ChangeError(`${whose}: ${mistake.message}`);
}

function replacement(place: Place, change: Change): TextEdit {
  if (place.kind === 'setting')
    return { range: place.setting.range, newText: `${place.setting.key.text} = ${change.value}` };
  if (place.named)
    throw new ChangeError(
      `${change.path} is a ${place.entry.schema.keyword}: which of its properties? ${listed(keywordsOf(place.entry))}`,
    );
  return { range: rangeOf(place), newText: `${place.entry.schema.keyword} ${change.value}` };
}

/** Behind the opening brace of the innermost block that the path names, so that no line moves. */
function insertion(document: Document, places: readonly Place[], end: number, change: Change): TextEdit {
  const block = blockAround(places, change.path);
  const rest = block === null ? change.path : change.path.slice(block.path.length + 1);
  const table = block === null ? TOP : bodyOf(block.entry);
  const inner = table === null ? null : written(table, rest, change.value);
  if (inner === null) throw unknown(document, places, block, change.path);
  const at = block?.entry.body?.range.start;
  if (at !== undefined) return { range: { start: at + 1, end: at + 1 }, newText: ` ${inner};` };
  const behind = block === null ? end : block.entry.range.end;
  return { range: { start: behind, end: behind }, newText: block === null ? `\n${inner}\n` : ` { ${inner} }` };
}

function blockAround(places: readonly Place[], path: string): EntryPlace | null {
  const above = places.filter(
    (each): each is EntryPlace =>
      each.kind === 'entry' && path.startsWith(`${each.path}.`) && bodyOf(each.entry) !== null,
  );
  return above.reduce<EntryPlace | null>(
    (best, each) => (best === null || each.path.length > best.path.length ? each : best),
    null,
  );
}

/** What can stand in its braces: entries by keyword, or settings. */
type Table = EntryTable | Exclude<BodySchema, { kind: 'entries' | 'chosen' }>;

function bodyOf({ schema, values }: Entry): Table | null {
  return tableOf(schema.body, (slot) => valueIn({ values }, slot, 'choice')?.text ?? '');
}

function tableOf(body: BodySchema | null, chosen: (slot: string) => string): Table | null {
  if (body?.kind === 'entries') return body.entries;
  return body?.kind === 'chosen' ? (body.tables.get(chosen(body.slot)) ?? null) : body;
}

/** A property, a setting, or a block without a name around either: `coalesce { rx-usecs 50 }`; null where none of that name can stand. */
function written(table: Table, rest: string, value: string): string | null {
  if ('kind' in table) return table.kind === 'settings' ? `${rest} = ${value}` : null;
  const [word = '', ...more] = rest.split('.');
  const schema = table.get(word);
  if (schema === undefined || isNamed(schema)) return null;
  if (more.length === 0) return `${word} ${value}`;
  const inside = schema.parts.length > 0 ? null : tableOf(schema.body, () => '');
  const inner = inside === null ? null : written(inside, more.join('.'), value);
  return inner === null ? null : `${word} { ${inner} }`;
}

function unknown(document: Document, places: readonly Place[], block: EntryPlace | null, path: string): ChangeError {
  const known = block === null ? document.entries.flatMap((entry) => names(places, entry)) : keywordsOf(block.entry);
  const inside = block === null ? known : [...known, ...childrenOf(places, block.path)];
  const rest = block === null ? path : path.slice(block.path.length + 1);
  const near = nearest(rest.split('.')[0]!, inside);
  const hint = near === null ? `there is ${listed(inside)}` : `${joined(block?.path ?? '', near)} is meant?`;
  return new ChangeError(`${block === null ? 'the scenario' : block.path} has no ${rest}: ${hint}`);
}

const names = (places: readonly Place[], entry: Entry): string[] =>
  places.filter((each) => each.kind === 'entry' && each.entry === entry).map(({ path }) => path);

function childrenOf(places: readonly Place[], path: string): string[] {
  const below = places
    .filter((each) => each.path.startsWith(`${path}.`))
    .map((each) => each.path.slice(path.length + 1));
  return below.filter((each) => !each.includes('.'));
}

function keywordsOf(entry: Entry): string[] {
  const table = bodyOf(entry);
  if (table === null || 'kind' in table) return [];
  return [...table.values()].filter(isProperty).map(({ keyword }) => keyword);
}

/** What a path can set: neither named blocks nor what stands several times. */
const isProperty = (schema: EntrySchema): boolean => !schema.many && !isNamed(schema);

const isNamed = ({ parts }: EntrySchema): boolean => parts.some((part) => part.kind === 'declares');

function listed(names: readonly string[]): string {
  const all = [...new Set(names)];
  return all.length === 0 ? 'nothing to change' : all.join(', ');
}
