/** The pieces of an entry's header, one function a kind of piece, driven by the schema's pattern. */
import { replaceFix } from '../diagnostic.ts';
import { familyName, type IpAddress, isIn6, longestPrefix } from '../addresses.ts';
import type { Expression, Range } from '../expression.ts';
import { nearest } from '../nearest.ts';
import type { ChoicePart, EitherPart, ManyPart, Part, QuantityPart, ReferencePart } from '../schema/shapes.ts';
import { DIMENSION_NAMES } from '../schema/units.ts';
import { COLON, COMMA, DOT, HYPHEN, Kind, SLASH } from '../tokens.ts';
import type { NameNode, Value } from '../tree.ts';
import { parseExpressionIn } from './expressions.ts';
import { readKey } from './keys.ts';
import { macBytes, parseAddress, parseNumber } from './literals.ts';
import { reportWantedPlain } from './quoted.ts';
import {
  accept,
  advance,
  at,
  atEnd,
  atNewline,
  atWord,
  expects,
  type Parser,
  peekKind,
  previousEnd,
  rangeAt,
  remark,
  report,
  reportWanted,
  stopListening,
  textAt,
  touches,
  touchesAhead,
} from './state.ts';

/** Parses a header's pieces in order into `values`; stops at the first that is not there. */
export function parseParts(p: Parser, parts: readonly Part[], values: Value[]): void {
  for (const part of parts) {
    if (p.panic) return;
    parsePart(p, part, values);
  }
}

function parsePart(p: Parser, part: Part, values: Value[]): void {
  if (part.kind === 'optional') parseOptional(p, part.parts, values);
  else if (part.kind === 'either') parseEither(p, part, values);
  else if (part.kind === 'many') parseMany(p, part, values);
  else {
    expectPart(p, part);
    if (!beginsPart(p, part)) refuse(p, part);
    else {
      const value = parseValue(p, part);
      if (value) values.push(value);
    }
  }
}

function refuse(p: Parser, part: Part): void {
  stopListening(p);
  if (headerGoesOn(p)) reportWantedPlain(p, describePart(part));
  else reportWanted(p, describePart(part));
}

/** A header goes on over a line break only behind `,` and `:`. */
function headerGoesOn(p: Parser): boolean {
  const before = p.tokens.kind[p.index - 1];
  return !atNewline(p) || before === COMMA || before === COLON;
}

function beginsPart(p: Parser, part: Part): boolean {
  if (part.kind === 'mark') return at(p, part.text === ':' ? COLON : part.text === ',' ? COMMA : HYPHEN);
  if (part.kind !== 'expression' && !headerGoesOn(p)) return false;
  switch (part.kind) {
    case 'word':
      return atWord(p, part.text);
    case 'quantity':
      return at(p, Kind.number) || at(p, Kind.address) || at(p, HYPHEN);
    case 'declares':
    case 'reference':
    case 'choice':
      return at(p, Kind.word);
    case 'address':
      return at(p, Kind.address) || (part.orPlace && at(p, Kind.word));
    case 'network':
      return at(p, Kind.address) || (part.destination && atWord(p, 'default'));
    case 'mac':
      return at(p, Kind.mac);
    case 'bytes':
      return at(p, Kind.number);
    case 'expression':
      return true;
    case 'optional':
      return beginsPart(p, part.parts[0]!);
    case 'many':
      return beginsPart(p, part.part);
    case 'either':
      return part.alternatives.some((each) => beginsPart(p, each[0]!));
  }
}

function expectPart(p: Parser, part: Part): void {
  if (!p.listener || (part.kind !== 'mark' && !headerGoesOn(p))) return;
  if (part.kind === 'optional') expectPart(p, part.parts[0]!);
  else if (part.kind === 'many') expectPart(p, part.part);
  else if (part.kind === 'either') for (const each of part.alternatives) expectPart(p, each[0]!);
  else if (part.kind === 'word') expects(p, (from) => ({ kind: 'word', text: part.text, doc: part.doc, from }));
  else if (part.kind === 'mark') expects(p, (from) => ({ kind: 'mark', text: part.text, from }));
  else if (part.kind === 'declares' && part.symbol !== 'device')
    expects(p, (from) => ({ kind: 'name', example: part.example, from }));
  else if (part.kind !== 'expression') expects(p, (from) => ({ kind: 'part', part, path: [], from }));
}

function parseOptional(p: Parser, parts: readonly Part[], values: Value[]): void {
  expectPart(p, parts[0]!);
  if (beginsPart(p, parts[0]!)) parseParts(p, parts, values);
}

