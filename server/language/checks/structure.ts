/** What the schema says of every block: bounds and dimensions of numbers, what must stand and what may stand once. */
import type { Diagnostic } from '../diagnostic.ts';
import { insertFix, removeFix, replaceFix } from '../diagnostic.ts';
import type { Expression } from '../expression.ts';
import { bodyEntries } from '../schema/schema.ts';
import type { EntrySchema, EntryTable, Measure } from '../schema/shapes.ts';
import { DIMENSION_NAMES, printQuantity, unitList, unitsOf } from '../schema/units.ts';
import { declaredName, type Entry, valueIn } from '../tree.ts';
import type { BlockReporter, Reporter } from './reporter.ts';

export function checkStructure(reporter: BlockReporter): void {
  for (const { entry } of reporter.entries) checkEntry(reporter, entry);
}

function checkEntry(reporter: Reporter, entry: Entry): void {
  for (const value of entry.values) {
    if (value.kind === 'quantity') checkMeasure(reporter, value.literal, value.part, entry.schema.keyword);
  }
  if (!entry.schema.body) return;
  if (entry.body && entry.body.entries.length > 1) checkRepeats(reporter, entry.body.entries);
  checkRequired(reporter, entry);
}

/** Reports a literal of the wrong dimension or out of bounds; `name` is what is measured. */
export function checkMeasure(reporter: Reporter, literal: Expression, measure: Measure, name: string): void {
  if (literal.kind !== 'number') return;
  const bare = literal.dimension === 'none' && (measure.bare || literal.value === 0);
  if (literal.dimension !== measure.dimension && !bare) reportDimension(reporter, literal, measure, name);
  else if (!Number.isInteger(literal.value)) reporter.report('NP1204', literal.range, `\`${name}\` is a whole number.`);
  else checkBounds(reporter, literal, measure, name);
}

function reportDimension(
  { report, text }: Reporter,
  literal: Expression & { kind: 'number' },
  measure: Measure,
  name: string,
): void {
  const shown = text.slice(literal.range.start, literal.range.end);
  const units = unitList(measure.dimension);
  const wanted = `\`${name}\` is ${DIMENSION_NAMES[measure.dimension]}${units ? ` (${units})` : ''}`;
  if (literal.dimension === 'none') {
    const unit = likelyUnit(measure);
    report('NP1201', literal.range, `${wanted}; ${shown} lacks its unit.`, {
      fixes: [replaceFix(literal.range, `${shown}${unit}`)],
    });
  } else {
    const fixes = measure.dimension === 'none' ? [replaceFix(literal.range, /^[\d_.]+/.exec(shown)?.[0] ?? shown)] : [];
    report('NP1201', literal.range, `${wanted}; ${shown} is ${DIMENSION_NAMES[literal.dimension]}.`, { fixes });
  }
}

/** The unit of the schema's example. */
function likelyUnit(measure: Measure): string {
  const written = /[A-Za-z%]+$/.exec(measure.example)?.[0];
  return written ?? unitsOf(measure.dimension)[0]?.text ?? '';
}

function checkBounds(
  { report }: Reporter,
  literal: Expression & { kind: 'number' },
  measure: Measure,
  name: string,
): void {
  const { value, range, dimension } = literal;
  if (value >= measure.min && value <= measure.max) return;
  const show = (bound: number): string => printQuantity(bound, dimension);
  const nearestBound = value < measure.min ? measure.min : measure.max;
  const bounds =
    measure.max === Number.MAX_SAFE_INTEGER
      ? `at least ${show(measure.min)}`
      : `${show(measure.min)} to ${show(measure.max)}`;
  report('NP1202', range, `\`${name}\` may be ${bounds}.`, { fixes: [replaceFix(range, show(nearestBound))] });
}

function checkRepeats({ report }: Reporter, entries: readonly Entry[]): void {
  for (const [index, entry] of entries.entries()) {
    if (entry.schema.many) continue;
    const first = entries.find((each) => each.schema === entry.schema)!;
    if (first === entries[index]) continue;
    const related: Diagnostic['related'] = [{ range: first.range, message: 'first given here' }];
    report('NP1102', entry.keyword, `\`${entry.schema.keyword}\` was given before.`, {
      related,
      fixes: [removeFix(entry.range)],
    });
  }
}

function checkRequired(reporter: Reporter, entry: Entry): void {
  if (entry.body === null && !entry.schema.bodyOptional) return;
  const table = bodyEntries(entry.schema.body, (slot) => valueIn(entry, slot, 'choice')?.text ?? null);
  for (const schema of table ? requiredIn(table) : []) {
    if (!entry.body?.entries.some((each) => each.schema === schema)) reportRequired(reporter, entry, schema);
  }
}

/** Required entries of each table of the schema. */
const REQUIRED = new Map<EntryTable, readonly EntrySchema[]>();

function requiredIn(table: EntryTable): readonly EntrySchema[] {
  let required = REQUIRED.get(table);
  if (!required) REQUIRED.set(table, (required = [...table.values()].filter((each) => each.required)));
  return required;
}

function reportRequired({ report, topology, document }: Reporter, entry: Entry, schema: EntrySchema): void {
  if (document.skippedWords.has(schema.keyword)) return;
  const link = topology.links.size === 1 ? [...topology.links.keys()][0] : undefined;
  const text = schema.keyword === 'link' && link !== undefined ? `link ${link}` : schema.example;
  const fixes = entry.body ? [insertFix(entry.body.range.start + 1, ` ${text};`, `Insert \`${text}\``)] : [];
  const name = declaredName(entry)?.text;
  const title = name === undefined ? entry.schema.keyword : `${entry.schema.keyword} ${name}`;
  report('NP1105', entry.keyword, `\`${title}\` lacks \`${schema.keyword}\`, for example \`${schema.example}\`.`, {
    fixes,
  });
}
