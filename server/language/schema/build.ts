/** Short makers for schema rows, so that a table reads as a table. */
import type { Dimension } from '../expression.ts';
import type {
  AddressPart,
  BodySchema,
  BytesPart,
  Choice,
  ChoicePart,
  DeclaresPart,
  EitherPart,
  EntrySchema,
  EntryTable,
  ExpressionPart,
  ExpressionScope,
  MacPart,
  ManyPart,
  MarkPart,
  Measure,
  NetworkPart,
  OptionalPart,
  Part,
  QuantityPart,
  ReferencePart,
  ReferenceTarget,
  SettingSchema,
  SymbolKind,
  WordPart,
} from './shapes.ts';

export const MAX_WHOLE = Number.MAX_SAFE_INTEGER;

/** A measure; sizes may be written bare, other dimensions need their unit. */
export function measure(dimension: Dimension, min: number, max: number, example: string): Measure {
  return { dimension, min, max, bare: dimension === 'none' || dimension === 'bytes', example };
}

export const quantity = (slot: string, of: Measure): QuantityPart => ({ kind: 'quantity', slot, ...of });
export const declares = (symbol: SymbolKind | 'device', example: string): DeclaresPart => ({
  kind: 'declares',
  slot: 'name',
  symbol,
  example,
});
export const reference = (slot: string, to: ReferenceTarget): ReferencePart => ({ kind: 'reference', slot, to });
export const choice = (slot: string, what: string, choices: readonly Choice[]): ChoicePart => ({
  kind: 'choice',
  slot,
  what,
  choices,
});
export const address = (slot: string, orPlace = false): AddressPart => ({ kind: 'address', slot, orPlace });
export const network = (slot: string, destination: boolean): NetworkPart => ({ kind: 'network', slot, destination });
export const mac = (slot: string): MacPart => ({ kind: 'mac', slot });
export const expression = (slot: string, scope: ExpressionScope): ExpressionPart => ({
  kind: 'expression',
  slot,
  scope,
});
export const bytes = (slot: string): BytesPart => ({ kind: 'bytes', slot });
export const word = (text: string, doc: string): WordPart => ({ kind: 'word', text, doc });
export const mark = (text: ':' | ',' | '-'): MarkPart => ({ kind: 'mark', text });
export const optional = (...parts: readonly Part[]): OptionalPart => ({ kind: 'optional', parts });
export const many = (part: Part): ManyPart => ({ kind: 'many', part });
export const either = (...alternatives: readonly (readonly Part[])[]): EitherPart => ({ kind: 'either', alternatives });

/** An entry; what `more` leaves out is: one line without a body, at most once, not required, no default to tell. */
export function entry(
  keyword: string,
  doc: string,
  example: string,
  parts: readonly Part[],
  more: Partial<EntrySchema> = {},
): EntrySchema {
  return {
    keyword,
    doc,
    example,
    parts,
    body: null,
    bodyOptional: false,
    many: false,
    required: false,
    byDefault: null,
    ...more,
  };
}

/** A property of one quantity, named as its slot. */
export function property(keyword: string, of: Measure, doc: string, byDefault: string | null): EntrySchema {
  return entry(keyword, doc, `${keyword} ${of.example}`, [quantity('value', of)], { byDefault });
}

export function table(...entries: readonly EntrySchema[]): EntryTable {
  return new Map(entries.map((each) => [each.keyword, each]));
}

export function entriesBody(...entries: readonly EntrySchema[]): BodySchema {
  return { kind: 'entries', entries: table(...entries) };
}

export function numberSetting(
  name: string,
  of: Measure,
  doc: string,
  byDefault: string | null,
  count = 1,
): SettingSchema {
  return { name, doc, byDefault, value: { kind: 'numbers', count, measure: of } };
}

/** One of a few words; `what` says in a message what they are. */
export function wordSetting(
  name: string,
  what: string,
  choices: readonly Choice[],
  doc: string,
  byDefault: string | null,
): SettingSchema {
  return { name, doc, byDefault, value: { kind: 'word', what, choices } };
}

export function switchSetting(name: string, doc: string, byDefault: string | null): SettingSchema {
  return { name, doc, byDefault, value: { kind: 'switch' } };
}

export function settingTable(settings: readonly SettingSchema[]): ReadonlyMap<string, SettingSchema> {
  return new Map(settings.map((each) => [each.name, each]));
}