function parseEither(p: Parser, part: EitherPart, values: Value[]): void {
  expectPart(p, part);
  const found = part.alternatives.find((each) => beginsPart(p, each[0]!));
  if (found && !atEnd(p)) parseParts(p, found, values);
  else refuse(p, part);
}

function parseMany(p: Parser, part: ManyPart, values: Value[]): void {
  parsePart(p, part.part, values);
  for (;;) {
    if (p.panic) return;
    expectPart(p, part);
    const comma = at(p, COMMA) && peekKind(p, 1) === Kind.number;
    if (comma) advance(p);
    if (atEnd(p) || (!comma && atNewline(p)) || !beginsPart(p, part)) return;
    parsePart(p, part.part, values);
  }
}

type SimplePart = Exclude<Part, { kind: 'optional' | 'many' | 'either' }>;

function parseValue(p: Parser, part: SimplePart): Value | null {
  switch (part.kind) {
    case 'word':
      return parseFixed(p, part.text);
    case 'mark':
      advance(p);
      return null;
    case 'declares':
      return parseDeclaration(p, part.slot, part.symbol === 'device');
    case 'quantity':
      return parseQuantity(p, part);
    case 'reference':
      return parseReference(p, part, []);
    case 'choice':
      return parseChoice(p, part);
    case 'address':
      return at(p, Kind.word) ? parsePlace(p, part.slot) : { kind: 'address', slot: part.slot, ...parseAddress(p) };
    case 'network':
      return parseNetwork(p, part.slot, part.destination);
    case 'mac':
      return parseMac(p, part.slot);
    case 'bytes':
      return parseBytes(p, part.slot);
    case 'expression':
      return parseHeaderExpression(p, part);
  }
}

function parseFixed(p: Parser, text: string): Value {
  const range = rangeAt(p);
  advance(p);
  return { kind: 'word', slot: '', text, range };
}

function takeName(p: Parser): NameNode {
  const name = { text: textAt(p), range: rangeAt(p) };
  advance(p);
  return name;
}

function parseDeclaration(p: Parser, slot: string, onHost: boolean): Value {
  const first = takeName(p);
  if (!onHost) return { kind: 'declaration', slot, host: null, name: first, range: first.range };
  if (!accept(p, DOT) || !at(p, Kind.word)) {
    expects(p, (from) => ({ kind: 'name', example: 'veth0', from }));
    stopListening(p);
    reportWanted(p, 'a device on a host, `HOST.NAME`,');
    return { kind: 'missing', slot, range: first.range };
  }
  const name = takeName(p);
  return { kind: 'declaration', slot, host: first, name, range: { start: first.range.start, end: name.range.end } };
}

function parseQuantity(p: Parser, part: QuantityPart): Value {
  const start = rangeAt(p).start;
  if (at(p, HYPHEN)) {
    advance(p);
    return refuseNegative(p, part, start);
  }
  if (at(p, Kind.address)) {
    reportWanted(p, describePart(part));
    return { kind: 'missing', slot: part.slot, range: rangeAt(p) };
  }
  const literal = parseNumber(p, part.dimension);
  return { kind: 'quantity', slot: part.slot, literal, part, range: literal.range };
}

function refuseNegative(p: Parser, part: QuantityPart, start: number): Value {
  if (at(p, Kind.number)) parseNumber(p, part.dimension);
  const range = { start, end: previousEnd(p) };
  remark(p, 'NP1202', range, `${describePart(part)} cannot be negative.`);
  return { kind: 'missing', slot: part.slot, range };
}

function parseReference(p: Parser, part: ReferencePart, path: readonly NameNode[]): Value {
  const names = [...path, takeName(p)];
  const range: Range = { start: names[0]!.range.start, end: names.at(-1)!.range.end };
  const dotted = part.to !== 'link' && part.to !== 'host' && names.length < 2 && at(p, DOT) && touches(p);
  if (!dotted) return { kind: 'reference', slot: part.slot, path: names, part, range };
  advance(p);
  if (touches(p)) expects(p, (from) => ({ kind: 'part', part, path: names, from }));
  if (at(p, Kind.word) && touches(p)) return parseReference(p, part, names);
  stopListening(p);
  reportWanted(p, 'the name of a device');
  return { kind: 'reference', slot: part.slot, path: names, part, range };
}

function parsePlace(p: Parser, slot: string): Value {
  return parseReference(p, { kind: 'reference', slot, to: 'place' }, []);
}

