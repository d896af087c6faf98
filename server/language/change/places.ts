/** What a scenario says, by path: `server.eth0.rx-ring`, `costs.udp_rcv`, `server.sysctl.net.ipv4.tcp_sack`. */
import type { Range } from '../expression.ts';
import { type Document, type Entry, type Setting, valueIn } from '../tree.ts';

export type Place = EntryPlace | SettingPlace;

export interface EntryPlace {
  readonly kind: 'entry';
  readonly path: string;
  readonly entry: Entry;
  /** Whether it has a name of its own (`nic eth0`), which a change leaves alone. */
  readonly named: boolean;
}

export interface SettingPlace {
  readonly kind: 'setting';
  readonly path: string;
  readonly setting: Setting;
}

/** All of them in the order of the text; those that may stand several times (`route`) share a path. */
export function placesOf(document: Document): Place[] {
  return document.entries.flatMap((entry) => placesIn(entry, ''));
}

function placesIn(entry: Entry, above: string): Place[] {
  const { path, named } = pathOf(entry, above);
  const entries = (entry.body?.entries ?? []).flatMap((each) => placesIn(each, path));
  const settings = (entry.body?.settings ?? []).map(
    (setting): Place => ({ kind: 'setting', path: joined(path, setting.key.text), setting }),
  );
  return [{ kind: 'entry', path, entry, named }, ...entries, ...settings];
}

function pathOf(entry: Entry, above: string): { path: string; named: boolean } {
  const declared = valueIn(entry, 'name', 'declaration');
  if (declared === null) return { path: joined(above, entry.schema.keyword), named: false };
  const { host, name } = declared;
  return { path: joined(host === null ? above : host.text, name.text), named: true };
}

export const joined = (above: string, name: string): string => (above === '' ? name : `${above}.${name}`);

export const rangeOf = (place: Place): Range => (place.kind === 'entry' ? place.entry.range : place.setting.range);

/** The innermost one around an offset that a change can name: no block with a name, none of several. */
export function placeAt(document: Document, offset: number): Place | null {
  const places = placesOf(document);
  const around = places.filter((each) => rangeOf(each).start <= offset && offset <= rangeOf(each).end);
  const place = around.at(-1);
  if (place === undefined || (place.kind === 'entry' && place.named)) return null;
  return places.filter(({ path }) => path === place.path).length === 1 ? place : null;
}

/** What stands there behind its keyword or its `=`. */
export function valueText(text: string, place: Place): string {
  const { start, end } = rangeOf(place);
  const from = place.kind === 'entry' ? place.entry.keyword.end : place.setting.key.range.end;
  return text.slice(Math.max(start, from), end).trim().replace(/^=\s*/, '');
}
