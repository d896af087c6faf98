/** Reading an entry's slots as plain values. */
import type { Mac, Span } from '../scenario.ts';
import { declaredName, type Entry, entriesOf, valueIn, valuesIn } from '../tree.ts';

export function spanOf(entry: { range: { start: number; end: number }; line: number; endLine: number }): Span {
  return { start: entry.range.start, end: entry.range.end, line: entry.line, endLine: entry.endLine };
}

export function nameOf(entry: Entry): string {
  return declaredName(entry)?.text ?? '';
}

/** The number in a slot of the entry's header, or null. */
export function numberIn(entry: Entry, slot: string): number | null {
  const literal = valueIn(entry, slot, 'quantity')?.literal;
  return literal?.kind === 'number' ? literal.value : null;
}

export function numbersIn(entry: Entry, slot: string): number[] {
  return valuesIn(entry, slot, 'quantity').flatMap((each) =>
    each.literal.kind === 'number' ? [each.literal.value] : [],
  );
}

/** The number of a property in the entry's body, or null. */
export function propertyOf(entry: Entry, keyword: string): number | null {
  const property = entriesOf(entry, keyword)[0];
  return property ? numberIn(property, 'value') : null;
}

export function macOf(entry: Entry, slot: string): Mac | null {
  const mac = valueIn(entry, slot, 'mac')?.mac;
  return mac?.length === 6 ? (mac as unknown as Mac) : null;
}

export function referencePath(entry: Entry, slot: string): readonly string[] {
  return valueIn(entry, slot, 'reference')?.path.map((each) => each.text) ?? [];
}