function parseChoice(p: Parser, part: ChoicePart): Value {
  const names = part.choices.map((each) => each.text);
  const word = names.some((each) => each.includes('-')) ? readKey(p, false)! : takeName(p);
  if (names.includes(word.text)) return { kind: 'choice', slot: part.slot, text: word.text, part, range: word.range };
  const meant = nearest(word.text, names);
  remark(
    p,
    'NP1203',
    word.range,
    `\`${word.text}\` is no ${part.what}. Possible: ${names.join(', ')}.`,
    meant ? { fixes: [replaceFix(word.range, meant)] } : {},
  );
  return { kind: 'choice', slot: part.slot, text: meant ?? names[0]!, part, range: word.range };
}

const usualPrefix = (address: IpAddress): number => (isIn6(address) ? 64 : 24);

function parseNetwork(p: Parser, slot: string, destination: boolean): Value {
  if (at(p, Kind.word)) return { kind: 'network', slot, address: 0, prefix: 0, destination, range: takeName(p).range };
  const { address, range } = parseAddress(p);
  if (!at(p, SLASH) || !touches(p) || peekKind(p, 1) !== Kind.number || !touchesAhead(p, 1)) {
    if (!destination)
      remark(p, 'NP1009', range, `The address lacks its prefix, for example \`/${usualPrefix(address)}\`.`, {
        fixes: [replaceFix(range, `${textOf(p, range)}/${usualPrefix(address)}`)],
      });
    return { kind: 'network', slot, address, prefix: longestPrefix(address), destination, range };
  }
  advance(p);
  const literal = parseNumber(p, 'none');
  const longest = longestPrefix(address);
  const prefix = literal.kind === 'number' ? literal.value : longest;
  if (prefix > longest || !Number.isInteger(prefix))
    remark(p, 'NP1202', literal.range, `A prefix of an ${familyName(address)} address is a number 0..${longest}.`);
  return {
    kind: 'network',
    slot,
    address,
    prefix: Math.min(prefix, longest),
    destination,
    range: { start: range.start, end: literal.range.end },
  };
}

function textOf(p: Parser, range: Range): string {
  return p.tokens.text.slice(range.start, range.end);
}

function parseMac(p: Parser, slot: string): Value {
  const mac = macBytes(textAt(p));
  const range = rangeAt(p);
  advance(p);
  return { kind: 'mac', slot, mac, range };
}

/** `0x` groups on one line, or further lines behind a comma. */
function parseBytes(p: Parser, slot: string): Value {
  const range = rangeAt(p);
  const bytes: number[] = [];
  do {
    const digits = textAt(p).replaceAll('_', '');
    if (!/^0x([0-9a-fA-F]{2})+$/.test(digits)) {
      report(p, 'NP1009', rangeAt(p), 'The bytes of a frame are `0x` and pairs of hexadecimal digits.');
      break;
    }
    for (let digit = 2; digit < digits.length; digit += 2)
      bytes.push(Number.parseInt(digits.slice(digit, digit + 2), 16));
    advance(p);
    if (at(p, COMMA) && peekKind(p, 1) === Kind.number) advance(p);
  } while (at(p, Kind.number) && headerGoesOn(p));
  return { kind: 'bytes', slot, bytes, range: { start: range.start, end: previousEnd(p) } };
}

function parseHeaderExpression(p: Parser, part: Part & { kind: 'expression' }): Value {
  const expression: Expression = parseExpressionIn(p, part.scope);
  return { kind: 'expression', slot: part.slot, expression, part, range: expression.range };
}

/** What a piece is, as a noun phrase for messages. */
export function describePart(part: Part): string {
  switch (part.kind) {
    case 'word':
      return `\`${part.text}\``;
    case 'mark':
      return `\`${part.text}\``;
    case 'declares':
      return `a name (${part.example})`;
    case 'quantity':
      return `${DIMENSION_NAMES[part.dimension]} (${part.example})`;
    case 'reference':
      return part.to === 'place' ? 'a host or a device (server.eth0)' : `the name of a ${part.to}`;
    case 'choice':
      return `a ${part.what} (${part.choices.map((each) => each.text).join(', ')})`;
    case 'address':
      return 'an address (10.0.0.1, 2001:db8::1)';
    case 'network':
      return part.destination ? 'a destination (default, 10.1.0.0/16)' : 'an address with its prefix (10.0.0.1/24)';
    case 'mac':
      return 'a MAC address (02:00:00:00:00:01)';
    case 'bytes':
      return 'bytes (0x02000000)';
    case 'expression':
      return 'an expression';
    case 'optional':
      return describePart(part.parts[0]!);
    case 'many':
      return describePart(part.part);
    case 'either':
      return part.alternatives.map((each) => describePart(each[0]!)).join(' or ');
  }
}
