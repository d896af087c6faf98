/** `name = value` lines: sysctls, device features, costs. */
import type { Expression } from '../expression.ts';
import type { SettingTable } from '../schema/shapes.ts';
import { COMMA, EQUALS, Kind } from '../tokens.ts';
import type { NameNode, Setting } from '../tree.ts';
import { parseItems } from './items.ts';
import { keyReachesCaret, readKey } from './keys.ts';
import { parseNumber } from './literals.ts';
import { reportWantedPlain } from './quoted.ts';
import {
  accept,
  advance,
  at,
  atEnd,
  atNewline,
  expects,
  type Parser,
  previousEnd,
  rangeAt,
  reportWanted,
  stopListening,
  textAt,
} from './state.ts';

export function parseSettings(p: Parser, table: SettingTable): Setting[] {
  return parseItems(p, () => parseSetting(p, table));
}

function parseSetting(p: Parser, table: SettingTable): Setting | null {
  if (p.listener) expects(p, (from) => ({ kind: 'settings', table, from }));
  const key = readKey(p, true);
  if (!key) {
    stopListening(p);
    reportWanted(p, `the name of a ${table.what}`);
    return null;
  }
  if (keyReachesCaret(p)) expects(p, () => ({ kind: 'settings', table, from: key.range.start }));
  if (p.listener) expects(p, (from) => ({ kind: 'mark', text: '=', from }));
  if (accept(p, EQUALS)) return parseSettingValues(p, table, key);
  stopListening(p);
  reportWanted(p, '`=`');
  return { key, values: [], range: key.range };
}

function parseSettingValues(p: Parser, table: SettingTable, key: NameNode): Setting {
  const values: Expression[] = [];
  for (;;) {
    if (p.listener) expects(p, (from) => ({ kind: 'setting value', table, key: key.text, from }));
    const value = atNewline(p) && values.length > 0 ? null : parseSettingValue(p, table, key);
    if (!value) break;
    values.push(value);
    if (at(p, COMMA)) advance(p);
  }
  if (values.length === 0) {
    stopListening(p);
    reportWantedPlain(p, 'a value');
  }
  return { key, values, range: { start: key.range.start, end: previousEnd(p) } };
}

function parseSettingValue(p: Parser, table: SettingTable, key: NameNode): Expression | null {
  if (atEnd(p)) return null;
  const known = table.known.get(key.text)?.value;
  if (at(p, Kind.number)) return parseNumber(p, known?.kind === 'numbers' ? known.measure.dimension : null);
  if (!at(p, Kind.word)) return null;
  const name = textAt(p);
  const range = rangeAt(p);
  advance(p);
  return { kind: 'name', name, range };
}
