/** Numbers with units, addresses, MACs and strings: the text of a token to a value. */

import { insertFix, replaceFix } from '../diagnostic.ts';
import type { Dimension, Expression, Range } from '../expression.ts';
import { type IpAddress, parseIn6Addr } from '../in6Addr.ts';
import { nearest } from '../nearest.ts';
import { UNIT_BY_TEXT, UNITS, type Unit, unitsOf } from '../schema/units.ts';
import { Kind } from '../tokens.ts';
import { accept, at, expects, type Parser, rangeAt, remark, report, textAt, touches } from './state.ts';

/** A number token and the unit that touches it. `wanted` narrows the units that an error message lists. */
export function parseNumber(p: Parser, wanted: Dimension | null): Expression {
  const range = rangeAt(p);
  const digits = textAt(p).replaceAll('_', '');
  p.index++;
  if (touches(p)) expects(p, (from) => ({ kind: 'unit', dimension: wanted, from }));
  const hexadecimal = digits.length > 1 && (digits.charCodeAt(1) | 32) === 120;
  if (at(p, Kind.unit) && touches(p) && !hexadecimal) return parseWithUnit(p, digits, range, wanted);
  const value = Number(digits);
  if (value <= Number.MAX_SAFE_INTEGER) return { kind: 'number', value, dimension: 'none', range };
  if (Number.isNaN(value)) remark(p, 'NP1009', range, `\`${digits}\` is not a number.`);
  else reportTooLarge(p, range);
  return { kind: 'missing', range };
}

function reportTooLarge(p: Parser, range: Range): void {
  remark(p, 'NP1009', range, 'The number is larger than 2^53 - 1, the largest that is exact.');
}

function parseWithUnit(p: Parser, digits: string, number: Range, wanted: Dimension | null): Expression {
  const unitRange = rangeAt(p);
  const unitText = textAt(p);
  p.index++;
  const range = { start: number.start, end: unitRange.end };
  const unit = UNIT_BY_TEXT.get(unitText) ?? reportUnit(p, unitText, unitRange, wanted);
  if (!unit) return { kind: 'missing', range };
  const value = scaled(digits, unit.factor);
  if (value !== null && value <= Number.MAX_SAFE_INTEGER)
    return { kind: 'number', value, dimension: unit.dimension, range };
  if (value !== null) reportTooLarge(p, range);
  else remark(p, 'NP1204', range, `${digits}${unitText} is not a whole number of ${unitsOf(unit.dimension)[0]?.text}.`);
  return { kind: 'missing', range };
}

/** One diagnostic with the units that are possible; answers the unit that was probably meant, so that nothing follows from it. */
function reportUnit(p: Parser, text: string, range: Range, wanted: Dimension | null): Unit | null {
  const fitting = wanted && wanted !== 'none' ? UNITS.filter((each) => each.dimension === wanted) : UNITS;
  const meant =
    commonMistake(text, fitting) ??
    nearest(
      text,
      fitting.map((each) => each.text),
    );
  const allowed = fitting.map((each) => each.text).join(' ');
  remark(
    p,
    'NP1010',
    range,
    `Unknown unit \`${text}\`.${meant ? ` Did you mean \`${meant}\`?` : ''} Units are case-exact: ${allowed}.`,
    meant ? { fixes: [replaceFix(range, meant)] } : {},
  );
  return meant ? UNIT_BY_TEXT.get(meant)! : null;
}

/** Spellings of other tools. */
const OTHER_SPELLINGS: Readonly<Record<string, string>> = {
  gbit: 'Gbps',
  mbit: 'Mbps',
  kbit: 'kbps',
  bit: 'bps',
  µs: 'us',
  usec: 'us',
  usecs: 'us',
  msec: 'ms',
  msecs: 'ms',
  nsec: 'ns',
  sec: 's',
  secs: 's',
  k: 'kB',
  kb: 'kB',
  ki: 'KiB',
  m: 'MB',
  mi: 'MiB',
  g: 'GB',
  gi: 'GiB',
  b: 'B',
  byte: 'B',
  bytes: 'B',
};

function commonMistake(text: string, fitting: readonly Unit[]): string | null {
  const meant = OTHER_SPELLINGS[text.toLowerCase()];
  const sameLetters = fitting.find((each) => each.text.toLowerCase() === text.toLowerCase())?.text;
  return sameLetters ?? fitting.find((each) => each.text === meant)?.text ?? null;
}

/** `digits` times `factor` when that is whole, exact in decimals: 0.1 * 10000 is 1000. */
function scaled(digits: string, factor: number): number | null {
  const point = digits.indexOf('.');
  if (point < 0) return Number(digits) * factor;
  const decimals = digits.length - point - 1;
  const whole = Number(digits.replace('.', '')) * factor;
  const divisor = 10 ** decimals;
  return whole % divisor === 0 ? whole / divisor : null;
}

/** Four numbers 0..255 as an unsigned 32-bit integer in host order, or null. */
export function addressValue(text: string): number | null {
  const parts = text.split('.');
  if (parts.length !== 4) return null;
  let value = 0;
  for (const part of parts) {
    if (!/^\d{1,3}$/.test(part) || Number(part) > 255) return null;
    value = value * 256 + Number(part);
  }
  return value;
}

/** The address token under the cursor; 0 with a report when it is malformed. */
const IPV4_WANTED = 'IPv4 address: four numbers 0..255 with dots between.';
const IPV6_WANTED = 'IPv6 address: eight groups of up to four hexadecimal digits, `::` once for groups of zeros.';

export function parseAddress(p: Parser): { address: IpAddress; range: Range } {
  const range = rangeAt(p);
  const text = textAt(p);
  const address = text.includes(':') ? parseIn6Addr(text) : addressValue(text);
  if (address === null)
    remark(p, 'NP1009', range, `\`${text}\` is not an ${text.includes(':') ? IPV6_WANTED : IPV4_WANTED}`);
  accept(p, Kind.address);
  return { address: address ?? 0, range };
}

export function macBytes(text: string): number[] {
  return text.split(':').map((each) => Number.parseInt(each, 16));
}

const ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  '0': '\0',
  '\\': '\\',
  '"': '"',
  "'": "'",
};

/** The string token under the cursor, escapes resolved: \n \r \t \0 \\ \" \' \xNN. */
export function parseString(p: Parser): Expression {
  const range = rangeAt(p);
  const text = textAt(p);
  p.index++;
  const closed = !p.tokens.unclosed.some((each) => each.start === range.start);
  if (!closed)
    report(p, 'NP1004', range, 'The string is not closed.', {
      fixes: [insertFix(range.end, text[0]!, 'Close the string')],
    });
  const value = text.slice(1, closed ? -1 : undefined).replace(/\\(x[0-9a-fA-F]{2}|.)/g, (whole, code: string) => {
    if (code.length === 3) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    return ESCAPES[code] ?? whole;
  });
  return { kind: 'string', value, range };
}
