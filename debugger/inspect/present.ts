/** Any value as one line of text. */
import { inFormat, type Format } from './format/field.ts';
import { ipv4 } from './format/address.ts';
import type { Look } from './look.ts';
import { isGroup } from './group.ts';
import { processValue } from './processValue.ts';
import { structOf, typeName } from './struct.ts';
import { summaryOf } from './summary.ts';

const SHOWN_BYTES = 16;

/** As it stands in the Variables view. Never throws: a half-built record of the kernel is shown as far as it goes. */
export function present(value: unknown, look: Look, format?: Format): string {
  try {
    return inFormat(value, format, look.now) ?? inFormat(value, look.integers, look.now) ?? plain(value, look);
  } catch {
    return `{${typeName(value)}}`;
  }
}

function plain(value: unknown, look: Look): string {
  if (value === undefined) return '<not yet assigned>';
  if (value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value !== 'object') return String(value);
  if (isGroup(value)) return value.summary;
  if (value instanceof Uint8Array) return hexBytes(value);
  if (Array.isArray(value)) return arrayLine(value, look);
  return summaryOf(value, look) ?? processValue(value) ?? fieldsLine(value, look);
}

export function hexBytes(bytes: Uint8Array): string {
  const hex = Array.from(bytes.subarray(0, SHOWN_BYTES), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return `${bytes.length} bytes${bytes.length === 0 ? '' : `: ${hex}${bytes.length > SHOWN_BYTES ? ' ...' : ''}`}`;
}

function arrayLine(items: readonly unknown[], look: Look): string {
  if (items.length === 0) return '[]';
  if (items.every((item) => typeof item === 'number') && items.length <= 12)
    return `[${items.map((item) => present(item, look)).join(', ')}]`;
  const first = items.find((item) => item !== null && item !== undefined);
  const one = items.length === 1 && first !== undefined ? `: ${present(first, look)}` : '';
  return `${typeName(items)}${one}`;
}

/** A struct without a summary: its first scalar fields, as gdb prints a struct. */
function fieldsLine(value: object, look: Look): string {
  const struct = structOf(value);
  const scalars = Object.entries(value)
    .filter(([, each]) => each === null || typeof each !== 'object')
    .slice(0, 4);
  const shown = scalars.map(
    ([name, each]) =>
      `${name}: ${inFormat(each, look.integers, look.now) ?? (typeof each === 'string' ? JSON.stringify(each) : String(each))}`,
  );
  const more = Object.keys(value).length > scalars.length ? ', ...' : '';
  if (shown.length > 0) return `{${shown.join(', ')}${more}}`;
  return struct === '' ? memberNames(value) : `{${struct}}`;
}

/** A struct of structs, such as the counters of a host: what there is to unfold. */
function memberNames(value: object): string {
  const names = Object.keys(value);
  return `{${names.slice(0, 4).join(', ')}${names.length > 4 ? ', ...' : ''}}`;
}

/** For hovers: the number in the notations people look for. */
export function manyWays(value: number): string {
  if (!Number.isInteger(value) || value < 0) return String(value);
  const hex = `0x${value.toString(16)}`;
  return value > 0xffffff && value <= 0xffffffff
    ? `${value} (${hex}, ${ipv4(value)})`
    : value < 10
      ? String(value)
      : `${value} (${hex})`;
}
