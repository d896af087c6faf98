/** Hover: the schema's words on what stands under the pointer, and the values that follow from the scenario. */
import { type IpAddress, isIn6, printAddress, printMac } from '../language/addresses.ts';
import { in6Words } from '../language/in6Addr.ts';
import type { Analysis } from '../language/analyse.ts';
import type { Dimension, Expression, Range } from '../language/expression.ts';
import { resolveHost } from '../language/routing.ts';
import { CONSTANTS } from '../language/schema/constants.ts';
import { STATEMENTS } from '../language/schema/statements.ts';
import { SYSCALLS } from '../language/schema/syscalls.ts';
import { DIMENSION_NAMES, UNITS } from '../language/schema/units.ts';
import {
  DEVICE_MEMBERS,
  HOST_MEMBERS,
  PACKET_FIELDS,
  PROCESS_MEMBERS,
  VALUE_MEMBERS,
} from '../language/schema/views.ts';
import { hostAt } from '../language/scope.ts';
import type { SymbolEntry } from '../language/symbols.ts';
import { constantMarkdown, entryMarkdown, measureText, settingMarkdown, syscallMarkdown } from './markdown.ts';
import { occurrenceAt, type Place, placeAt } from './place.ts';

export interface Hover {
  readonly range: Range;
  readonly markdown: string;
}

export function hover(analysis: Analysis, offset: number): Hover | null {
  const occurrence = occurrenceAt(analysis, offset);
  const symbol = occurrence ? analysis.symbols.byKey.get(occurrence.key) : undefined;
  if (occurrence && symbol) return { range: occurrence.range, markdown: symbolMarkdown(analysis, symbol, offset) };
  const place = placeAt(analysis, offset);
  const markdown = place ? placeMarkdown(place) : null;
  return place && markdown ? { range: place.range, markdown } : null;
}

/** The declaration's first line, and for hosts and devices their addresses. */
function symbolMarkdown({ text, topology, document }: Analysis, symbol: SymbolEntry, offset: number): string {
  const declaration = text.slice(symbol.range.start, symbol.range.end).split('\n')[0]!;
  const title = `\`\`\`netpath\n${declaration.length > 120 ? `${declaration.slice(0, 120)}...` : declaration}\n\`\`\``;
  const from = topology.hosts.get(hostAt(document, offset) ?? '') ?? null;
  const found = symbol.kind === 'host' ? resolveHost(topology, from, symbol.name) : null;
  const where = from && from.name !== symbol.name ? `, seen from ${from.name}` : '';
  const address = found?.kind === 'found' ? `\n\naddress ${printAddress(found.address)}${where}` : '';
  return `${title}\n\n*${symbol.kind}* \`${symbol.path}\`${address}`;
}

function placeMarkdown(place: Place): string | null {
  switch (place.kind) {
    case 'keyword':
      return entryMarkdown(place.schema);
    case 'setting':
      return place.schema ? settingMarkdown(place.schema) : null;
    case 'statement':
      return STATEMENTS.get(place.statement.kind)?.doc ?? null;
    case 'value':
      return valueMarkdown(place);
    case 'expression':
      return expressionMarkdown(place.expression, place.scope);
  }
}

function valueMarkdown({ value }: Place & { kind: 'value' }): string | null {
  switch (value.kind) {
    case 'quantity':
      return `${numberMarkdown(value.literal)}\n\n*${measureText(value.part)}*`;
    case 'choice':
      return value.part.choices.find((each) => each.text === value.text)?.doc ?? null;
    case 'network':
    case 'address':
      return addressMarkdown(value.address);
    case 'mac':
      return `MAC address ${printMac(value.mac)}`;
    case 'bytes':
      return `${value.bytes.length} bytes`;
    default:
      return null;
  }
}

function expressionMarkdown(expression: Expression, scope: string): string | null {
  switch (expression.kind) {
    case 'call':
      return mapped(SYSCALLS.get(expression.callee), syscallMarkdown);
    case 'constant':
      return mapped(CONSTANTS.get(expression.name), constantMarkdown);
    case 'number':
      return numberMarkdown(expression);
    case 'address':
      return addressMarkdown(expression.value);
    case 'endpoint':
      return expression.host === null ? addressMarkdown(expression.address) : null;
    case 'name':
      return scope === 'packet' ? (PACKET_FIELDS.get(expression.name)?.doc ?? null) : builtInName(expression.name);
    case 'member':
      return memberMarkdown(expression, scope);
    default:
      return null;
  }
}

function mapped<T>(value: T | undefined, print: (value: T) => string): string | null {
  return value === undefined ? null : print(value);
}

function builtInName(name: string): string | null {
  return name === 'errno' ? 'The error of the last failed system call, as a positive number.' : null;
}

function memberMarkdown({ object, name }: Expression & { kind: 'member' }, scope: string): string | null {
  if (scope === 'packet')
    return object.kind === 'name' ? (PACKET_FIELDS.get(object.name)?.members.get(name)?.doc ?? null) : null;
  const tables =
    scope === 'process'
      ? [VALUE_MEMBERS]
      : object.kind === 'name'
        ? [HOST_MEMBERS]
        : [DEVICE_MEMBERS, PROCESS_MEMBERS, VALUE_MEMBERS];
  return tables.map((each) => each.get(name)?.doc).find((each) => each !== undefined) ?? null;
}

function addressMarkdown(address: IpAddress): string {
  if (isIn6(address))
    return `${address} = ${in6Words(address)
      .map((each) => each.toString(16).padStart(4, '0'))
      .join(':')}`;
  return `${printAddress(address)} = 0x${address.toString(16).padStart(8, '0')}`;
}

/** The value in every unit of its dimension that shows it well. */
function numberMarkdown(literal: Expression): string {
  if (literal.kind !== 'number') return '';
  if (literal.dimension === 'none') return `${literal.value} = 0x${literal.value.toString(16)}`;
  return `${inUnits(literal.value, literal.dimension)}\n\n${DIMENSION_NAMES[literal.dimension]}`;
}

function inUnits(value: number, dimension: Dimension): string {
  const fitting = UNITS.filter(
    (each) => each.dimension === dimension && (each.factor <= Math.max(value, 1) || each.factor === 1),
  );
  return fitting.map((each) => `${Math.round((value / each.factor) * 1000) / 1000}${each.text}`).join(' = ');
}
