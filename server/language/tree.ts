/**
 * The parsed scenario. Every node has its range; nothing is ever null that a well-formed text would have: where text is
 * missing, a `missing` node stands.
 */
import type { Expression, Range } from './expression.ts';
import type { IpAddress } from './in6Addr.ts';
import type { Statement } from './scenario.ts';
import type { EntrySchema, Part, QuantityPart, ReferencePart, SettingTable } from './schema/shapes.ts';

export interface Document {
  readonly entries: readonly Entry[];
  /** Words in stretches that could not be parsed: names declared there are not reported as unknown. */
  readonly skippedWords: ReadonlySet<string>;
}

/** A block or a property. */
export interface Entry {
  readonly kind: 'entry';
  readonly schema: EntrySchema;
  readonly keyword: Range;
  readonly values: readonly Value[];
  readonly body: Body | null;
  readonly range: Range;
  readonly line: number;
  readonly endLine: number;
}

export interface Body {
  /** The braces included. */
  readonly range: Range;
  readonly entries: readonly Entry[];
  readonly statements: readonly StatementNode[];
  readonly expectations: readonly Expectation[];
  readonly settings: readonly Setting[];
  readonly settingTable: SettingTable | null;
  readonly closed: boolean;
}

export interface NameNode {
  readonly text: string;
  readonly range: Range;
}

interface ValueBase {
  readonly slot: string;
  readonly range: Range;
}

/** What stands in a slot of an entry's header. */
export type Value =
  | (ValueBase & { readonly kind: 'declaration'; readonly host: NameNode | null; readonly name: NameNode })
  | (ValueBase & { readonly kind: 'quantity'; readonly literal: Expression; readonly part: QuantityPart })
  | (ValueBase & { readonly kind: 'reference'; readonly path: readonly NameNode[]; readonly part: ReferencePart })
  | (ValueBase & { readonly kind: 'choice'; readonly text: string; readonly part: Part & { kind: 'choice' } })
  | (ValueBase & { readonly kind: 'address'; readonly address: IpAddress })
  | (ValueBase & {
      readonly kind: 'network';
      readonly address: IpAddress;
      readonly prefix: number;
      readonly destination: boolean;
    })
  | (ValueBase & { readonly kind: 'mac'; readonly mac: readonly number[] })
  | (ValueBase & { readonly kind: 'bytes'; readonly bytes: readonly number[] })
  | (ValueBase & {
      readonly kind: 'expression';
      readonly expression: Expression;
      readonly part: Part & { kind: 'expression' };
    })
  /** A fixed word, kept for colouring and formatting. */
  | (ValueBase & { readonly kind: 'word'; readonly text: string })
  | (ValueBase & { readonly kind: 'missing' });

export type ValueOf<K extends Value['kind']> = Extract<Value, { kind: K }>;

export interface Setting {
  readonly key: NameNode;
  readonly values: readonly Expression[];
  readonly range: Range;
}

export interface Expectation {
  readonly test: Expression;
  /** `finishes before TIME`. */
  readonly before: Expression | null;
  readonly range: Range;
  readonly line: number;
  readonly endLine: number;
}

/** A statement as the scenario has it, and where its own name stands. */
export type StatementNode = Statement & {
  readonly nameRange: Range | null;
  readonly bodies: readonly BlockNode[];
};

/** `{ ... }` of a statement. */
export interface BlockNode {
  readonly range: Range;
  readonly statements: readonly StatementNode[];
  readonly closed: boolean;
}

/** The first value in a slot, if it is of the wanted kind. */
export function valueIn<K extends Value['kind']>(
  entry: Pick<Entry, 'values'>,
  slot: string,
  kind: K,
): ValueOf<K> | null {
  for (const value of entry.values) if (value.slot === slot && value.kind === kind) return value as ValueOf<K>;
  return null;
}

/** All values in a slot that are of the wanted kind. */
export function valuesIn<K extends Value['kind']>(entry: Entry, slot: string, kind: K): ValueOf<K>[] {
  return entry.values.filter((value): value is ValueOf<K> => value.slot === slot && value.kind === kind);
}

/** The entries of a body under one keyword. */
export function entriesOf(entry: Entry, keyword: string): Entry[] {
  return (entry.body?.entries ?? []).filter((each) => each.schema.keyword === keyword);
}

/** The name that an entry declares; null when the text lacks it. */
export function declaredName(entry: Pick<Entry, 'values'>): NameNode | null {
  return valueIn(entry, 'name', 'declaration')?.name ?? null;
}
