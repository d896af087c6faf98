/** Definition, references, highlights and rename: four views of the occurrences of a name. */
import type { Analysis } from '../language/analyse.ts';
import type { TextEdit } from '../language/diagnostic.ts';
import type { Range } from '../language/expression.ts';
import { CONSTANTS } from '../language/schema/constants.ts';
import { STATEMENTS } from '../language/schema/statements.ts';
import type { Occurrence } from '../language/symbols.ts';
import { occurrenceAt } from './place.ts';

/** Where the name under the caret is declared, or null. */
export function definition(analysis: Analysis, offset: number): Range | null {
  const occurrence = occurrenceAt(analysis, offset);
  return occurrence ? (analysis.symbols.byKey.get(occurrence.key)?.nameRange ?? null) : null;
}

/** All places of the name under the caret, in the order of the text. */
export function occurrencesOf(analysis: Analysis, offset: number, withDeclaration = true): Occurrence[] {
  const here = occurrenceAt(analysis, offset);
  if (!here || !analysis.symbols.byKey.has(here.key)) return [];
  const all = analysis.symbols.occurrences.filter(
    (each) => each.key === here.key && (withDeclaration || !each.declares),
  );
  return all.sort((left, right) => left.range.start - right.range.start);
}

/** The name that would be renamed, or null where there is none. */
export function prepareRename(analysis: Analysis, offset: number): Range | null {
  return (
    occurrencesOf(analysis, offset).find((each) => each.range.start <= offset && offset <= each.range.end)?.range ??
    null
  );
}

export type Renaming = { readonly edits: readonly TextEdit[] } | { readonly refused: string };

/** The edits that give the name under the caret a new one, or why that cannot be. */
export function rename(analysis: Analysis, offset: number, newName: string): Renaming {
  const places = occurrencesOf(analysis, offset);
  if (places.length === 0) return { refused: 'Nothing here has a name that could be changed.' };
  const fault = faultOf(analysis, places[0]!.key, newName);
  return fault ? { refused: fault } : { edits: places.map(({ range }) => ({ range, newText: newName })) };
}

function faultOf({ symbols }: Analysis, key: string, newName: string): string | null {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(newName))
    return `\`${newName}\` is not a name: letters, digits and _, no digit first.`;
  if (CONSTANTS.has(newName) || STATEMENTS.has(newName)) return `\`${newName}\` has a meaning already.`;
  const renamed = key.slice(0, key.length - (symbols.byKey.get(key)?.name.length ?? 0)) + newName;
  return renamed !== key && isTaken(symbols.byKey, renamed) ? `The name \`${newName}\` is taken.` : null;
}

/** Devices and processes of a host share one space of names. */
function isTaken(byKey: ReadonlyMap<string, unknown>, key: string): boolean {
  return (
    byKey.has(key) || byKey.has(key.replace(/^device /, 'process ')) || byKey.has(key.replace(/^process /, 'device '))
  );
}
