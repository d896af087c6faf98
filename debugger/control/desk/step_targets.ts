/** What a statement may step into: its calls, in the order in which they are made, and where those by name in a table lead in this state. */
import { functions, tickInfo } from '../debug_info.ts';
import { evaluate, parse } from '../expressions/evaluate.ts';
import { EvaluationError } from '../expressions/found.ts';
import type { Names } from '../expressions/names.ts';
import { functionOfTable, type Listings } from './function_tables.ts';
import type { StepTarget } from '../stepping/into.ts';
import { callsOfStatement, type StatementCall } from '../stepping/statement_calls.ts';

export interface StepChoice extends StepTarget {
  readonly label: string;
  readonly line: number;
  /** From 1. */
  readonly column: number;
}

/** Of the statement that begins with this tick of the kernel's. */
export function stepChoices(listings: Listings, tick: number, names: Names): StepChoice[] {
  const { fn, line, column } = tickInfo(tick);
  const { file } = functions[fn]!;
  const text = listings(file);
  if (text === undefined) return [];
  const made = callsOfStatement(text, line, column).flatMap((call) =>
    choice(call, names, (callee) => leadsTo(listings, file, callee, names)),
  );
  const named = made.map(({ name }) => name).filter((name) => name !== '');
  return made
    .filter((each, i) => !made.slice(0, i).some(({ label, nth }) => label === each.label && nth === each.nth))
    .map((each) => ({
      ...each,
      label: each.nth > 1 ? `${each.label} (call ${each.nth})` : each.label,
      others: each.name === '' ? named : [],
    }));
}

function choice(
  { callee, withCpu, line, column, nth }: StatementCall,
  names: Names,
  tableEntry: (callee: string) => string,
): StepChoice[] {
  const place = { line, column: column + 1, others: [], nth };
  const isName = /^\w+$/.test(callee);
  const local = isName ? functionName(names.lookup(callee)?.value) : '';
  if (isName && local === '') return isStoppedIn(callee) ? [{ ...place, name: callee, label: callee }] : [];
  if (!withCpu) return [];
  const name = local || tableEntry(callee);
  return [{ ...place, name, label: name === '' ? callee : `${callee} -> ${name}` }];
}

const isStoppedIn = (name: string): boolean =>
  functions.some((fn) => fn.name === name && fn.kernel && fn.lastTick >= fn.firstTick);

/** The function that a table has for this state; '' where that cannot be told. */
function leadsTo(listings: Listings, file: string, callee: string, names: Names): string {
  try {
    const found = functionOfTable(listings, file, callee, names) || functionName(evaluate(parse(callee), names).value);
    return isStoppedIn(found) ? found : '';
  } catch (error) {
    if (!(error instanceof EvaluationError)) throw error;
    return '';
  }
}

const functionName = (value: unknown): string => (typeof value === 'function' ? value.name : '');
