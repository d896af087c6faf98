/** What a statement reads, as two runs have it: the values that made them go different ways. */
import { present } from '../../inspect/present.ts';
import { nowOf } from '../../inspect/look.ts';
import { typeName } from '../../inspect/struct.ts';
import type { World } from '../../machine/types.ts';
import { functions, tickInfo } from '../debug_info.ts';
import type { Listings } from '../desk/function_tables.ts';
import { evaluate, parse } from '../expressions/evaluate.ts';
import { EvaluationError, type Found } from '../expressions/found.ts';
import type { Names } from '../expressions/names.ts';
import { currentDepth } from '../probe.ts';
import { siteAt } from '../site.ts';
import type { Point } from './partings.ts';
import { runTo, type WatchedRun } from './watch_run.ts';

/** One thing that a statement reads, and what it is in each run. */
export interface ValueChange {
  readonly expression: string;
  readonly before: string;
  readonly after: string;
}

export interface Place {
  readonly fn: string;
  /** Of the listing: `net/ipv4/tcp_input.ts`. */
  readonly file: string;
  readonly line: number;
  /** The statement's first line. */
  readonly text: string;
}

export function placeOf(tick: number, listings: Listings): Place {
  const { fn, line } = tickInfo(tick);
  const { name, file } = functions[fn]!;
  return { fn: name, file, line, text: (listings(file)?.split('\n')[line - 1] ?? '').trim() };
}

/** Those that differ, in the order in which they stand in the text. */
export function valuesAt(
  before: WatchedRun,
  after: WatchedRun,
  at: { before: Point; after: Point },
  text: string,
): ValueChange[] {
  const read = readIn(text);
  const [here, there] = [textsAt(before, at.before, read), textsAt(after, at.after, read)];
  return read.flatMap((expression, i) => {
    const [ours, theirs] = [here[i], there[i]];
    return ours === undefined || theirs === undefined || ours === theirs
      ? []
      : [{ expression, before: ours, after: theirs }];
  });
}

/** Names with the members behind them; what is called is none: `tp.snd_cwnd` of `f(tp.snd_cwnd!, 1)`. */
function readIn(text: string): string[] {
  const code = text
    .replace(/\/\/.*$/, '')
    .replace(/'[^']*'|`[^`]*`/g, '')
    .replace(/\?\.|!\./g, '.');
  const found = [...code.matchAll(/(?<![\w$.])[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*(?![\w$]*\s*\()/g)];
  return [...new Set(found.map(([name]) => name))];
}

/** undefined where an expression has no value there, or a function. */
function textsAt(run: WatchedRun, point: Point, expressions: readonly string[]): (string | undefined)[] {
  const world = runTo(run, point.moment);
  const names = siteAt(world, currentDepth(), false).names();
  return expressions.map((expression) => valueText(world, names, expression));
}

/** Of a record only that there is one: what is in it differs for many reasons. */
function valueText(world: World, names: Names, expression: string): string | undefined {
  const found = foundBy(names, expression);
  if (found?.value === undefined) return undefined;
  if (typeof found.value === 'object' && found.value !== null) return `a ${typeName(found.value)}`;
  return present(found.value, { now: nowOf(world), writer: () => undefined }, found.format);
}

function foundBy(names: Names, expression: string): Found | undefined {
  try {
    return evaluate(parse(expression), names);
  } catch (error) {
    if (error instanceof EvaluationError) return undefined;
    throw error;
  }
}
